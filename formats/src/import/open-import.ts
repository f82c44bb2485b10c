// Opens what a person wants to import: a Day One export, or an export of LogDate itself.
import { readDayOneItems } from '../day-one/day-one-items.js';
import { openZip } from '../zip/zip-files.js';
import type { ExportFiles } from './export-files.js';
import type { ImportItems } from './items.js';
import { findRows, readRowItems } from './read-rows.js';

/** An import that is open: its files are read while it is. */
export interface OpenImport {
  items: ImportItems;
  close: () => Promise<void>;
}

/**
 * Reads an export for a user; ids depend only on the user and the export, so that a second import meets the rows of
 * the first.
 * @param source the ZIP that a person chose, or the files of an export; those are closed with the import
 * @throws ImportError when nothing can be read at all
 */
export async function openImport(source: File | ExportFiles, userId: string): Promise<OpenImport> {
  const from = source instanceof Blob ? await openZip(source.name, source) : source;
  try {
    const rows = findRows(from);
    const items = rows === undefined ? await readDayOneItems(from, userId) : await readRowItems(from, rows, userId);
    return { items, close: () => from.close() };
  } catch (error) {
    await from.close();
    throw error;
  }
}
