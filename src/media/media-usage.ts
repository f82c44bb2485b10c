import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/** What a user's photos and recordings take up. */
export interface Usage {
  mediaCount: number;
  pendingUploads: number;
  /** Bytes of the live rows whose bytes are stored. */
  storageBytes: number;
}

@Injectable()
export class MediaUsage {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async of(userId: string): Promise<Usage> {
    const [usage] = (await this.database.query(
      `SELECT count(*) AS "mediaCount", count(*) FILTER (WHERE status = 'PENDING') AS "pendingUploads",
              coalesce(sum(size_bytes) FILTER (WHERE status = 'READY'), 0)::bigint AS "storageBytes"
         FROM media WHERE user_id = $1 AND NOT deleted`,
      [userId],
    )) as [Usage];
    return usage;
  }
}
