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
import { uuidV5, type LocalRow } from '@logdate/client';
import { posix } from 'node:path';
import type { EntryItem } from '@logdate/formats/import/items';
import { readMarkdown, type MarkdownFile } from '@logdate/formats/markdown/entry-file';
import { dayInName } from '@logdate/formats/markdown/times';
import { contentTypeOf, isMediaName } from '@logdate/formats/media-types';
import { FolderJournals } from './folder-journals.js';
import { FolderPictures, pictureAt } from './folder-pictures.js';
import { emptyPlan, type FolderPlan } from './folder-plan.js';
import { holds, type FolderState } from './folder-state.js';
import { Identities } from './identities.js';
import type { KnownEntry, KnownFile } from './known-files.js';
import type { FolderFile } from './scan.js';

/** Makes the plan of one look at the folder. */
export function planFolder(state: FolderState): FolderPlan {
  return new Planner(state).plan();
}

class Planner {
  private readonly made = emptyPlan();
  private readonly files: Map<string, FolderFile>;
  private readonly known: Map<string, KnownFile>;
  private readonly identities: Identities;
  private readonly journals: FolderJournals;
  private readonly pictures: FolderPictures;

  constructor(private readonly state: FolderState) {
    this.files = new Map(state.files.map((file) => [file.path, file]));
    this.known = new Map(state.known.map((file) => [file.path, file]));
    this.identities = new Identities(state, this.made.notes);
    this.journals = new FolderJournals(state, this.identities, this.made);
    this.pictures = new FolderPictures(state, this.identities, this.made);
  }

  plan(): FolderPlan {
    for (const file of this.state.files) if (file.text !== undefined) this.planMarkdown(file, file.text);
    for (const file of this.state.files) if (file.text === undefined) this.planPicture(file);
    for (const file of this.state.known) if (!this.files.has(file.path)) this.planGone(file);
    this.made.journals.push(...this.journals.made.values());
    return this.made;
  }

  private planMarkdown(file: FolderFile, written: string): void {
    const read = readMarkdown(written);
    this.made.notes.push(...read.faults.map((fault) => `${file.path}: ${fault}`));
    if (read.kind !== 'journal') return this.planEntry(file, read);
    this.journals.planJournal(file, read);
    this.remember(file, null);
  }

  private planEntry(file: FolderFile, read: MarkdownFile): void {
    const known = this.known.get(file.path)?.entry ?? undefined;
    const id = known?.id ?? this.identities.newId(file, read);
    if (id === undefined) return;
    this.identities.claim(id, file.path);
    const entry = this.entryOf(id, file, read);
    const content = this.planWords(entry, known, { file, read });
    const journals = this.journals.planLinks(entry, known, { file, read });
    const media = this.pictures.planMedia(entry, known, this.pictures.picturesOf(file, read));
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
    this.made.notes.push(
      `${this.identities.ownerOf(entry.id)}: it was edited on another device too; both versions were kept`,
    );
  }

  /** Of a file that was not known here: whether it says something later than the row. */
  private isNewer(row: LocalRow, { file, read }: { file: FolderFile; read: MarkdownFile }): boolean {
    if (read.untouched) return (read.editedAt ?? 0) > row.clientUpdatedAt;
    return Math.round(file.mtimeMs) > row.clientUpdatedAt;
  }

  /** A picture that no Markdown file shows is an entry of its own. */
  private planPicture(file: FolderFile): void {
    const known = this.known.get(file.path)?.entry ?? undefined;
    if (this.pictures.isShown(file.path) || (!known && !isMediaName(file.path))) {
      if (known) this.deleteUnlessEdited(file.path, known);
      if (this.pictures.isShown(file.path)) this.remember(file, null);
      return;
    }
    const read = { ...readMarkdown(''), text: null, type: contentTypeOf(file.path) };
    const id = known?.id ?? this.identities.idByPath(file, null);
    this.identities.claim(id, file.path);
    const entry = this.entryOf(id, file, read);
    const row = this.state.row('content', id);
    if (row === undefined) this.made.entries.push(entry);
    else if (row.status === 'live') this.made.unchanged += 1;
    else this.made.deletedHere += 1;
    const journals = this.journals.planLinks(entry, known, { file, read });
    const picture = { ...pictureAt(file), createdAt: entry.createdAt };
    // A picture that was deleted on another device stays deleted here, as long as the file stays the same.
    const media = row?.status === 'deleted' && known ? known.media : this.pictures.planMedia(entry, known, [picture]);
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

  private remember({ path, sha256, mtimeMs, size }: FolderFile, entry: KnownEntry | null): void {
    this.made.records.push({ path, sha256, mtimeMs, size, entry });
  }
}
