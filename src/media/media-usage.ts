import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { CONFIG, type Config } from '../config.js';
import { ApiError, ErrorCode } from '../graphql/errors.js';

/** What a user's photos and recordings take up. */
export interface Usage {
  mediaCount: number;
  pendingUploads: number;
  /** Bytes of the live rows, those of pending ones included; the same bytes count once. */
  storageBytes: number;
}

@Injectable()
export class MediaUsage {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async of(userId: string): Promise<Usage> {
    const [counts] = (await this.database.query(
      `SELECT count(*) AS "mediaCount", count(*) FILTER (WHERE status = 'PENDING') AS "pendingUploads"
         FROM media WHERE user_id = $1 AND NOT deleted`,
      [userId],
    )) as [Omit<Usage, 'storageBytes'>];
    return { ...counts, storageBytes: await this.bytes(this.database.manager, userId) };
  }

  /**
   * The most bytes that may arrive: what the user may still store, besides what is stored of this digest already.
   * Where the digest is not known yet, bytes that are stored may come again, so that a retry is not refused for the
   * room that it took itself; `assertRoom` decides when they are known.
   */
  async roomToArrive(
    database: EntityManager,
    userId: string,
    sha256?: string,
  ): Promise<{ room: number; used: number }> {
    const used = await this.bytes(database, userId, sha256);
    const room = Math.max(0, this.config.userBytes - used);
    return { used, room: sha256 === undefined ? Math.max(room, await largestOf(database, userId)) : room };
  }

  /** @throws ApiError QUOTA_EXCEEDED when `bytes` more of this digest are too many; under the user's clock it is sure */
  async assertRoom(database: EntityManager, userId: string, bytes: number, sha256: string): Promise<void> {
    const used = await this.bytes(database, userId, sha256);
    if (bytes > Math.max(0, this.config.userBytes - used)) throw quotaExceeded(this.config.userBytes, used);
  }

  private async bytes(database: EntityManager, userId: string, besides = ''): Promise<number> {
    const [{ bytes }] = (await database.query(
      `SELECT coalesce(sum(size_bytes), 0)::bigint AS bytes FROM (
         SELECT DISTINCT ON (sha256) size_bytes FROM media WHERE user_id = $1 AND NOT deleted AND sha256 <> $2) AS stored`,
      [userId, besides],
    )) as [{ bytes: number }];
    return bytes;
  }
}

/** Bytes of the largest photo or recording that the user has. */
async function largestOf(database: EntityManager, userId: string): Promise<number> {
  const [{ bytes }] = (await database.query(
    'SELECT coalesce(max(size_bytes), 0)::bigint AS bytes FROM media WHERE user_id = $1 AND NOT deleted',
    [userId],
  )) as [{ bytes: number }];
  return bytes;
}

/** What is said to a user whose photos and recordings take `used` of `limit` bytes, when more do not fit. */
export function quotaExceeded(limit: number, used: number): ApiError {
  return new ApiError(ErrorCode.QUOTA_EXCEEDED, `Your photos and recordings may take ${limit} bytes together`, {
    limit,
    used,
  });
}
