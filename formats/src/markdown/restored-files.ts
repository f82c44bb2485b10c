// The journal as a folder: a folder for each journal, a Markdown file for each entry, its pictures under files/.
// Names depend on ids and dates alone, so that restoring again after an edit meets the same file.
import { endingOf, folderOf } from '../paths.js';
import { sha256Of } from '../sha256.js';
import { groupBy, type LiveRow, type Snapshot } from '../snapshot.js';
import type { AssociationBody, ContentBody, MediaBody } from '@logdate/client';
import { writeEntry, writeJournal, type FileLine } from './entry-file.js';
import { dayOf } from './times.js';

/** A file to write; a picture is named by its row, so that its bytes are fetched one by one. */
export type RestoredFile = { path: string } & ({ text: string } | { media: LiveRow<MediaBody> });

/** The name of the file that describes a journal. */
export const JOURNAL_FILE = '_journal.md';
/** Where the pictures and recordings of the entries beside it lie. */
export const FILES_FOLDER = 'files';
/** The folder of entries that are in no journal. */
const NO_JOURNAL = 'No journal';

/** The files of a folder that holds everything, by path. Entries of several journals lie in the folder of the first. */
export function restoredFiles(snapshot: Snapshot, account: string): RestoredFile[] {
  const taken = new Set<string>();
  const folders = new Map(
    snapshot.journals.map(({ id, body }) => [id, free(fileName(body.title, 'Untitled'), id, taken)]),
  );
  const noJournal = free(NO_JOURNAL, 'none', taken);
  const titles = new Map(snapshot.journals.map(({ id, body }) => [id, body.title]));
  const links = groupBy(snapshot.links, 'contentId');
  const media = groupBy(snapshot.media, 'contentId');

  const journals = snapshot.journals.map(({ id, body, row }) => ({
    path: `${folders.get(id)}/${JOURNAL_FILE}`,
    text: writeJournal({ account, id, ...body, clientUpdatedAt: row.clientUpdatedAt }),
  }));
  const entries = snapshot.entries.flatMap((entry) => {
    // A link to a journal that is not there has nothing to show in a folder; it stays in the journal itself.
    const own = (links.get(entry.id) ?? []).filter(({ body }) => titles.has(body.journalId));
    const folder = folders.get(own[0]?.body.journalId ?? '') ?? noJournal;
    const name = free(`${folder}/${dayOf(entry.body.createdAt)} ${entry.id.slice(0, 8)}`, entry.id, taken);
    return filesOfEntry(`${name}.md`, { entry, links: own, titles, media: media.get(entry.id) ?? [], account, taken });
  });
  return [...journals, ...entries];
}

function filesOfEntry(
  path: string,
  of: {
    entry: LiveRow<ContentBody>;
    links: LiveRow<AssociationBody>[];
    titles: Map<string, string>;
    media: LiveRow<MediaBody>[];
    account: string;
    taken: Set<string>;
  },
): RestoredFile[] {
  const { entry, titles } = of;
  const lines: FileLine[] = [];
  const files: RestoredFile[] = [];
  for (const media of of.media) {
    const { fileName: name, mimeType: type, createdAt } = media.body;
    const extension = endingOf(name);
    const stem = fileName(name.slice(0, name.length - extension.length), 'file');
    const end = fileName(extension.slice(1), '');
    const file = free(`${FILES_FOLDER}/${media.id.slice(0, 8)} ${stem}`, media.id, of.taken) + (end && `.${end}`);
    lines.push({ id: media.id, file, name, type, createdAt });
    files.push({ path: `${folderOf(path)}/${file}`, media });
  }
  const text = writeEntry({
    account: of.account,
    id: entry.id,
    ...entry.body,
    clientUpdatedAt: entry.row.clientUpdatedAt,
    journals: of.links.map(({ body }) => ({
      id: body.journalId,
      title: titles.get(body.journalId) ?? '',
      createdAt: body.createdAt,
    })),
    media: lines,
  });
  return [{ path, text }, ...files];
}

/** A name that every file system takes: Windows refuses some characters, names and ends, others mean folders. */
export function fileName(wanted: string, otherwise: string): string {
  const name = [...wanted.normalize('NFC').replace(/[\p{Cc}\p{Cf}\p{Cs}<>:"/\\|?*]/gu, ' ')]
    .slice(0, 60)
    .join('')
    .replace(/\s+/g, ' ')
    .replace(/^[ .]+|[ .]+$/g, '');
  if (name === '' || /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name)) return otherwise;
  return name;
}

/** The name, or when a file system that ignores case would confuse it with another one, with the id behind it. */
function free(name: string, id: string, taken: Set<string>): string {
  const key = (one: string) => one.normalize('NFC').toLowerCase();
  const chosen = taken.has(key(name)) ? `${name} ${sha256Of(id).slice(0, 8)}` : name;
  taken.add(key(chosen));
  return chosen;
}
