// Files that were renamed between two looks at a folder.
import { posix } from 'node:path';
import { readMarkdown } from '@logdate/formats/markdown/entry-file';
import type { KnownFile } from './known-files.js';
import type { FolderFile } from './scan.js';

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
