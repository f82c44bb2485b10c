import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Caller } from '../auth/caller.js';
import { BlobNotFoundError, BlobStore } from '../blobs/blob-store.js';
import { CONFIG, type Config } from '../config.js';
import { ApiError, ErrorCode } from '../graphql/errors.js';
import { publicFields } from '../sync/resource.js';
import { SyncedRows } from '../sync/synced-rows.js';
import { UNLISTED_TYPE } from './media-type.js';
import { UploadMethod, type MediaUpload } from './media-upload.js';
import { MediaUsage, quotaExceeded } from './media-usage.js';
import { Media, MediaStatus } from './media.entity.js';
import { SignedUploads } from './signed-uploads.js';
import { measure, stage, type StagedFile } from './staging.js';
import { findStored, StoredMedia, type MediaFields } from './stored-media.js';
import { TusUploads, uploadIdOf } from './tus-uploads.js';
import type { CreateMediaUploadInput, UploadMediaInput } from './upload-media.input.js';

/** What a device says of bytes before they arrive. */
export interface DeclaredBytes {
  sizeBytes?: number | null;
  sha256?: string | null;
}

/** A row whose bytes come with the request. */
export type ArrivingMedia = MediaFields & DeclaredBytes & { mimeType: string };

/** How long the URLs of an upload last; the same call then gives new ones. */
const URL_SECONDS = 60 * 60;

