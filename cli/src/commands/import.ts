import { readdir, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ImportError } from '@logdate/formats/import/export-files';
import { openImport } from '@logdate/formats/import/open-import';
import { planImport, readPresent } from '@logdate/formats/import/plan';
import { writeImport } from '@logdate/formats/import/write-import';
import { openDevice, type OpenDevice } from '../device.js';
import { CommandError, EXIT } from '../exit-codes.js';
import { FolderBackup } from '../folder/backup.js';
import { openExport } from '../import/export-on-disk.js';
import { withBars } from '../progress-bars.js';
import { count, type Terminal } from '../terminal.js';
import type { Command } from './context.js';

/** What an import did, as `--json` says it. */
interface ImportResult {
  journals: number;
  entries: number;
  files: number;
  unchanged: number;
  editedHere: number;
  deletedHere: number;
  leftOut: { field: string; entries: number }[];
  notes: string[];
  broken: string[];
}

/** Imports a Day One export, an export of LogDate, or a folder of Markdown and pictures. A second time it changes nothing. */
export const importCommand: Command<object, [path: string]> = async (
  { settings, terminal, signal },
  _options,
  given,
) => {
  const path = resolve(given);
  const isExport = await looksLikeExport(path);
  const device = await openDevice(settings, { signal });
  try {
    const result = isExport ? await importExport(device, path, terminal) : await importFolder(device, path, terminal);
    terminal.result(result, linesOf(result));
    return result.broken.length > 0 ? EXIT.differs : EXIT.good;
  } catch (error) {
    if (error instanceof ImportError) throw new CommandError(EXIT.usage, error.message, undefined, { cause: error });
    throw error;
  } finally {
    await device.close();
  }
};

async function importExport(device: OpenDevice, path: string, terminal: Terminal): Promise<ImportResult> {
  const { items, close } = await openImport(await openExport(path), device.userId);
  try {
    const plan = planImport(items, await readPresent(device.store, items));
    const { broken } = await withBars(terminal, (show) => writeImport(device.db, plan, show));
    return {
      journals: plan.journals.length,
      entries: plan.entries.length,
      files: plan.files.length - broken.length,
      unchanged: plan.unchanged,
      editedHere: plan.editedHere,
      deletedHere: plan.deletedHere,
      leftOut: items.leftOut.map(({ field, entries }) => ({ field, entries })),
      notes: [],
      broken: [...items.broken, ...broken],
    };
  } finally {
    await close();
  }
}

async function importFolder(device: OpenDevice, path: string, terminal: Terminal): Promise<ImportResult> {
  const { plan, broken } = await new FolderBackup({ ...device, terminal }, path).look();
  return {
    journals: plan.journals.length,
    entries: plan.entries.length,
    files: plan.pictures.length,
    unchanged: plan.unchanged,
    editedHere: plan.editedHere,
    deletedHere: plan.deletedHere,
    leftOut: [],
    notes: plan.notes,
    broken,
  };
}

/** A file is a ZIP; a folder is an unpacked Day One export when it holds journals as JSON and no Markdown. */
async function looksLikeExport(path: string): Promise<boolean> {
  const there = await stat(path).catch(() => undefined);
  if (!there) throw new CommandError(EXIT.usage, `${path}: there is no such file or folder`);
  if (!there.isDirectory()) return true;
  const names = await readdir(path);
  const hidden = (name: string) => name.startsWith('.');
  return names.some((name) => name.endsWith('.json') && !hidden(name)) && !names.some((name) => name.endsWith('.md'));
}

function linesOf(result: ImportResult): string[] {
  const { journals, entries, files, unchanged, editedHere, deletedHere, leftOut } = result;
  const list = leftOut.map((one) => `${one.field} (${one.entries})`).join(', ');
  const lines = [
    `Imported ${count(journals, 'journal')}, ${count(entries, 'entry', 'entries')} and ${count(files, 'file')}`,
    ...(unchanged > 0 ? [`${unchanged} were here already and are unchanged`] : []),
    ...(editedHere > 0 ? [`${editedHere} were edited in LogDate later than in the import, and stay as they are`] : []),
    ...(deletedHere > 0 ? [`${deletedHere} were deleted in LogDate, and stay deleted`] : []),
    ...(list === '' ? [] : [`LogDate has no field for these, with the number of entries that have them: ${list}`]),
    ...result.notes,
    ...(result.broken.length > 0 ? ['Left out, because they cannot be read:'] : []),
    ...result.broken.map((one) => `  ${one}`),
  ];
  return entries + files > 0 ? [...lines, 'They are on this device; `logdate sync` sends them'] : lines;
}
