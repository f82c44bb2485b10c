// Everything in one ZIP: Markdown and pictures as `restore` writes them, and logdate.json with every field of the protocol.
// Two devices in sync make the same bytes, whatever they run on.
import type { LocalStore, LogDate } from '@logdate/client';
import { restoredFiles, type RestoredFile } from '../markdown/restored-files.js';
import { readSnapshot } from '../snapshot.js';
import { writeZip, type ZipContent } from '../zip/write-zip.js';
import { ROWS_FILE, writeRows } from './rows.js';

/** The journal to export. */
export interface ExportSource {
  store: LocalStore;
  db: Pick<LogDate, 'media'>;
  /** Whose journal it is: ids in the export belong to this account. */
  userId: string;
}

/** What an export holds; `files` counts the files of the ZIP. */
export interface ExportCounts {
  journals: number;
  entries: number;
  media: number;
  files: number;
}

/** How far an export is, in files of the ZIP. */
export interface ExportProgress {
  what: 'files';
  done: number;
  total: number;
}

/**
 * Writes the ZIP piece by piece, photos as they are read, and closes `writable`.
 * Fails, and aborts `writable`, where a file cannot be read whole: a backup that lacks one is none.
 */
export async function exportJournal(
  { store, db, userId }: ExportSource,
  writable: WritableStream<Uint8Array>,
  onProgress: (progress: ExportProgress) => void = () => {},
): Promise<ExportCounts> {
  const snapshot = await readSnapshot(store);
  const files = restoredFiles(snapshot, userId).sort((one, other) => (one.path < other.path ? -1 : 1));
  const paths = new Map(files.flatMap((file) => ('media' in file ? [[file.media.id, file.path] as const] : [])));
  const contents = [ofText(ROWS_FILE, writeRows(snapshot, userId, paths)), ...files.map((file) => contentOf(file, db))];
  const total = contents.length;
  onProgress({ what: 'files', done: 0, total });
  await writeZip(contents, writable, (done) => onProgress({ what: 'files', done, total }));
  const { journals, entries, media } = snapshot;
  return { journals: journals.length, entries: entries.length, media: media.length, files: total };
}

function contentOf(file: RestoredFile, db: ExportSource['db']): ZipContent {
  if ('text' in file) return ofText(file.path, file.text);
  const { id, body } = file.media;
  return { path: file.path, size: body.sizeBytes, bytes: () => db.media.read(id) };
}

function ofText(path: string, text: string): ZipContent {
  const bytes = new TextEncoder().encode(text);
  return {
    path,
    size: bytes.length,
    async *bytes() {
      yield bytes;
    },
  };
}
