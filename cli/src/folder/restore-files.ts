// Writes the files of a restore. What is there already and differs is never overwritten unless that was asked for.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { LogDate, MediaBody } from '@logdate/client';
import type { RestoredFile } from '@logdate/formats/markdown/restored-files';
import type { LiveRow } from '@logdate/formats/snapshot';
import type { Terminal } from '../terminal.js';

/** What a restore finds in the folder before it writes anything. */
export interface RestorePlan {
  /** Not there yet, or different. */
  toWrite: RestoredFile[];
  /** There already as they would be written. */
  same: number;
  /** Paths of other files under the same names. */
  differing: string[];
}

/** Compares the files with what is in the folder. */
export async function planRestore(folder: string, files: readonly RestoredFile[]): Promise<RestorePlan> {
  const plan: RestorePlan = { toWrite: [], same: 0, differing: [] };
  for (const file of files) {
    const there = await compare(join(folder, file.path), file);
    if (there === 'same') plan.same += 1;
    else plan.toWrite.push(file);
    if (there === 'differs') plan.differing.push(file.path);
  }
  return plan;
}

/** Writes files one by one, each whole or not at all. Pictures that cannot be read are named, others go on. */
export async function writeRestored(
  folder: string,
  files: readonly RestoredFile[],
  from: { db: LogDate; terminal: Terminal },
): Promise<{ written: number; broken: string[] }> {
  const broken: string[] = [];
  const progress = from.terminal.progress('Restore', files.length, 'files');
  try {
    for (const [index, file] of files.entries()) {
      const path = join(folder, file.path);
      await mkdir(dirname(path), { recursive: true });
      try {
        await replace(path, (temporary) => write(temporary, file, from.db));
      } catch (error) {
        broken.push(`${file.path}: ${error instanceof Error ? error.message : String(error)}`);
      }
      progress.update(index + 1);
    }
  } finally {
    progress.stop();
  }
  return { written: files.length - broken.length, broken };
}

async function compare(path: string, file: RestoredFile): Promise<'missing' | 'same' | 'differs'> {
  const there = await stat(path).catch(() => undefined);
  if (!there) return 'missing';
  if (!there.isFile()) return 'differs';
  if ('text' in file) return (await readFile(path, 'utf8')) === file.text ? 'same' : 'differs';
  return (await isMedia(path, there.size, file.media)) ? 'same' : 'differs';
}

async function isMedia(path: string, size: number, { body }: LiveRow<MediaBody>): Promise<boolean> {
  if (size !== body.sizeBytes) return false;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex') === body.sha256;
}

async function write(path: string, file: RestoredFile, db: LogDate): Promise<void> {
  if ('text' in file) await writeFile(path, file.text, { flag: 'wx' });
  else await pipeline(Readable.from(db.media.read(file.media.id)), createWriteStream(path, { flags: 'wx' }));
}

/** Makes the file under another name first, so that what stands at `path` is always whole. */
export async function replace<T>(path: string, make: (temporary: string) => Promise<T>): Promise<T> {
  const temporary = `${path}.${process.pid}.part`;
  try {
    await rm(temporary, { force: true });
    const made = await make(temporary);
    await rename(temporary, path);
    return made;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
