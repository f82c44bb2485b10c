// Decides what a folder's files mean for the journal: compares what lies there with what was backed up last.
// Pure: the same files, records and rows give the same plan, whoever looks and however often.
//
//   file        known   here              →
//   ──────────  ──────  ────────────────  ─────────────────────────────────────────────────────────
//   new         no      no row            a new entry
//   new         no      same words        that entry
//   new         no      other words       an entry of its own: two diaries may have files of one name
//   changed     yes     as it was saved   the entry changes
//   changed     yes     edited elsewhere  merged by sentence, else both kept
//   gone        yes     as it was saved   deleted, unless too many are gone at once
//   gone        yes     edited elsewhere  stays: an edit beats a delete
//   moved       yes     any               stays the same entry
import { uuidV5, type ContentBody, type LocalRow, type RowType } from '@logdate/client';
import { posix } from 'node:path';
import type { EntryItem, JournalItem, LinkItem } from '../import/items.js';
import { readMarkdown, sealOf, type MarkdownFile } from '../markdown/entry-file.js';
import { referencesOf } from '../markdown/references.js';
import { dayInName, writeTime } from '../markdown/times.js';
import { contentTypeOf, isMediaName, mediaTypeOf } from '@logdate/formats/media-types';
import type { KnownEntry, KnownFile } from './known-files.js';
import type { FolderFile } from './scan.js';

/** What a plan is made from. */
export interface FolderState {
  userId: string;
  /** The folder's own name: the journal of files that lie in no folder of it. */
  name: string;
  files: readonly FolderFile[];
  known: readonly KnownFile[];
  /** Paths that are gone and whose entries must stay for now. */
  held: ReadonlySet<string>;
  row(type: RowType, id: string): LocalRow | undefined;
  /** Whether a file is on its way to the server. */
  isQueued(mediaId: string): boolean;
  /** The journal of a title, if there is one. */
  journalTitled(title: string): string | undefined;
  /** Undefined where both changed the same sentence. */
  mergeText(base: string, mine: string, theirs: string): string | undefined;
}

/** A picture to be added, from the file at `path`. */
export interface PictureToAdd {
  id: string;
  contentId: string;
  fileName: string;
  mimeType: string;
  createdAt: number;
  path: string;
}

/** A picture of the folder; without an id it gets one by its entry and its bytes. */
type FoundPicture = Omit<PictureToAdd, 'contentId' | 'id'> & { id: string | undefined };

/** What has to be done. */
export interface FolderPlan {
  journals: JournalItem[];
  entries: EntryItem[];
  links: LinkItem[];
  unlinks: { journalId: string; contentId: string }[];
  pictures: PictureToAdd[];
  deletedMedia: string[];
  deletedEntries: string[];
  /** Records as they are once everything above is done. */
  records: KnownFile[];
  forget: string[];
  /** What a person should know: two versions that were both kept, a file that could not be understood. */
  notes: string[];
  /** Files whose entry is here as it is in the file. */
  unchanged: number;
  /** Files whose entry was edited here later than they were written. */
  editedHere: number;
  /** Files whose entry was deleted here: it stays deleted. */
  deletedHere: number;
}

/**
 * Pairs each file that is gone with a new one of the same bytes, or that names the same entry: it was renamed, and
 * stays the entry that it is.
 */
export function followRenames(
  files: readonly FolderFile[],
  known: readonly KnownFile[],
): { known: KnownFile[]; forget: string[] } {
  const present = new Set(files.map(({ path }) => path));
  const knownPaths = new Set(known.map(({ path }) => path));
  const arrived = files.filter(({ path }) => !knownPaths.has(path));
  const forget: string[] = [];
  const followed = known.map((record) => {
    if (present.has(record.path)) return record;
    const same = arrived.filter((file) => isSameFile(file, record));
    const to = same.find(({ path }) => posix.basename(path) === posix.basename(record.path)) ?? same[0];
    if (!to) return record;
    arrived.splice(arrived.indexOf(to), 1);
    forget.push(record.path);
    return { ...record, path: to.path };
  });
  return { known: followed, forget };
}

function isSameFile(file: FolderFile, record: KnownFile): boolean {
  if (file.sha256 === record.sha256 && file.size === record.size) return true;
  return record.entry !== null && file.text !== undefined && readMarkdown(file.text).id === record.entry.id;
}

/** Makes the plan of one look at the folder. */
export function planFolder(state: FolderState): FolderPlan {
  return new Planner(state).plan();
}

class Planner {
  private readonly made: FolderPlan = {
    journals: [],
    entries: [],
    links: [],
    unlinks: [],
    pictures: [],
    deletedMedia: [],
    deletedEntries: [],
    records: [],
    forget: [],
    notes: [],
    unchanged: 0,
    editedHere: 0,
    deletedHere: 0,
  };
  private readonly files: Map<string, FolderFile>;
  private readonly known: Map<string, KnownFile>;
  /** Which file each entry is. */
  private readonly owner = new Map<string, string>();
  /** Files of other entries: those are no entries of their own. */
  private readonly shown = new Set<string>();
  private readonly newJournals = new Map<string, JournalItem>();

