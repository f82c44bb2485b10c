import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { BlobStore, type SignedUpload } from '../blobs/blob-store.js';
import { SignedUploadRecord } from './signed-upload.entity.js';

/** Uploads that go straight to the store, under a staging key, by signed URLs; one at a time for each media row. */
@Injectable()
export class SignedUploads {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly store: BlobStore,
  ) {}

  /** Fresh URLs; a former upload of the row is given up. Undefined where the store offers none. */
  async begin(userId: string, mediaId: string, size: number, seconds: number): Promise<SignedUpload | undefined> {
    const key = stagingKeyOf(userId, mediaId);
    const upload = await this.store.beginSignedUpload(key, size, seconds);
    if (upload === undefined) return undefined;
    await this.abort(userId, mediaId);
    await this.records.save({ userId, mediaId, uploadId: upload.uploadId ?? null, createdAt: Date.now() });
    return upload;
  }

  /**
   * Joins the parts and takes the bytes to a key that no signed URL reaches: a device could still change those at the
   * staging key after they were checked. @returns that key, undefined when no signed upload was begun
   * @throws BlobNotFoundError when not all bytes have arrived
   */
  async take(userId: string, mediaId: string): Promise<string | undefined> {
    const record = await this.records.findOneBy({ userId, mediaId });
    if (record === null) return undefined;
    const key = stagingKeyOf(userId, mediaId);
    const taken = takenKeyOf(userId, mediaId);
    // A retry finds what was done before: the bytes taken, or the parts joined.
    if ((await this.store.stat(taken)) !== undefined) return taken;
    if ((await this.store.stat(key)) === undefined) await this.store.endSignedUpload(key, record.uploadId ?? undefined);
    await this.store.move(key, taken);
    return taken;
  }

  /** Forgets the upload and what was sent of it. */
  async abort(userId: string, mediaId: string): Promise<void> {
    const record = await this.records.findOneBy({ userId, mediaId });
    if (record === null) return;
    await this.store.abortSignedUpload(stagingKeyOf(userId, mediaId), record.uploadId ?? undefined);
    await this.store.remove(takenKeyOf(userId, mediaId));
    await this.records.delete({ userId, mediaId });
  }

  private get records() {
    return this.database.getRepository(SignedUploadRecord);
  }
}

/** Apart from the final keys, so that no reader ever meets half an upload. */
function stagingKeyOf(userId: string, mediaId: string): string {
  return `staging/${userId}/${mediaId}`;
}

function takenKeyOf(userId: string, mediaId: string): string {
  return `${stagingKeyOf(userId, mediaId)}.taken`;
}