/** The ways in which bytes arrive: with the request, in pieces by tus, or straight at the store by signed URLs. */
@Injectable()
export class MediaUploads {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    private readonly rows: SyncedRows,
    private readonly store: BlobStore,
    private readonly stored: StoredMedia,
    private readonly usage: MediaUsage,
    private readonly tus: TusUploads,
    private readonly signed: SignedUploads,
  ) {}

  /** Takes in bytes that come with the request. @throws ApiError TOO_LARGE, QUOTA_EXCEEDED, DIGEST_MISMATCH */
  async upload(caller: Caller, input: UploadMediaInput, file: AsyncIterable<Buffer>): Promise<Media> {
    this.check(input);
    return this.takeIn(caller, input, file, () => Promise.resolve(input));
  }

  /**
   * As `upload`, where the row can only be described when its bytes have arrived: its id follows from them, or the
   * fields come behind them. `declared` is what is known before.
   */
  async takeIn(
    caller: Caller,
    { sizeBytes, sha256 }: DeclaredBytes,
    file: AsyncIterable<Buffer>,
    describe: (arrived: StagedFile) => Promise<ArrivingMedia>,
  ): Promise<Media> {
    const { room, used } = await this.usage.roomToArrive(this.database.manager, caller.id, sha256?.toLowerCase());
    const check = (bytes: number): void => {
      this.assertSize(bytes);
      if (bytes > room) throw quotaExceeded(this.config.userBytes, used);
    };
    check(sizeBytes ?? 0);
    const staged = await stage(join(this.config.dataDir, 'uploads', 'staged'), file, check);
    try {
      const input = await describe(staged);
      this.check(input);
      assertAsDeclared(staged, input);
      return await this.stored.save(caller, input, staged, (key) => this.store.putFile(key, staged.path));
    } finally {
      await rm(staged.path, { force: true });
    }
  }

  /** Makes a row whose bytes are to come, unless they are stored already. @throws ApiError as `upload` */
  async create(caller: Caller, input: CreateMediaUploadInput): Promise<MediaUpload> {
    const sha256 = input.sha256.toLowerCase();
    const facts = { size: input.sizeBytes, sha256 };
    this.rows.check(Media, { ...NOTHING_YET, ...input });
    this.assertSize(facts.size);
    const media = await this.rows.saveUnderClock(Media, caller, async (transaction) => {
      const bytes = await findStored(transaction, caller.id, facts);
      if (bytes !== undefined) {
        return { ...input, sha256, ...bytes, status: MediaStatus.READY, version: { absent: true } };
      }
      await this.usage.assertRoom(transaction, caller.id, facts.size, sha256);
      return { ...input, sha256, ...NOTHING_YET, version: { absent: true } };
    });
    return this.instructions(caller, media);
  }

  /** Checks what has arrived and makes the row READY. @throws ApiError DIGEST_MISMATCH, CONFLICT when it is not PENDING */
  async complete(caller: Caller, id: string): Promise<Media> {
    const media = await this.findPending(caller, id);
    const taken = await this.takeSigned(caller.id, media.id);
    return taken === undefined ? this.completeTus(caller, media) : this.completeSigned(caller, media, taken);
  }

  private async instructions(caller: Caller, media: Media): Promise<MediaUpload> {
    const rest = { media, parts: [], expiresAt: Date.now() + URL_SECONDS * 1000 };
    if (media.status === MediaStatus.READY) return { ...rest, method: UploadMethod.ALREADY_STORED };
    const signed = await this.signed.begin(caller.id, media.id, media.sizeBytes, URL_SECONDS);
    if (signed !== undefined) return { ...rest, ...signed, method: UploadMethod.SIGNED };
    const uploadId = uploadIdOf(caller.id, media.id);
    await this.tus.begin(uploadId, media.sizeBytes);
    return { ...rest, method: UploadMethod.TUS, url: this.tus.urlOf(uploadId) };
  }

  private async completeTus(caller: Caller, media: Media): Promise<Media> {
    // Nothing writes to the file between its digest and its place in the store.
    const uploadId = uploadIdOf(caller.id, media.id);
    return this.tus.exclusively(uploadId, async () =>
      this.completeHeldTus(caller, await this.findPending(caller, media.id), uploadId),
    );
  }

  private async findPending(caller: Caller, id: string): Promise<Media> {
    const media = await this.rows.find(Media, caller.id, id);
    if (media.status === MediaStatus.PENDING) return media;
    throw new ApiError(ErrorCode.CONFLICT, 'This upload is completed already', { current: publicFields(media) });
  }

  private async completeHeldTus(caller: Caller, media: Media, uploadId: string): Promise<Media> {
    const arrived = (await this.tus.arrived(uploadId)) ?? 0;
    if (arrived !== media.sizeBytes) throw mismatch('sizeBytes', `${arrived} of ${media.sizeBytes} bytes have arrived`);
    const staged = await this.tus.finished(uploadId);
    if (staged.sha256 !== media.sha256) await this.tus.forget(uploadId);
    assertAsDeclared(staged, media);
    const ready = await this.stored.save(caller, fieldsOf(media), staged, (key) =>
      this.store.putFile(key, staged.path),
    );
    await this.tus.forget(uploadId);
    return ready;
  }

  private async completeSigned(caller: Caller, media: Media, taken: string): Promise<Media> {
    const facts = await measure(await this.store.get(taken));
    if (facts.sha256 !== media.sha256) await this.signed.abort(caller.id, media.id);
    assertAsDeclared(facts, media);
    const ready = await this.stored.save(caller, fieldsOf(media), facts, (key) => this.store.move(taken, key));
    await this.signed.abort(caller.id, media.id);
    return ready;
  }

  private async takeSigned(userId: string, mediaId: string): Promise<string | undefined> {
    try {
      return await this.signed.take(userId, mediaId);
    } catch (error) {
      if (error instanceof BlobNotFoundError) throw mismatch('sizeBytes', 'Not all bytes have arrived');
      throw error;
    }
  }

  private check(input: ArrivingMedia): void {
    const { sizeBytes, sha256 } = input;
    this.rows.check(Media, { ...NOTHING_YET, ...input, sizeBytes: sizeBytes ?? 0, sha256: sha256 ?? NO_DIGEST });
  }

  private assertSize(bytes: number): void {
    const limit = this.config.mediaBytes;
    if (bytes > limit) throw new ApiError(ErrorCode.TOO_LARGE, `A file may have at most ${limit} bytes`, { limit });
  }
}

const NO_DIGEST = '0'.repeat(64);

/** A row whose bytes have not arrived; what the device takes them for is not believed. */
const NOTHING_YET = { blobRef: null, mimeType: UNLISTED_TYPE, status: MediaStatus.PENDING };

function fieldsOf({ id, contentId, fileName, createdAt, clientUpdatedAt }: Media): MediaFields {
  return { id, contentId, fileName, createdAt, clientUpdatedAt };
}

function assertAsDeclared(arrived: { size: number; sha256: string }, declared: DeclaredBytes): void {
  if (typeof declared.sizeBytes === 'number' && declared.sizeBytes !== arrived.size) {
    throw mismatch('sizeBytes', `${arrived.size} bytes arrived, ${declared.sizeBytes} were declared`);
  }
  if (typeof declared.sha256 === 'string' && declared.sha256.toLowerCase() !== arrived.sha256) {
    throw mismatch('sha256', `The bytes that arrived have the digest ${arrived.sha256}`);
  }
}

function mismatch(field: string, message: string): ApiError {
  return new ApiError(ErrorCode.DIGEST_MISMATCH, message, { fields: [field] });
}
