// An export on this machine: a ZIP, or the folder that a Day One export unpacks to.
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ImportError, type ExportFile, type ExportFiles } from '@logdate/formats/import/export-files';
import { openZip } from '@logdate/formats/zip/zip-files';

/** Where a Day One export keeps what its entries show. */
const MEDIA_FOLDERS = ['photos', 'videos', 'audios', 'pdfs'];

/** Opens the export at `path`. Throws ImportError. */
export async function openExport(path: string): Promise<ExportFiles> {
  const kind = await stat(path).catch(() => undefined);
  if (!kind) throw new ImportError(`${path}: there is no such file or folder`);
  return kind.isDirectory() ? openFolder(path) : openZipAt(path);
}

async function openZipAt(path: string): Promise<ExportFiles> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const zip = await openZip(path, {
      size,
      async read(position, length) {
        const bytes = new Uint8Array(Math.max(0, Math.min(length, size - position)));
        const { bytesRead } = await file.read(bytes, 0, bytes.length, position);
        return bytes.subarray(0, bytesRead);
      },
    });
    return { ...zip, close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openFolder(path: string): Promise<ExportFiles> {
  const journals = (await readdir(path)).filter((name) => name.toLowerCase().endsWith('.json')).sort();
  const media = MEDIA_FOLDERS.map(async (folder) => {
    const names = await readdir(join(path, folder)).catch(() => []);
    return names.map((name) => `${folder}/${name}`);
  });
  const files: ExportFile[] = [];
  for (const name of [...journals, ...(await Promise.all(media)).flat()]) {
    const { size } = await stat(join(path, name));
    files.push({ path: name, size });
  }
  return { name: path, files, read: (name) => readFile(join(path, name)), close: async () => {} };
}
