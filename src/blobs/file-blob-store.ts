import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, type Dirent } from 'node:fs';
import { open, opendir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  BlobNotFoundError,
  BlobStore,
  BlobStoreUnavailableError,
  type ByteRange,
  type SignedUpload,
  type StoredBlob,
} from './blob-store.js';
import { checkRange, segmentsOf } from './checked-arguments.js';
import { codeOf, makeFolder, orUndefined, syncFile, syncFolder } from './durable-files.js';

/** Copies that are not finished; no key has this character, so nothing in here is ever an object. */
const UNFINISHED = '~unfinished';
/** A copy this old belongs to a server that died. */
const LEFTOVER_MS = 24 * 60 * 60 * 1000;

/** The disk is full, broken, or may not be written to. */
const DISK_TROUBLE = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EACCES', 'EPERM', 'EMFILE', 'ENFILE', 'ESTALE']);

/** Keeps each object as a file whose path below the folder is its key. */
export class FileBlobStore extends BlobStore {
  private readonly folder: string;

  constructor(folder: string) {
    super();
    this.folder = resolve(folder);
  }

  /**
   * The rename makes the object visible, so everything that can fail comes before it. Putting the same key again
   * replaces the object as a whole; who reads the former one goes on reading it.
   */
  putFile(key: string, path: string): Promise<void> {
    const target = this.pathOf(key);
    return orUnavailable(async () => {
      // Its age counts from here: bytes that took days to arrive are no old blob that nobody needs.
      await utimes(path, new Date(), new Date());
      await syncFile(path);
      await makeFolder(dirname(target));
      try {
        await rename(path, target);
      } catch (error) {
        if (codeOf(error) !== 'EXDEV') throw error;
        await this.copyIn(path, target);
      }
      await this.syncFoldersOf(target);
    });
  }

  /** A range that ends behind the last byte gives what there is: nothing, if it begins there too. */
  async get(key: string, range?: ByteRange): Promise<Readable> {
    const path = this.pathOf(key);
    if (range) checkRange(range);
    return orUnavailable(async () => {
      if (!(await blobAt(path, key))) throw new BlobNotFoundError(key);
      const file = await orUndefined(() => open(path));
      if (!file) throw new BlobNotFoundError(key);
      return file.createReadStream(range);
    });
  }

  stat(key: string): Promise<StoredBlob | undefined> {
    const path = this.pathOf(key);
    return orUnavailable(() => blobAt(path, key));
  }

  async remove(key: string): Promise<void> {
    const path = this.pathOf(key);
    await orUnavailable(async () => {
      if (!(await blobAt(path, key))) return;
      await rm(path, { force: true });
      await syncFolder(dirname(path));
    });
  }

  async move(from: string, to: string): Promise<void> {
    const [source, target] = [this.pathOf(from), this.pathOf(to)];
    await orUnavailable(async () => {
      if (!(await blobAt(source, from))) throw new BlobNotFoundError(from);
      await makeFolder(dirname(target));
      const moved = await orUndefined(async () => {
        await rename(source, target);
        return true;
      });
      if (!moved) throw new BlobNotFoundError(from);
      await this.syncFoldersOf(target);
      await syncFolder(dirname(source));
    });
  }

  /** What comes or goes meanwhile may be listed or not. */
  list(prefix = ''): AsyncIterable<StoredBlob> {
    return this.walk('', prefix);
  }

  async signedDownload(): Promise<undefined> {}

  async beginSignedUpload(): Promise<SignedUpload | undefined> {
    return undefined;
  }

  async endSignedUpload(): Promise<void> {}

  async abortSignedUpload(): Promise<void> {}

  /** Takes away what a server that died left half copied. */
  async removeLeftovers(): Promise<void> {
    const folder = join(this.folder, UNFINISHED);
    await orUnavailable(async () => {
      for await (const { name } of entriesOf(folder)) {
        const file = await orUndefined(() => stat(join(folder, name)));
        if (file && Date.now() - file.mtimeMs > LEFTOVER_MS) await rm(join(folder, name), { force: true });
      }
    });
  }

  private pathOf(key: string): string {
    return join(this.folder, ...segmentsOf(key));
  }

  /** A name is safe when its folder and all above it are: they may be new too. */
  private async syncFoldersOf(path: string): Promise<void> {
    for (let folder = dirname(path); folder !== dirname(this.folder); folder = dirname(folder)) {
      await syncFolder(folder);
    }
    await syncFolder(dirname(this.folder));
  }

  /** For a file on another file system, from which a rename cannot reach us. */
  private async copyIn(path: string, target: string): Promise<void> {
    const folder = join(this.folder, UNFINISHED);
    await makeFolder(folder);
    const copy = join(folder, randomUUID());
    try {
      await pipeline(createReadStream(path), createWriteStream(copy, { flags: 'wx' }));
      await syncFile(copy);
      await rename(copy, target);
    } catch (error) {
      await rm(copy, { force: true });
      throw error;
    }
    await rm(path, { force: true });
  }

  /** Goes only into folders that can hold keys with the prefix. */
  private async *walk(parent: string, prefix: string): AsyncGenerator<StoredBlob> {
    for await (const entry of entriesOf(join(this.folder, parent))) {
      const key = parent + entry.name;
      if (key === UNFINISHED) continue;
      if (entry.isDirectory()) {
        const folder = `${key}/`;
        if (folder.startsWith(prefix) || prefix.startsWith(folder)) yield* this.walk(folder, prefix);
      } else if (key.startsWith(prefix)) {
        const blob = await orUnavailable(() => blobAt(join(this.folder, key), key));
        if (blob) yield blob;
      }
    }
  }
}

async function blobAt(path: string, key: string): Promise<StoredBlob | undefined> {
  const file = await orUndefined(() => stat(path));
  return file?.isFile() ? { key, size: file.size, modifiedAt: Math.floor(file.mtimeMs) } : undefined;
}

/** What is in a folder, in small portions; nothing if it is not there. */
async function* entriesOf(folder: string): AsyncGenerator<Dirent> {
  const entries = await orUnavailable(() => orUndefined(() => opendir(folder)));
  if (entries) yield* entries;
}

async function orUnavailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!DISK_TROUBLE.has(codeOf(error))) throw error;
    throw new BlobStoreUnavailableError(`The folder of the blobs cannot be used: ${codeOf(error)}`, { cause: error });
  }
}
