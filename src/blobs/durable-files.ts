import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

const NO_SUCH_FILE = new Set(['ENOENT', 'ENOTDIR', 'EISDIR']);

/** With the folders above it. (Node's own way says ENOENT when the disk is full or may only be read.) */
export async function makeFolder(path: string): Promise<void> {
  const make = async (): Promise<void> => {
    try {
      await mkdir(path);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  };
  try {
    await make();
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || path === dirname(path)) throw error;
    await makeFolder(dirname(path));
    await make();
  }
}

/** Makes the bytes of a file outlive a power cut. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the names in a folder outlive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder; its file systems keep names without being asked.
  if (process.platform === 'win32') return;
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** The result; nothing where there is no such file. */
export async function orUndefined<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (NO_SUCH_FILE.has(codeOf(error))) return undefined;
    throw error;
  }
}

/** What the system calls an error: `ENOENT`. */
export function codeOf(error: unknown): string {
  const isCoded = typeof error === 'object' && error !== null && 'code' in error;
  return isCoded && typeof error.code === 'string' ? error.code : '';
}