  constructor(private readonly state: FolderState) {
    this.files = new Map(state.files.map((file) => [file.path, file]));
    this.known = new Map(state.known.map((file) => [file.path, file]));
    for (const { path, entry } of state.known) if (entry) this.owner.set(entry.id, path);
  }

  plan(): FolderPlan {
    for (const file of this.state.files) if (file.text !== undefined) this.planMarkdown(file, file.text);
    for (const file of this.state.files) if (file.text === undefined) this.planPicture(file);
    for (const file of this.state.known) if (!this.files.has(file.path)) this.planGone(file);
    this.made.journals.push(...this.newJournals.values());
    return this.made;
  }

  private planMarkdown(file: FolderFile, written: string): void {
    const read = readMarkdown(written);
    this.made.notes.push(...read.faults.map((fault) => `${file.path}: ${fault}`));
    if (read.kind === 'journal') this.planJournal(file, read);
    else this.planEntry(file, read);
  }

  private planJournal(file: FolderFile, read: MarkdownFile): void {
    const title = read.title ?? this.titleOf(file.path);
    const id = this.ownId(read) ?? this.journal(title, file);
    const row = this.state.row('journal', id);
    const clientUpdatedAt = read.editedAt ?? Math.round(file.mtimeMs);
    const body = {
      title,
      description: read.text ?? '',
      createdAt: read.createdAt ?? Number(row?.body?.['createdAt'] ?? clientUpdatedAt),
    };
    const isSame = row?.status === 'live' && holds(row, body);
    if (row === undefined || (row.status === 'live' && !isSame && row.clientUpdatedAt < clientUpdatedAt)) {
      this.newJournals.set(id, { id, ...body, clientUpdatedAt });
    }
    this.remember(file, null);
  }

  private planEntry(file: FolderFile, read: MarkdownFile): void {
    const known = this.known.get(file.path)?.entry ?? undefined;
    const id = known?.id ?? this.newId(file, read);
    if (id === undefined) return;
    this.owner.set(id, file.path);
    const entry = this.entryOf(id, file, read);
    const content = this.planWords(entry, known, { file, read });
    const journals = this.planLinks(entry, known, { file, read });
    const media = this.planMedia(entry, known, this.picturesOf(file, read));
    this.remember(file, { id, content, journals, media });
  }

  /** Saves the words of a file where they have to be saved. Answers the words that the file stands for. */
  private planWords(
    entry: EntryItem,
    known: KnownEntry | undefined,
    of: { file: FolderFile; read: MarkdownFile },
  ): string | null {
    const { id, clientUpdatedAt: _, ...body } = entry;
    const row = this.state.row('content', id);
    const isUnchanged = known !== undefined && this.known.get(of.file.path)?.sha256 === of.file.sha256;
    if (row === undefined) this.made.entries.push(entry);
    else if (row.status === 'live' && holds(row, body)) this.made.unchanged += 1;
    else if (row.status === 'live' && isUnchanged) this.made.editedHere += 1;
    else if (row.status === 'live' && known !== undefined) this.planChange(entry, row, known);
    // An edit beats a delete; a file that says nothing new does not.
    else if (!isUnchanged && (known !== undefined || this.isNewer(row, of))) this.made.entries.push(entry);
    else if (row.status === 'live') this.made.editedHere += 1;
    else this.made.deletedHere += 1;
    return entry.content;
  }

  /** A known file whose entry differs from it: one side changed since, or both. */
  private planChange(entry: EntryItem, row: LocalRow, known: KnownEntry): void {
    const here = (row.body?.['content'] ?? null) as string | null;
    if (here === known.content || here === entry.content) return void this.made.entries.push(entry);
    if (entry.content === known.content) return void (this.made.editedHere += 1);
    const merged = this.state.mergeText(known.content ?? '', entry.content ?? '', here ?? '');
    if (merged !== undefined) return void this.made.entries.push({ ...entry, content: merged });
    // Both changed the same sentence. The file is the entry; what the other device wrote becomes one beside it.
    const copy = { ...entry, id: uuidV5(entry.id, here ?? ''), content: here, clientUpdatedAt: row.clientUpdatedAt };
    if (this.state.row('content', copy.id) === undefined) this.made.entries.push(copy);
    for (const journalId of known.journals)
      this.made.links.push({ journalId, contentId: copy.id, createdAt: copy.createdAt });
    this.made.entries.push(entry);
    this.made.notes.push(`${this.owner.get(entry.id)}: it was edited on another device too; both versions were kept`);
  }

