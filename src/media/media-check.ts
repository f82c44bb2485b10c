import { Injectable } from '@nestjs/common';
import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { BlobNotFoundError, BlobStore } from '../blobs/blob-store.js';
import { Millis } from '../graphql/scalars.js';
import { measure } from './staging.js';

@ObjectType({ description: 'Whether the stored bytes are what their rows say.' })
export class MediaReport {
  @Field(() => Int, {
    description: 'Rows whose bytes were read again: READY ones, deleted ones that can be restored too.',
  })
  checked!: number;

  @Field(() => Millis, { description: 'Bytes that were read; the same bytes are read once.' })
  bytes!: number;

  @Field(() => [ID], { description: 'Rows whose bytes are not in the store.' })
  missing!: string[];

  @Field(() => [ID], { description: 'Rows whose bytes differ from their size or digest.' })
  changed!: string[];
}

interface Row {
  id: string;
  blobRef: string;
  sizeBytes: number;
  sha256: string;
}

type Verdict = 'sound' | 'missing' | 'changed';

/** Compares the store with the rows, byte by byte. */
@Injectable()
export class MediaCheck {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly store: BlobStore,
  ) {}

  /** Every row of one user whose bytes are stored. `onRow` is told how many are done, of how many. */
  async of(userId: string, onRow?: (done: number, total: number) => void): Promise<MediaReport> {
    const rows = (await this.database.query(
      `SELECT media_id AS id, blob_ref AS "blobRef", size_bytes AS "sizeBytes", sha256
         FROM media WHERE user_id = $1 AND blob_ref IS NOT NULL AND has_body ORDER BY blob_ref`,
      [userId],
    )) as Row[];
    const report: MediaReport = { checked: 0, bytes: 0, missing: [], changed: [] };
    let last: { blobRef: string; verdict: Verdict } | undefined;
    for (const row of rows) {
      if (last?.blobRef !== row.blobRef) {
        const { verdict, bytes } = await this.read(row);
        last = { blobRef: row.blobRef, verdict };
        report.bytes += bytes;
      }
      if (last.verdict !== 'sound') report[last.verdict].push(row.id);
      report.checked += 1;
      onRow?.(report.checked, rows.length);
    }
    return report;
  }

  /** Every user who has something stored. */
  async users(): Promise<string[]> {
    const rows = (await this.database.query(
      'SELECT DISTINCT user_id AS "userId" FROM media WHERE blob_ref IS NOT NULL AND has_body ORDER BY user_id',
    )) as { userId: string }[];
    return rows.map(({ userId }) => userId);
  }

  private async read({ blobRef, sizeBytes, sha256 }: Row): Promise<{ verdict: Verdict; bytes: number }> {
    try {
      const facts = await measure(await this.store.get(blobRef));
      const isSound = facts.size === sizeBytes && facts.sha256 === sha256;
      return { verdict: isSound ? 'sound' : 'changed', bytes: facts.size };
    } catch (error) {
      if (error instanceof BlobNotFoundError) return { verdict: 'missing', bytes: 0 };
      throw error;
    }
  }
}
