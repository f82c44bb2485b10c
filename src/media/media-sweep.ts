import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { BlobStore } from '../blobs/blob-store.js';
import { CONFIG, type Config } from '../config.js';
import { holdClock } from '../sync/stamp.js';
import { SyncedRows } from '../sync/synced-rows.js';
import { Media } from './media.entity.js';
import { SignedUploads } from './signed-uploads.js';
import { TusUploads, uploadIdOf } from './tus-uploads.js';

const DAY_MS = 24 * 60 * 60 * 1000;
/** How long a row waits for its bytes. */
const PENDING_MS = 7 * DAY_MS;
/** How old a blob is before it may be taken for one that nobody needs: its row is written right after it. */
const ORPHAN_MS = DAY_MS;
/** How old what is left of an upload is before it is thrown away: older than any row that may still wait for it. */
const LEFTOVER_MS = PENDING_MS + DAY_MS;

/** A key as this server makes them; anything else in the store is somebody else's. */
const OWN_KEY = /^([0-9a-f-]{36})\/[0-9a-f]{64}\//;

/** Who deletes a row that nobody completed. */
const SWEEPER = 'server';

/** Gives up uploads that nobody completed, and removes blobs that no row refers to. */
@Injectable()
export class MediaSweep {
  private readonly log = new Logger('MediaSweep');

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    private readonly rows: SyncedRows,
    private readonly store: BlobStore,
    private readonly tus: TusUploads,
    private readonly signed: SignedUploads,
  ) {}

  @Cron(CronExpression.EVERY_HOUR)
  async sweepNow(): Promise<void> {
    try {
      const { pending, blobs } = await this.sweep(Date.now());
      if (pending + blobs > 0) this.log.log(`Gave up ${pending} uploads and removed ${blobs} blobs`);
    } catch (error) {
      this.log.warn(`Not finished, the next hour goes on: ${String(error)}`);
    }
  }

  /** One sweep as of `now`, milliseconds. @returns how many rows were given up and how many blobs removed */
  async sweep(now: number): Promise<{ pending: number; blobs: number }> {
    const pending = await this.giveUpPending(now - PENDING_MS);
    const blobs = await this.removeOrphans(now);
    for (const kind of ['staged', 'tus'])
      await removeOldFiles(join(this.config.dataDir, 'uploads', kind), now - LEFTOVER_MS);
    return { pending, blobs };
  }

  private async giveUpPending(createdBefore: number): Promise<number> {
    const rows = (await this.database.query(
      `SELECT user_id AS "userId", media_id AS id, server_version AS "serverVersion" FROM media
        WHERE status = 'PENDING' AND NOT deleted AND updated_at <= $1`,
      [createdBefore],
    )) as { userId: string; id: string; serverVersion: number }[];
    let givenUp = 0;
    for (const { userId, id, serverVersion } of rows) {
      const caller = { id: userId, deviceId: SWEEPER, sessionId: SWEEPER, expiresAt: Infinity };
      const input = { id, version: { known: serverVersion } };
      // One that was completed meanwhile conflicts, and stays.
      const { outcomes } = await this.rows.push(caller, [{ entity: Media, verb: 'delete', input }]);
      if (outcomes[0]?.row === undefined) continue;
      await this.tus.forget(uploadIdOf(userId, id));
      await this.signed.abort(userId, id);
      givenUp += 1;
    }
    return givenUp;
  }

  private async removeOrphans(now: number): Promise<number> {
    let removed = 0;
    for await (const { key, modifiedAt } of this.store.list()) {
      const isStaging = key.startsWith('staging/');
      if (modifiedAt > now - (isStaging ? LEFTOVER_MS : ORPHAN_MS)) continue;
      const userId = OWN_KEY.exec(key)?.[1];
      if (!isStaging && (userId === undefined || (await this.isReferredTo(userId, key)))) continue;
      await this.store.remove(key);
      removed += 1;
    }
    return removed;
  }

  /**
   * Decided under the user's clock, which a row takes to refer to the blob of another one: either it has done so, and
   * is seen here, or it comes later and finds no row to take the blob from. Blobs of deleted rows count until the
   * body of the row is cleared.
   */
  private isReferredTo(userId: string, key: string): Promise<boolean> {
    return this.database.transaction(async (transaction) => {
      // Users of another database that shares the store: their blobs are not ours to judge.
      if (!(await holdClock(transaction, userId))) return true;
      const rows = (await transaction.query('SELECT 1 FROM media WHERE user_id = $1 AND blob_ref = $2 LIMIT 1', [
        userId,
        key,
      ])) as unknown[];
      return rows.length > 0;
    });
  }
}

async function removeOldFiles(folder: string, modifiedBefore: number): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const path = join(folder, name);
    const modifiedAt = (await stat(path).catch(() => undefined))?.mtimeMs ?? Infinity;
    if (modifiedAt < modifiedBefore) await rm(path, { force: true });
  }
}