  /** Of a file that was not known here: whether it says something later than the row. */
  private isNewer(row: LocalRow, { file, read }: { file: FolderFile; read: MarkdownFile }): boolean {
    if (read.untouched) return (read.editedAt ?? 0) > row.clientUpdatedAt;
    return Math.round(file.mtimeMs) > row.clientUpdatedAt;
  }

  private planLinks(
    entry: EntryItem,
    known: KnownEntry | undefined,
    of: { file: FolderFile; read: MarkdownFile },
  ): string[] {
    const wanted = this.journalsOf(of.file, of.read);
    for (const { id: journalId, createdAt } of wanted) {
      const isNew =
        !known?.journals.includes(journalId) &&
        this.state.row('association', `${journalId}:${entry.id}`)?.status !== 'live';
      if (isNew) this.made.links.push({ journalId, contentId: entry.id, createdAt: createdAt ?? entry.createdAt });
    }
    for (const journalId of known?.journals ?? []) {
      if (wanted.some(({ id }) => id === journalId)) continue;
      this.made.unlinks.push({ journalId, contentId: entry.id });
    }
    return wanted.map(({ id }) => id);
  }

  /** Adds the pictures that an entry does not have yet, and takes away those that its file showed and shows no more. */
  private planMedia(entry: EntryItem, known: KnownEntry | undefined, pictures: FoundPicture[]): KnownEntry['media'] {
    const kept: KnownEntry['media'] = [];
    for (const picture of pictures) {
      const sha256 = this.files.get(picture.path)?.sha256 ?? '';
      const before = known?.media.find((one) => one.sha256 === sha256);
      if (kept.some((one) => one.sha256 === sha256)) continue;
      const id = before?.id ?? this.mediaId(picture.id ?? uuidV5(entry.id, sha256));
      kept.push({ id, sha256 });
      if (before || this.state.row('media', id) || this.state.isQueued(id)) continue;
      this.made.pictures.push({ ...picture, id, contentId: entry.id });
    }
    for (const before of known?.media ?? []) {
      if (kept.some(({ id }) => id === before.id)) continue;
      if (this.isHeld(before.sha256)) kept.push(before);
      else this.made.deletedMedia.push(before.id);
    }
    return kept;
  }

  /** A picture that no Markdown file shows is an entry of its own. */
  private planPicture(file: FolderFile): void {
    const known = this.known.get(file.path)?.entry ?? undefined;
    if (this.shown.has(file.path) || (!known && !isMediaName(file.path))) {
      if (known) this.deleteUnlessEdited(file.path, known);
      if (this.shown.has(file.path)) this.remember(file, null);
      return;
    }
    const read = { ...readMarkdown(''), text: null, type: contentTypeOf(file.path) };
    const id = known?.id ?? this.freeId(uuidV5(this.state.userId, this.sourceOf(file.path)), file, null);
    this.owner.set(id, file.path);
    const entry = this.entryOf(id, file, read);
    const row = this.state.row('content', id);
    if (row === undefined) this.made.entries.push(entry);
    else if (row.status === 'live') this.made.unchanged += 1;
    else this.made.deletedHere += 1;
    const journals = this.planLinks(entry, known, { file, read });
    const picture = { ...pictureAt(file), createdAt: entry.createdAt };
    // A picture that was deleted on another device stays deleted here, as long as the file stays the same.
    const media = row?.status === 'deleted' && known ? known.media : this.planMedia(entry, known, [picture]);
    this.remember(file, { id, content: null, journals, media });
  }

  private planGone(file: KnownFile): void {
    if (this.state.held.has(file.path)) return;
    if (file.entry) this.deleteUnlessEdited(file.path, file.entry);
    this.made.forget.push(file.path);
  }

  private deleteUnlessEdited(path: string, { id, content }: KnownEntry): void {
    const row = this.state.row('content', id);
    if (row?.status !== 'live') return;
    if ((row.body?.['content'] ?? null) === content) this.made.deletedEntries.push(id);
    else this.made.notes.push(`${path}: the file is gone, its entry stays: it was edited on another device`);
  }

  private entryOf(id: string, file: FolderFile, read: MarkdownFile): EntryItem {
    const { type, text: content, mediaUri, durationMs } = read;
    const row = this.state.row('content', id);
    const saved = row?.body?.['createdAt'];
    const mtime = Math.round(file.mtimeMs);
    const said = read.createdAt ?? dayInName(posix.basename(file.path));
    const createdAt = said ?? (typeof saved === 'number' ? saved : mtime);
    const clientUpdatedAt = read.untouched && read.editedAt !== undefined ? read.editedAt : mtime;
    return { id, type, content, mediaUri, durationMs, createdAt, clientUpdatedAt };
  }

