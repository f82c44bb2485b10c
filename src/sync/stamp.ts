import type { EntityManager } from 'typeorm';
import { ApiError, ErrorCode } from '../graphql/errors.js';

/** A user's clock right after it was moved on. */
export interface Clock {
  version: number;
  /** Milliseconds. */
  ms: number;
  epoch: string;
}

/** What the server writes on a row: `server_version` and `updated_at`. */
export interface Stamp {
  serverVersion: number;
  /** Milliseconds. */
  updatedAt: number;
}

/**
 * Moves the user's clock on by `count` writes and holds its row lock until the transaction ends, so that
 * stamps become visible in the order in which they were given.
 *
 * It is a statement of its own and the first of its transaction: a statement sees the database as it was when
 * the statement began, not when it got the lock, so whatever is read beside the stamp may be out of date.
 */
export async function takeStamp(transaction: EntityManager, userId: string, count: number): Promise<Clock> {
  // Drawn beforehand and passed in: `greatest` under the row lock is what orders, and a distributed table
  // accepts no volatile function in an UPDATE.
  const [{ drawn, now }] = (await transaction.query(
    `SELECT nextval('server_version_seq') AS drawn, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now`,
  )) as [{ drawn: number; now: number }];
  const [[clock]] = (await transaction.query(
    `UPDATE user_clock
        SET version = greatest(version + 1, $3::bigint) + ($2::bigint - 1), ms = greatest(ms + $2::bigint, $4::bigint)
      WHERE user_id = $1
  RETURNING version, ms, epoch`,
    [userId, count, drawn, now],
  )) as [[Clock | undefined]];
  if (clock === undefined) throw new ApiError(ErrorCode.UNAUTHENTICATED, 'This account no longer exists');
  return clock;
}

/** The stamp of the write at `index` (from 0) of `count` that the clock was moved on by. */
export function stampAt(clock: Clock, index: number, count: number): Stamp {
  const back = count - 1 - index;
  return { serverVersion: clock.version - back, updatedAt: clock.ms - back };
}

/**
 * Gives live rows a later place in their feed; their `server_version` stays, so that nobody gets a false conflict.
 * A row that was written later in the same transaction keeps its own place.
 */
export async function stampAnew(
  transaction: EntityManager,
  userId: string,
  table: string,
  updatedAtById: Map<string, number>,
): Promise<void> {
  await transaction.query(
    `UPDATE "${table}" AS row SET updated_at = anew.at FROM unnest($2::uuid[], $3::bigint[]) AS anew(id, at)
      WHERE row.user_id = $1 AND row.id = anew.id AND row.updated_at < anew.at AND NOT row.deleted`,
    [userId, [...updatedAtById.keys()], [...updatedAtById.values()]],
  );
}

/**
 * Takes the lock of the user's clock before the stamp: what is read from here on stays as it is until the commit.
 * @returns whether there is such a user
 */
export async function holdClock(transaction: EntityManager, userId: string): Promise<boolean> {
  const held = (await transaction.query('SELECT FROM user_clock WHERE user_id = $1 FOR UPDATE', [userId])) as unknown[];
  return held.length > 0;
}

/** The user's clock as it is, without a lock. */
export async function readClock(database: EntityManager, userId: string): Promise<Clock> {
  const [clock] = (await database.query('SELECT version, ms, epoch FROM user_clock WHERE user_id = $1', [userId])) as [
    Clock | undefined,
  ];
  if (clock === undefined) throw new ApiError(ErrorCode.UNAUTHENTICATED, 'This account no longer exists');
  return clock;
}
