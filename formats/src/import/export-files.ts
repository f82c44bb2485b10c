// What an import reads from: a ZIP that a person chose, or on a disk also the folder that it unpacks to.

/** The files of an export; close it when nothing more is read. */
export interface ExportFiles {
  /** What messages call the export: a path, or the name of the file that was chosen. */
  readonly name: string;
  readonly files: readonly ExportFile[];
  /** The bytes of one of `files`, never more than it declares. Throws ImportError where they are damaged. */
  read(path: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** One file of an export. */
export interface ExportFile {
  /** From the top of the export, with `/`. */
  path: string;
  /** In bytes, as declared: bounded by whoever reads it, before memory is taken. */
  size: number;
}

/** An export, or a part of it, that cannot be read; the message names the file, and the entry where there is one. */
export class ImportError extends Error {}

/** Bytes of one photo, film or recording: what an import holds in memory at once. */
const LARGEST_MEDIA_BYTES = 512 * 1024 * 1024;

/** Reads a photo, film or recording, unless it is too large to be held. */
export async function readMedia(files: ExportFiles, { path, size }: ExportFile): Promise<Uint8Array> {
  if (size > LARGEST_MEDIA_BYTES) throw new ImportError(`${path} is too large: more than ${LARGEST_MEDIA_BYTES} bytes`);
  return files.read(path);
}
