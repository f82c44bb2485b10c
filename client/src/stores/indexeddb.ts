// A store in IndexedDB, for browsers. Several tabs may have it open.
import { NewerStoreError, StoreFullError, StoreLostError } from '../store.js';
import type { LocalStore, Transaction } from '../store.js';
import type { TableName } from '../tables.js';
import { deleteDatabase, endOf, openDatabase } from './indexeddb-requests.js';
import { IndexedDbRows, shapeTables } from './indexeddb-rows.js';
import { CURRENT_SCHEMA, rewriteRows } from './migrations.js';
import type { Schema } from './migrations.js';
import { ScopedTransaction } from './scoped-transaction.js';

/** What an app may want to know, and a test may want to change. */
export interface IndexedDbStoreOptions {
  /** Another tab holds an older version open and does not let go, so opening or destroying waits for it. */
  blocked?: () => void;
  schema?: Schema;
}

/** A store in the database of this name, which is made when it is missing. */
export function indexedDbStore(name: string, options: IndexedDbStoreOptions = {}): LocalStore {
  return new IndexedDbStore(name, options.schema ?? CURRENT_SCHEMA, options.blocked);
}

class IndexedDbStore implements LocalStore {
  readonly #name: string;
  readonly #schema: Schema;
  readonly #blocked: (() => void) | undefined;
  #database: Promise<IDBDatabase> | undefined;
  #ended: 'closed' | 'destroyed' | undefined;
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(name: string, schema: Schema, blocked: (() => void) | undefined) {
    this.#name = name;
    this.#schema = schema;
    this.#blocked = blocked;
  }

  async transaction<T>(
    mode: 'read' | 'write',
    tables: readonly TableName[],
    body: (transaction: Transaction) => Promise<T>,
  ): Promise<T> {
    if (this.#ended) throw new StoreLostError(`The store is ${this.#ended}`);
    const work = this.#begin(mode, tables).then((native) => {
      const scope = { mode, tables, schemas: this.#schema.tables };
      return this.#allOrNothing(native, new ScopedTransaction(new IndexedDbRows(native, scope.schemas), scope), body);
    });
    this.#underWay.add(work);
    try {
      return await work;
    } finally {
      this.#underWay.delete(work);
    }
  }

  async close(): Promise<void> {
    this.#ended ??= 'closed';
    await Promise.allSettled(this.#underWay);
    await this.#letGo();
  }

  async destroy(): Promise<void> {
    await this.close();
    await deleteDatabase(this.#name, () => this.#blocked?.());
  }

  /** Opens the database again, once, where the connection was lost: a browser may do that to a page in the background. */
  async #begin(mode: 'read' | 'write', tables: readonly TableName[]): Promise<IDBTransaction> {
    try {
      return await this.#beginOnce(mode, tables);
    } catch (error) {
      if (!isLost(error)) throw error;
      await this.#letGo();
    }
    try {
      return await this.#beginOnce(mode, tables);
    } catch (error) {
      throw isLost(error) ? new StoreLostError('The connection to the storage was lost', { cause: error }) : error;
    }
  }

  async #beginOnce(mode: 'read' | 'write', tables: readonly TableName[]): Promise<IDBTransaction> {
    const database = await (this.#database ??= this.#open());
    return mode === 'read'
      ? database.transaction([...tables], 'readonly')
      : database.transaction([...tables], 'readwrite', { durability: 'strict' });
  }

  async #open(): Promise<IDBDatabase> {
    if (this.#ended === 'destroyed') throw new StoreLostError('The store is destroyed');
    let failure: unknown;
    try {
      return await openDatabase(this.#name, this.#schema.version, {
        upgrade: (database, from, transaction) => {
          shapeTables(database, transaction, this.#schema.tables);
          // A step that fails aborts the transaction, and with it the opening.
          const rows = new IndexedDbRows(transaction, this.#schema.tables);
          rewriteRows(rows, this.#schema, from === 0 ? this.#schema.version : from).catch((error: unknown) => {
            failure = error;
            transaction.abort();
          });
        },
        blocked: () => this.#blocked?.(),
        blocking: (to) => {
          // A newer release in another tab needs the database; or, without a version, it is destroyed.
          if (to === null) this.#ended ??= 'destroyed';
          this.#letGo().catch(() => undefined);
        },
        terminated: () => {
          this.#database = undefined;
        },
      });
    } catch (error) {
      this.#database = undefined;
      if (nameOf(error) === 'VersionError') {
        throw new NewerStoreError('The store was written by a newer release', { cause: error });
      }
      throw failure ?? error;
    }
  }

  /** The browser closes a connection when its transactions have ended. */
  async #letGo(): Promise<void> {
    const database = this.#database;
    this.#database = undefined;
    (await database?.catch(() => undefined))?.close();
  }

  async #allOrNothing<T>(
    native: IDBTransaction,
    transaction: ScopedTransaction,
    body: (transaction: Transaction) => Promise<T>,
  ): Promise<T> {
    const done = endOf(native).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    try {
      const answer = await transaction.run(body);
      native.commit();
      const failed = await done;
      if (failed) throw failed.error;
      return answer;
    } catch (error) {
      const mine = abort(native);
      await done;
      throw meaningOf(error, native, mine);
    }
  }
}

/** False where the transaction has ended by itself. */
function abort(native: IDBTransaction): boolean {
  try {
    native.abort();
    return true;
  } catch {
    return false;
  }
}

/** What the caller is told: a full device, a lost connection, or the error as it came. */
function meaningOf(error: unknown, native: IDBTransaction, aborted: boolean): unknown {
  const names = [nameOf(error), nameOf(native.error)];
  if (names.includes('QuotaExceededError')) {
    return new StoreFullError('The device has no room for the rows', { cause: error });
  }
  const lost = names.includes('UnknownError') || (!aborted && nameOf(native.error) === 'AbortError');
  return lost ? new StoreLostError('The connection to the storage was lost', { cause: error }) : error;
}

function isLost(error: unknown): boolean {
  return ['InvalidStateError', 'UnknownError'].includes(nameOf(error));
}

function nameOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : '';
}
