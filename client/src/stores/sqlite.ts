// A store in a SQLite database, for Node, Electron and React Native. Several processes may have it open.
import { systemClock } from '../clock.js';
import type { Clock } from '../clock.js';
import { NewerStoreError, StoreBusyError, StoreFullError, StoreLostError } from '../store.js';
import type { LocalStore, Transaction } from '../store.js';
import type { TableName } from '../tables.js';
import { CURRENT_SCHEMA } from './migrations.js';
import type { Schema } from './migrations.js';
import { ScopedTransaction } from './scoped-transaction.js';
import { isBusy, isFull } from './sqlite-driver.js';
import type { SqliteDriver } from './sqlite-driver.js';
import { SqliteRows } from './sqlite-rows.js';
import { raiseTo, removeAll, versionOf } from './sqlite-schema.js';
import { Turns } from './turns.js';

export type { SqliteDriver, SqliteValue } from './sqlite-driver.js';

/** For tests. */
export interface SqliteStoreOptions {
  clock?: Clock;
  schema?: Schema;
}

/** How long a transaction waits for another process, in milliseconds. */
const PATIENCE = 30_000;
/** The longest pause between two looks at the lock, in milliseconds. */
const LONGEST_PAUSE = 50;

/**
 * With WAL and synchronous=FULL a transaction is on the disk before it is acknowledged; fullfsync is for macOS, whose fsync
 * stops at the drive's own memory. With a cache of 16 MiB, not 2, a large import need not write its pages twice.
 */
const SETTINGS = `
  PRAGMA synchronous = FULL;
  PRAGMA fullfsync = ON;
  PRAGMA checkpoint_fullfsync = ON;
  PRAGMA cache_size = -16384;
`;

/** A store in the database of a connection, which is the store's own from now on. */
export function sqliteStore(driver: SqliteDriver, options: SqliteStoreOptions = {}): LocalStore {
  return new SqliteStore(driver, options.schema ?? CURRENT_SCHEMA, options.clock ?? systemClock);
}

class SqliteStore implements LocalStore {
  readonly #turns = new Turns();
  readonly #rows: SqliteRows;
  #opened = false;
  #closed = false;

  constructor(
    private readonly driver: SqliteDriver,
    private readonly schema: Schema,
    private readonly clock: Clock,
  ) {
    this.#rows = new SqliteRows(driver, schema.tables);
  }

  async transaction<T>(
    mode: 'read' | 'write',
    tables: readonly TableName[],
    body: (transaction: Transaction) => Promise<T>,
  ): Promise<T> {
    if (this.#closed) throw new StoreLostError('The store is closed');
    return this.#turns.take(async () => {
      if (!this.#opened) await this.#open();
      return this.#allOrNothing(mode, async () => {
        this.#checkVersion(await versionOf(this.driver));
        return new ScopedTransaction(this.#rows, { mode, tables, schemas: this.schema.tables }).run(body);
      });
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#turns.take(async () => this.driver.close());
  }

  async destroy(): Promise<void> {
    if (this.#closed) throw new StoreLostError('The store is closed');
    this.#closed = true;
    await this.#turns.take(async () => {
      // Nothing that was written stays in free pages. (Without effect inside a transaction.)
      await this.driver.exec('PRAGMA secure_delete = ON');
      // Other connections learn from the version that the store is gone, also when its file is still there for them.
      await this.#allOrNothing('write', () => removeAll(this.schema, this.driver));
      await this.driver.all('PRAGMA wal_checkpoint(TRUNCATE)', []);
      await this.driver.close();
      await this.driver.remove?.();
    });
  }

  async #open(): Promise<void> {
    // SQLite's own waiting would block the thread: see #patiently.
    await this.driver.all('PRAGMA busy_timeout = 0', []);
    const version = await this.#patiently(() => versionOf(this.driver));
    if (version > this.schema.version) this.#checkVersion(version);
    await this.#patiently(async () => this.driver.all('PRAGMA journal_mode = WAL', []));
    await this.driver.exec(SETTINGS);
    if (version < this.schema.version) {
      await this.#allOrNothing('write', async () => {
        const from = await versionOf(this.driver);
        if (from < this.schema.version) await raiseTo(this.schema, this.driver, from);
      });
    }
    this.#opened = true;
  }

  /** Another process may have raised the version, or destroyed the store, since this one opened it. */
  #checkVersion(version: number): void {
    if (version > this.schema.version) throw new NewerStoreError('The store was written by a newer release');
    if (version < this.schema.version) throw new StoreLostError('The store was destroyed');
  }

  async #allOrNothing<T>(mode: 'read' | 'write', work: () => Promise<T>): Promise<T> {
    await this.#patiently(async () => this.driver.exec(mode === 'write' ? 'BEGIN IMMEDIATE' : 'BEGIN'));
    try {
      const answer = await work();
      await this.driver.exec('COMMIT');
      return answer;
    } catch (error) {
      await this.#rollBack();
      if (isFull(error)) throw new StoreFullError('The device has no room for the rows', { cause: error });
      throw error;
    }
  }

  /** SQLite rolls some failures back by itself, a full disk for one; the error that led here says more than that. */
  async #rollBack(): Promise<void> {
    try {
      await this.driver.exec('ROLLBACK');
    } catch {
      return;
    }
  }

  /**
   * Tries again while another connection holds the lock. SQLite's own waiting would block this thread, and with it the
   * other connection where both are in one process.
   * @throws StoreBusyError when the lock is not given back
   */
  async #patiently<T>(attempt: () => Promise<T>): Promise<T> {
    const since = this.clock.now();
    for (let pause = 1; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        return await attempt();
      } catch (error) {
        if (!isBusy(error)) throw error;
        if (this.clock.now() - since >= PATIENCE) {
          throw new StoreBusyError('Another process keeps the store locked', { cause: error });
        }
        await new Promise<void>((resolve) => {
          this.clock.after(pause, resolve);
        });
      }
    }
  }
}
