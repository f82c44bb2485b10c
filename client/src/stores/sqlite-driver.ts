// What the SQLite store needs of a binding to SQLite.
import type { Awaitable } from './scoped-transaction.js';

/** What SQLite holds in a column. */
export type SqliteValue = string | number | Uint8Array | null;

/**
 * One connection to one database, for this store alone; it answers at once or later. It throws errors that carry SQLite's
 * result as `code` ('SQLITE_BUSY') or as `errcode` (5), and need not wait for locks.
 */
export interface SqliteDriver {
  /** Runs statements that have neither values nor rows. */
  exec(sql: string): Awaitable<unknown>;
  /** Runs one statement; called with the same few texts over and over, so that it can keep them prepared. */
  run(sql: string, values: readonly SqliteValue[]): Awaitable<unknown>;
  /** The rows of one statement; bytes as ArrayBuffer or Uint8Array. */
  all(sql: string, values: readonly SqliteValue[]): Awaitable<unknown[]>;
  close(): Awaitable<unknown>;
  /** Removes the database after it was closed; without it an empty one is left. */
  remove?(): Awaitable<unknown>;
}

const BUSY = 5;
const FULL = 13;

/** Another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  return hasResult(error, BUSY, 'SQLITE_BUSY');
}

/** The disk, or the room that the database may take, is full. */
export function isFull(error: unknown): boolean {
  return hasResult(error, FULL, 'SQLITE_FULL');
}

function hasResult(error: unknown, result: number, name: string): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  // The lowest byte is the result, the rest says more about it: SQLITE_BUSY_SNAPSHOT, 517.
  if (typeof errcode === 'number') return (errcode & 0xff) === result;
  return typeof code === 'string' && (code === name || code.startsWith(`${name}_`));
}
