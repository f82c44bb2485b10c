import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { ApiError, ErrorCode } from '../graphql/errors.js';

/** How far versions jump with a new epoch, so that none of the lost history is ever given again. */
const EPOCH_STRIDE = 2 ** 32;

/** Held while the epoch is looked at or renewed, by one process at a time. */
const LOCK = `SELECT pg_advisory_xact_lock(hashtext('logdate epoch'))`;

/** System identifier, timeline and database: another one means a restored copy, a clone or a failover. */
const CLUSTER = `SELECT concat_ws(' ', (SELECT system_identifier FROM pg_control_system()),
  (SELECT timeline_id FROM pg_control_checkpoint()), (SELECT oid FROM pg_database WHERE datname = current_database())) AS cluster`;

/** At start: renews the epoch if this is not the database that was there at the last start. */
export async function checkEpoch(database: DataSource): Promise<{ isNew: boolean; epoch: string }> {
  return database.transaction(async (transaction) => {
    await transaction.query(LOCK);
    const [{ cluster }] = (await transaction.query(CLUSTER)) as [{ cluster: string }];
    const [known] = (await transaction.query('SELECT epoch, cluster FROM database_identity FOR UPDATE')) as [
      { epoch: string; cluster: string } | undefined,
    ];
    if (known?.cluster === cluster) return { isNew: false, epoch: known.epoch };
    return {
      isNew: known !== undefined,
      epoch: await renew(transaction, cluster, known === undefined ? 0 : EPOCH_STRIDE),
    };
  });
}

/** Renews the epoch: every restore, clone and failover procedure calls it. Devices then reconcile. */
export async function renewEpoch(database: DataSource): Promise<string> {
  return database.transaction(async (transaction) => {
    await transaction.query(LOCK);
    // Accounts that are being made hold this row: none of them keeps the old epoch.
    await transaction.query('SELECT epoch FROM database_identity FOR UPDATE');
    const [{ cluster }] = (await transaction.query(CLUSTER)) as [{ cluster: string }];
    return renew(transaction, cluster, EPOCH_STRIDE);
  });
}

async function renew(transaction: EntityManager, cluster: string, stride: number): Promise<string> {
  const epoch = randomUUID();
  // Writers wait from here on, so that the largest version is known.
  await transaction.query('SELECT count(*) FROM (SELECT FROM user_clock FOR UPDATE) AS held');
  const [{ base }] = (await transaction.query(
    `SELECT greatest((SELECT last_value FROM server_version_seq), (SELECT max(version) FROM user_clock)) + $1::bigint AS base`,
    [stride],
  )) as [{ base: number }];
  await transaction.query(`SELECT setval('server_version_seq', $1)`, [base]);
  // The clocks move as well: a writer that waits drew its number from the sequence as it was.
  await transaction.query('UPDATE user_clock SET epoch = $1, version = greatest(version, $2::bigint)', [epoch, base]);
  await transaction.query(
    `INSERT INTO database_identity (only_row, epoch, epoch_base, cluster) VALUES (true, $1, $2, $3)
     ON CONFLICT (only_row) DO UPDATE SET epoch = excluded.epoch, epoch_base = excluded.epoch_base, cluster = excluded.cluster`,
    [epoch, base, cluster],
  );
  return epoch;
}

/** Starts the clock of a new user, in the epoch of the database. */
export async function openClock(transaction: EntityManager, userId: string): Promise<void> {
  const [opened] = (await transaction.query(
    'INSERT INTO user_clock (user_id, epoch) SELECT $1, epoch FROM database_identity FOR SHARE RETURNING user_id',
    [userId],
  )) as unknown[];
  if (opened === undefined) throw new ApiError(ErrorCode.UNAVAILABLE, 'The database has not been prepared yet');
}
