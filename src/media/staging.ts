import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiError, ErrorCode } from '../graphql/errors.js';
import { HEAD_BYTES } from './media-type.js';

/** A file that has been taken in, counted and hashed, and that nothing refers to yet. */
export interface StagedFile {
  path: string;
  /** Bytes. */
  size: number;
  /** 64 hexadecimal digits. */
  sha256: string;
  /** The first bytes, which tell the type. */
  head: Buffer;
}

/** Errors of a disk that has no room, or no life, left. */
const DISK_ERRORS = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO']);

const RETRY_AFTER_SECONDS = 60;

/** The error that a full or broken disk is for a client; any other error as it is. */
export function asUnavailable(error: unknown): unknown {
  if (!DISK_ERRORS.has((error as NodeJS.ErrnoException).code ?? '')) return error;
  return noRoom();
}

export function noRoom(): ApiError {
  const message = 'There is no room to store this just now; nothing was half written';
  return new ApiError(ErrorCode.UNAVAILABLE, message, { retryAfter: RETRY_AFTER_SECONDS });
}

/** Writes a stream to a file of its own in `folder`, in constant memory. `check` is asked as the bytes are counted. */
export async function stage(
  folder: string,
  source: AsyncIterable<Buffer>,
  check: (bytes: number) => void,
): Promise<StagedFile> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, randomUUID());
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'wx', 0o600);
    const facts = await measure(source, check, file);
    await file.sync();
    return { path, ...facts };
  } catch (error) {
    await rm(path, { force: true });
    throw asUnavailable(error);
  } finally {
    await file?.close();
  }
}

/** Reads a file that is there already. */
export async function stagedAt(path: string): Promise<StagedFile> {
  return { path, ...(await measure(createReadStream(path, { highWaterMark: 1024 * 1024 }), () => undefined)) };
}

/** Size, digest and first bytes of a stream, which goes to `file` on the way. */
export async function measure(
  source: AsyncIterable<Buffer>,
  check: (bytes: number) => void = () => undefined,
  file?: FileHandle,
): Promise<Omit<StagedFile, 'path'>> {
  const hash = createHash('sha256');
  let head = Buffer.alloc(0);
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    check(size);
    hash.update(chunk);
    if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES - head.length)]);
    if (file !== undefined) await writeAll(file, chunk);
  }
  return { size, sha256: hash.digest('hex'), head };
}

async function writeAll(file: FileHandle, chunk: Buffer): Promise<void> {
  for (let written = 0; written < chunk.length;) {
    written += (await file.write(chunk, written)).bytesWritten;
  }
}
