import { ImportError, type ExportFiles } from '../import/export-files.js';
import { pointsOutside } from '../paths.js';
import { bytesOfBlob, ZipArchive, ZipError, type RandomBytes } from './zip-archive.js';

/**
 * The files of a ZIP, to import from it.
 * @param name what messages call it
 * @throws ImportError when it is no whole ZIP, or not an honest one
 */
export async function openZip(name: string, source: Blob | RandomBytes): Promise<ExportFiles> {
  const bytes = source instanceof Blob ? bytesOfBlob(source) : source;
  const archive = await orImportError(name, () => ZipArchive.open(bytes));
  // Nothing is unpacked to disk, but a name like that says that the archive is not an honest export.
  const outside = archive.members.find(({ path }) => pointsOutside(path));
  if (outside) throw new ImportError(`${name}: it names a file outside itself: ${outside.path}`);
  return {
    name,
    files: archive.members,
    read: (path) => orImportError(name, () => archive.read(path)),
    close: async () => {},
  };
}

async function orImportError<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ZipError) throw new ImportError(`${name}: ${error.message}`, { cause: error });
    throw error;
  }
}
