import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Caller } from '../auth/caller.js';
import { BlobStore } from '../blobs/blob-store.js';
import { ApiError, ErrorCode } from '../graphql/errors.js';
import type { ChangeInput } from '../sync/change.js';
import { SyncedRows } from '../sync/synced-rows.js';
import { mediaTypeOf } from './media-type.js';
import { MediaUsage } from './media-usage.js';
import { Media, MediaStatus } from './media.entity.js';
import type { StagedFile } from './staging.js';

/** What the bytes turned out to be. */
export type Facts = Omit<StagedFile, 'path'>;

/** The fields of a media row that a device chooses. */
export interface MediaFields extends ChangeInput {
  id: string;
  contentId: string;
  fileName: string;
}

/** A blob that rows may refer to, and the type that its bytes show. */
export type StoredBytes = Pick<Media, 'mimeType'> & { blobRef: string };

/**
 * Puts bytes into the store and their row into the database: blob first, row second. Each blob has a key of its own,
 * and a row takes over the blob of another row only while the user's clock is held; so a blob that no row refers to
 * can never be referred to again, and may go.
 */
@Injectable()
export class StoredMedia {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly rows: SyncedRows,
    private readonly store: BlobStore,
    private readonly usage: MediaUsage,
  ) {}

  /** Makes the row READY; `put` moves the bytes to the key it is given, unless the user has the same bytes already. */
  async save(caller: Caller, fields: MediaFields, facts: Facts, put: (key: string) => Promise<void>): Promise<Media> {
    const mimeType = await mediaTypeOf(facts.head);
    const isStored = (await findStored(this.database.manager, caller.id, facts)) !== undefined;
    const own = isStored ? undefined : { blobRef: `${caller.id}/${facts.sha256}/${randomUUID()}`, mimeType };
    if (own !== undefined) await put(own.blobRef);
    try {
      const media = await this.rows.saveUnderClock(Media, caller, async (transaction) => {
        const stored = (await findStored(transaction, caller.id, facts)) ?? own;
        if (stored === undefined) throw new ApiError(ErrorCode.UNAVAILABLE, 'Send the bytes again', { retryAfter: 1 });
        await this.usage.assertRoom(transaction, caller.id, facts.size, facts.sha256);
        const { size: sizeBytes, sha256 } = facts;
        const version = await versionToReplace(transaction, caller.id, fields.id, facts);
        return { ...fields, sizeBytes, sha256, ...stored, status: MediaStatus.READY, version };
      });
      if (own !== undefined && media.blobRef !== own.blobRef) await this.store.remove(own.blobRef);
      return media;
    } catch (error) {
      // A refusal left no row. After any other error there may be one: then the sweep decides, when it is sure.
      if (own !== undefined && error instanceof ApiError) await this.store.remove(own.blobRef);
      throw error;
    }
  }
}

/** The user's own blob with these bytes, if a row refers to it that is live or can be restored. */
export async function findStored(
  database: EntityManager,
  userId: string,
  { size, sha256 }: Pick<Facts, 'size' | 'sha256'>,
): Promise<StoredBytes | undefined> {
  const [stored] = (await database.query(
    `SELECT blob_ref AS "blobRef", mime_type AS "mimeType" FROM media
      WHERE user_id = $1 AND sha256 = $2 AND size_bytes = $3 AND blob_ref IS NOT NULL AND has_body LIMIT 1`,
    [userId, sha256, size],
  )) as [StoredBytes | undefined];
  return stored;
}

/** READY bytes never change: a new row, or the very row that waits for these bytes. */
async function versionToReplace(
  transaction: EntityManager,
  userId: string,
  id: string,
  { size, sha256 }: Facts,
): Promise<{ known: number } | { absent: true }> {
  const [pending] = (await transaction.query(
    `SELECT server_version AS known FROM media WHERE user_id = $1 AND media_id = $2 AND status = 'PENDING'
        AND NOT deleted AND sha256 = $3 AND size_bytes = $4`,
    [userId, id, sha256, size],
  )) as [{ known: number } | undefined];
  return pending ?? { absent: true };
}
