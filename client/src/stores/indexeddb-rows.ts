// The operations of a transaction as requests of IndexedDB, and the tables that they need.
import type { Key } from '../store.js';
import type { TableName, TableSchema } from '../tables.js';
import { answerOf } from './indexeddb-requests.js';
import { withoutBytes } from './row-bytes.js';
import type { StoreOperations } from './scoped-transaction.js';
import type { Span } from './span.js';

type Source = IDBObjectStore | IDBIndex;

/**
 * So many writes may be under way at once: waiting for each takes many times as long; and where hundreds are asked for
 * without a wait, a page that is typed in stands still.
 */
const WRITES_AHEAD = 32;

/** Reads and writes rows in a transaction of IndexedDB. */
export class IndexedDbRows implements StoreOperations {
  readonly #transaction: IDBTransaction;
  readonly #schemas: Readonly<Record<TableName, TableSchema>>;
  #writes = 0;

  constructor(transaction: IDBTransaction, schemas: Readonly<Record<TableName, TableSchema>>) {
    this.#transaction = transaction;
    this.#schemas = schemas;
  }

  async get(table: TableName, key: Key): Promise<object | undefined> {
    return (await answerOf(this.#store(table).get([...key]))) as object | undefined;
  }

  async list(table: TableName, span: Span): Promise<object[]> {
    const source = this.#source(table, span);
    const range = span.reverse ? await lastOf(source, span) : rangeOf(span);
    const rows = (await answerOf(source.getAll(range, span.reverse ? undefined : span.limit))) as object[];
    return span.reverse ? rows.toReversed() : rows;
  }

  async count(table: TableName, span: Span): Promise<number> {
    return answerOf(this.#source(table, span).count(rangeOf(span)));
  }

  async put(table: TableName, _key: Key, row: object): Promise<void> {
    const { bytes: field } = this.#schemas[table];
    // Copied bytes: of a view, IndexedDB would keep all of the buffer behind it.
    const kept = field === undefined ? row : { ...row, [field]: withoutBytes(this.#schemas[table], row).bytes };
    await this.#ahead(answerOf(this.#store(table).put(kept)));
  }

  async delete(table: TableName, key: Key): Promise<void> {
    await this.#ahead(answerOf(this.#store(table).delete([...key])));
  }

  /** Requests are carried out in order, and one that fails aborts the transaction: its end has the error. */
  async #ahead(request: Promise<unknown>): Promise<void> {
    if (++this.#writes % WRITES_AHEAD === 0) await request;
    else request.catch(() => undefined);
  }

  #source(table: TableName, { index }: Span): Source {
    return index === undefined ? this.#store(table) : this.#store(table).index(index);
  }

  #store(table: TableName): IDBObjectStore {
    return this.#transaction.objectStore(table);
  }
}

/** An empty array comes after all text and numbers: `[...prefix, []]` is behind all that begins with the prefix. */
function rangeOf({ prefix, beyond, reverse }: Span): IDBKeyRange {
  const first = [...prefix];
  const end = [...prefix, []];
  if (!beyond) return IDBKeyRange.bound(first, end);
  const edge = [...prefix, ...beyond];
  return reverse ? IDBKeyRange.bound(first, edge, false, true) : IDBKeyRange.bound(edge, end, true);
}

/** The range of the last entries: a cursor steps over their keys at once and finds the smallest, `getAll` reads them. */
async function lastOf(source: Source, span: Span): Promise<IDBKeyRange> {
  const range = rangeOf(span);
  if (span.limit === undefined) return range;
  const request = source.openKeyCursor(range, 'prev');
  let cursor = await answerOf(request);
  if (cursor && span.limit > 1) {
    cursor.advance(span.limit - 1);
    cursor = await answerOf(request);
  }
  return cursor ? IDBKeyRange.bound(cursor.key, range.upper, false, range.upperOpen) : range;
}

/** Adds the tables and indexes that the database lacks, and drops the indexes that it should not have. */
export function shapeTables(
  database: IDBDatabase,
  transaction: IDBTransaction,
  schemas: Readonly<Record<TableName, TableSchema>>,
): void {
  for (const [table, { key, indexes }] of Object.entries(schemas)) {
    const store = database.objectStoreNames.contains(table)
      ? transaction.objectStore(table)
      : database.createObjectStore(table, { keyPath: [...key] });
    for (const index of store.indexNames) {
      if (String(store.index(index).keyPath) !== String(indexes[index])) store.deleteIndex(index);
    }
    for (const [index, fields] of Object.entries(indexes)) {
      if (!store.indexNames.contains(index)) store.createIndex(index, [...fields]);
    }
  }
}
