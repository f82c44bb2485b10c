// The ZIP of everything as a file of this machine.
import { open } from 'node:fs/promises';
import {
  exportJournal,
  type ExportCounts,
  type ExportProgress,
  type ExportSource,
} from '@logdate/formats/export/export-journal';
import { replace } from './folder/restore-files.js';

/** Writes the ZIP to `path`, whole or not at all. */
export async function writeExport(
  path: string,
  source: ExportSource,
  onProgress?: (progress: ExportProgress) => void,
): Promise<ExportCounts> {
  return replace(path, async (temporary) => exportJournal(source, await newFile(temporary), onProgress));
}

async function newFile(path: string): Promise<WritableStream<Uint8Array>> {
  const file = await open(path, 'wx');
  return new WritableStream({
    write: (bytes) => file.writeFile(bytes),
    close: () => file.close(),
    abort: () => file.close(),
  });
}