  /** The id of an entry whose file was not seen before; undefined where another file is that entry already. */
  private newId(file: FolderFile, read: MarkdownFile): string | undefined {
    const own = this.ownId(read);
    if (own === undefined) return this.freeId(uuidV5(this.state.userId, this.sourceOf(file.path)), file, read.text);
    const owner = this.owner.get(own);
    if (owner !== undefined) {
      this.made.notes.push(`${file.path}: left out: it is the same entry as ${owner}`);
      return undefined;
    }
    const row = this.state.row('content', own);
    const isSafe =
      row === undefined || read.untouched || row.body?.['content'] === read.text || row.status === 'deleted';
    if (isSafe || this.isAsRestored(row, file)) return own;
    this.made.notes.push(`${file.path}: the file and its entry were both edited; both versions were kept`);
    return this.freeId(uuidV5(own, file.sha256), file, read.text);
  }

  /** Whether the row is what the file was before somebody changed the file. */
  private isAsRestored(row: LocalRow, file: FolderFile): boolean {
    const seal = /^sha256: ([0-9a-f]{64})$/m.exec(file.text ?? '')?.[1];
    return seal === sealOf(writeTime(Number(row.body?.['createdAt'])), String(row.body?.['content'] ?? ''));
  }

  /** An id that is this file's: no other file's, and of no entry with other words. */
  private freeId(candidate: string, file: FolderFile, content: string | null): string {
    const row = this.state.row('content', candidate);
    const isFree = row === undefined || (row.status === 'live' && (row.body?.['content'] ?? null) === content);
    return isFree && !this.owner.has(candidate)
      ? candidate
      : this.freeId(uuidV5(candidate, file.sha256), file, content);
  }

  /** The id that a file names, for this account. */
  private ownId({ id, account }: MarkdownFile): string | undefined {
    return id === undefined || id === '' ? undefined : this.accountId(id, account);
  }

  private accountId(id: string, account: string | undefined): string {
    return account === this.state.userId && isUuid(id) ? id : uuidV5(this.state.userId, id);
  }

  /** A picture that was deleted and put back is a new one: a deleted one cannot return. */
  private mediaId(id: string): string {
    return this.state.row('media', id)?.status === 'deleted' ? this.mediaId(uuidV5(id, 'again')) : id;
  }

  private journalsOf(file: FolderFile, read: MarkdownFile): { id: string; createdAt?: number }[] {
    if (read.journals)
      return read.journals.map(({ id, createdAt }) => ({ id: this.accountId(id, read.account), createdAt }));
    return [{ id: this.journal(read.journal ?? this.titleOf(file.path), file) }];
  }

  /** The id of the journal with a title, which is made when there is none. */
  private journal(title: string, file: FolderFile): string {
    const titled = this.state.journalTitled(title);
    if (titled !== undefined) return titled;
    const id = uuidV5(this.state.userId, title);
    const at = Math.round(file.mtimeMs);
    const made = this.newJournals.get(id);
    if (made === undefined)
      this.newJournals.set(id, { id, title, description: '', createdAt: at, clientUpdatedAt: at });
    return id;
  }

  private titleOf(path: string): string {
    const [top = '', rest] = path.split('/');
    return rest === undefined ? this.state.name : top;
  }

  private sourceOf(path: string): string {
    return `${this.state.name}/${path}`;
  }

  private picturesOf(file: FolderFile, read: MarkdownFile): FoundPicture[] {
    const listed = read.media.flatMap((line) => {
      const picture = this.files.get(posix.join(posix.dirname(file.path), line.file));
      if (!picture) return [];
      const { name: fileName, type: mimeType, createdAt } = line;
      return [{ id: this.accountId(line.id, read.account), fileName, mimeType, createdAt, path: picture.path }];
    });
    const referenced = referencesOf(file.path, read.text ?? '').flatMap((path) => {
      const picture = this.files.get(path);
      return picture && picture.text === undefined ? [pictureAt(picture)] : [];
    });
    const pictures = [...listed, ...referenced.filter(({ path }) => !listed.some((one) => one.path === path))];
    for (const { path } of pictures) this.shown.add(path);
    return pictures;
  }

  private isHeld(sha256: string): boolean {
    return this.state.known.some((file) => file.sha256 === sha256 && this.state.held.has(file.path));
  }

  private remember({ path, sha256, mtimeMs, size }: FolderFile, entry: KnownEntry | null): void {
    this.made.records.push({ path, sha256, mtimeMs, size, entry });
  }
}

function pictureAt({ path, mtimeMs }: FolderFile): FoundPicture {
  return {
    id: undefined,
    path,
    fileName: posix.basename(path),
    mimeType: mediaTypeOf(path),
    createdAt: Math.round(mtimeMs),
  };
}

function holds(row: LocalRow, body: Partial<ContentBody> | object): boolean {
  return row.body !== null && Object.entries(body).every(([field, value]) => row.body?.[field] === value);
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
}
