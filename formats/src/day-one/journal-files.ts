// Finds the journals and the photos of a Day One export among its files.
import { ImportError, type ExportFile, type ExportFiles } from '../import/export-files.js';

/** Bytes of JSON in one export. 712 long entries are 1.2 MB, so this is a diary of several lifetimes. */
const LARGEST_JSON_BYTES = 256 * 1024 * 1024;

/** One JSON file of the export; `name` is its path inside the export. */
export interface JournalFile {
  name: string;
  bytes: Uint8Array;
}

/** The JSON files of the export, at least one. Throws ImportError. */
export async function readJournalFiles(from: ExportFiles): Promise<JournalFile[]> {
  const found = from.files.filter(({ path }) => isJournalFile(path));
  if (found.length === 0) {
    throw new ImportError(`${from.name}: no .json file inside; a Day One export has one for each journal`);
  }
  const files: JournalFile[] = [];
  let room = LARGEST_JSON_BYTES;
  for (const { path, size } of found) {
    room -= size;
    if (room < 0) {
      throw new ImportError(`${from.name}: ${path}: the JSON of one export is limited to ${LARGEST_JSON_BYTES} bytes`);
    }
    files.push({ name: path, bytes: await from.read(path) });
  }
  return files;
}

/** Finds a photo or recording by the start of its path, `photos/<md5>.`, whatever the file's ending. */
export function mediaFinder({ files }: ExportFiles): (start: string) => ExportFile | undefined {
  const byStart = new Map(files.map((file) => [startOf(file.path), file]));
  return (start) => byStart.get(start.toLowerCase());
}

// An export that was unpacked and packed again has everything in one more folder.
function startOf(path: string): string {
  const name = path.split('/').slice(-2).join('/');
  return name.slice(0, name.lastIndexOf('.') + 1).toLowerCase();
}

// macOS adds a folder __MACOSX and files that begin with a dot; they are no journals.
function isJournalFile(path: string): boolean {
  const parts = path.split('/');
  const hidden = parts.some((part) => part.startsWith('.') || part === '__MACOSX');
  return !hidden && path.toLowerCase().endsWith('.json');
}
