import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { FileStore } from '@tus/file-store';
import { MemoryLocker, Server, Upload } from '@tus/server';
import { CONFIG, type Config } from '../config.js';
import { ApiError, HTTP_STATUS } from '../graphql/errors.js';
import { asUnavailable, noRoom, type StagedFile } from './staging.js';
import { HEAD_BYTES } from './media-type.js';

/** How long a completion waits for a request that still writes. */
const LOCK_MS = 30_000;

export const TUS_PATH = '/media/uploads';

/** Which upload a request is for; the controller sets it, over whatever a client sent. */
export const UPLOAD_ID_HEADER = 'x-logdate-upload';

/** Uploads in pieces by tus 1.0, kept as files until they are completed; they survive a restart of the server. */
@Injectable()
export class TusUploads {
  readonly server: Server;
  private readonly store: HashingFileStore;
  private readonly locker = new MemoryLocker();

  constructor(@Inject(CONFIG) private readonly config: Config) {
    this.store = new HashingFileStore({ directory: join(config.dataDir, 'uploads', 'tus') });
    this.server = new Server({
      path: TUS_PATH,
      datastore: this.store,
      locker: this.locker,
      maxSize: config.mediaBytes,
      allowedOrigins: config.corsOrigins.length > 0 ? config.corsOrigins : ['null'],
      namingFunction: (request) => request.headers.get(UPLOAD_ID_HEADER) ?? '',
      getFileIdFromRequest: (request) => request.headers.get(UPLOAD_ID_HEADER) ?? undefined,
      generateUrl: (_request, { id }) => this.urlOf(id),
      onResponseError: (request, error) => {
        const cause = asUnavailable(error);
        if (!(cause instanceof ApiError)) return undefined;
        const { runtime } = request as { runtime?: { node?: { res?: ServerResponse } } };
        runtime?.node?.res?.setHeader('retry-after', String(cause.extensions['retryAfter']));
        return { status_code: HTTP_STATUS[cause.code], body: cause.message };
      },
    });
  }

  /** The URL of an upload; `id` as `uploadIdOf` makes it. */
  urlOf(id: string): string {
    return `${this.config.publicUrl}${TUS_PATH}/${id.slice(id.indexOf('.') + 1)}`;
  }

  /** Makes the upload that the device then finds at its URL; one that has begun goes on. */
  async begin(id: string, size: number): Promise<void> {
    const begun = await this.store.getUpload(id).catch(() => undefined);
    if (begun === undefined || begun.size !== size) await this.store.create(new Upload({ id, size, offset: 0 }));
  }

  /** Bytes that have arrived; undefined when there is no such upload. */
  async arrived(id: string): Promise<number | undefined> {
    return (await this.store.getUpload(id).catch(() => undefined))?.offset;
  }

  /** The file with its digest. */
  finished(id: string): Promise<StagedFile> {
    return this.store.finished(id);
  }

  /** Does something while no request writes to the upload; one that is under way is asked to end. */
  async exclusively<T>(id: string, work: () => Promise<T>): Promise<T> {
    const lock = this.locker.newLock(id);
    await lock.lock(AbortSignal.timeout(LOCK_MS), () => undefined);
    try {
      return await work();
    } finally {
      await lock.unlock();
    }
  }

  /** Forgets an upload and what has arrived of it. */
  async forget(id: string): Promise<void> {
    await this.store.forget(id);
  }
}

/** One upload for each media row; the owner in front, so that two users never meet. */
export function uploadIdOf(userId: string, mediaId: string): string {
  return `${userId}.${mediaId}`;
}

/** Hashes bytes as they arrive, so that a finished upload need not be read again from its start. */
class HashingFileStore extends FileStore {
  private readonly hashed = new Map<string, { hash: Hash; offset: number }>();

  constructor(options: { directory: string }) {
    super(options);
    this.extensions = ['creation', 'creation-with-upload', 'termination'];
  }

  override async create(upload: Upload): Promise<Upload> {
    this.hashed.delete(upload.id);
    try {
      return await super.create(upload);
    } catch (error) {
      throw asUnavailable(error);
    }
  }

  override async write(source: Readable, id: string, offset: number): Promise<number> {
    const { hash } = await this.hashUntil(id, offset);
    const before = hash.copy();
    const hashing = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    source.once('error', (error) => hashing.destroy(error));
    try {
      const end = await super.write(source.pipe(hashing), id, offset);
      this.hashed.set(id, { hash, offset: end });
      return end;
    } catch (error) {
      // Of what was hashed, some may not have reached the file: go on from where this piece began.
      this.hashed.set(id, { hash: before, offset });
      // The file store hides why it failed: where the sender has not, the disk has.
      throw source.errored ? error : noRoom();
    }
  }

  async finished(id: string): Promise<StagedFile> {
    const path = join(this.directory, id);
    const { size } = await stat(path);
    const { hash } = await this.hashUntil(id, size);
    const head: Buffer[] = [];
    for await (const chunk of createReadStream(path, { end: HEAD_BYTES - 1 })) head.push(chunk as Buffer);
    return { path, size, sha256: hash.copy().digest('hex'), head: Buffer.concat(head) };
  }

  async forget(id: string): Promise<void> {
    this.hashed.delete(id);
    await rm(join(this.directory, id), { force: true });
    await rm(join(this.directory, `${id}.json`), { force: true });
  }

  /** The digest of the first `offset` bytes: what is known already, and the rest read from the file. */
  private async hashUntil(id: string, offset: number): Promise<{ hash: Hash; offset: number }> {
    let known = this.hashed.get(id);
    if (known === undefined || known.offset > offset) known = { hash: createHash('sha256'), offset: 0 };
    if (known.offset < offset) {
      const missing = createReadStream(join(this.directory, id), { start: known.offset, end: offset - 1 });
      for await (const chunk of missing) known.hash.update(chunk as Buffer);
      known.offset = offset;
    }
    this.hashed.set(id, known);
    return known;
  }
}
