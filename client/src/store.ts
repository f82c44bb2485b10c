// What the engine needs of a device's storage: tables of JSON rows and transactions over them.
// Three stores do this (memory, IndexedDB, SQLite); store-conformance holds all of them to what is said here.
import type { TableName, Tables } from './tables.js';

/** Keys are made of ASCII text and safe integers: stores order other characters and numbers differently. */
export type Key = readonly (string | number)[];

/** Which rows of a table, in which order. */
export interface Range {
  /** An index of the table; missing means the table's key. */
  index?: string;
  /** Only rows whose key (or index) begins with these parts. */
  prefix?: Key;
  /** Only rows strictly after this whole key (or index entry), in the direction that is read. */
  after?: Key;
  /** At most so many rows; missing means all. */
  limit?: number;
  /** From the largest key down. */
  reverse?: boolean;
}

/** Reads and writes of one transaction. A row is stored as a copy: changing it afterwards changes nothing. */
export interface Transaction {
  get<T extends TableName>(table: T, key: Key): Promise<Tables[T] | undefined>;
  /** Rows in the order of their key, or of the index; an index leaves out rows that lack one of its fields. */
  list<T extends TableName>(table: T, range?: Range): Promise<Tables[T][]>;
  count(table: TableName, range?: Pick<Range, 'index' | 'prefix'>): Promise<number>;
  /** Writes a whole row under the key that its fields give. */
  put<T extends TableName>(table: T, row: Tables[T]): Promise<void>;
  delete(table: TableName, key: Key): Promise<void>;
}

/** The storage of one user on one device. */
export interface LocalStore {
  /**
   * Runs `body` in one transaction over `tables`: all its writes are kept, or none when it throws.
   * Writing transactions that share a table run one after the other; what one has kept, the next one sees.
   * `body` may await only its transaction: IndexedDB ends a transaction that waits for anything else.
   * @throws StoreFullError when the device has no room; nothing is half written
   */
  transaction<T>(
    mode: 'read' | 'write',
    tables: readonly TableName[],
    body: (transaction: Transaction) => Promise<T>,
  ): Promise<T>;
  /** Lets go of the storage, after the transactions under way; using it later is an error. */
  close(): Promise<void>;
  /** Removes everything that is stored, and closes. */
  destroy(): Promise<void>;
}

/** The device has no room left for the row; nothing was written. */
export class StoreFullError extends Error {
  override name = 'StoreFullError';
}

/** Another process kept the storage locked for too long; nothing was written, and it may be tried again. */
export class StoreBusyError extends Error {
  override name = 'StoreBusyError';
}

/** The store was written by a newer release of this library; it was left as it is. */
export class NewerStoreError extends Error {
  override name = 'NewerStoreError';
}

/** The connection to the storage was lost and could not be opened again, or was closed. */
export class StoreLostError extends Error {
  override name = 'StoreLostError';
}
