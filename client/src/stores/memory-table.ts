// The rows of one table in memory, as JSON text, in the order of their key and of each index.
import type { Key } from '../store.js';
import type { TableSchema } from '../tables.js';
import { compareKeys, indexKeyOf } from './keys.js';
import type { Span } from './span.js';

/** A row as it is kept: nothing outside holds a part of it that could be changed. */
export interface StoredRow {
  readonly json: string;
  readonly bytes: Uint8Array | undefined;
  /** Its entry in each index that has one; under undefined its key. */
  readonly entries: ReadonlyMap<string | undefined, Key>;
}

/** Rows in order, found by binary search. */
export class MemoryTable {
  /** By index; under undefined those of the key. */
  readonly #orders = new Map<string | undefined, { entry: Key; row: StoredRow }[]>();

  constructor(readonly schema: TableSchema) {
    for (const index of [undefined, ...Object.keys(schema.indexes)]) this.#orders.set(index, []);
  }

  find(key: Key): StoredRow | undefined {
    const found = this.#order(undefined)[this.#place(undefined, key)];
    return found && compareKeys(found.entry, key) === 0 ? found.row : undefined;
  }

  /** Puts a row in the place of its key, or removes it; answers the one that was there. */
  set(key: Key, row: StoredRow | undefined): StoredRow | undefined {
    const before = this.find(key);
    for (const [index, order] of this.#orders) {
      const old = before?.entries.get(index);
      if (old) order.splice(this.#place(index, old), 1);
      const entry = row?.entries.get(index);
      if (row && entry) order.splice(this.#place(index, entry), 0, { entry, row });
    }
    return before;
  }

  /** The rows of a span in its order. */
  within({ index, prefix, beyond, limit, reverse }: Span): StoredRow[] {
    let from = this.#place(index, prefix);
    let to = this.#place(index, prefix, 'behind-all');
    if (beyond && reverse) to = this.#place(index, [...prefix, ...beyond]);
    if (beyond && !reverse) from = this.#place(index, [...prefix, ...beyond], 'behind-all');
    if (limit !== undefined && reverse) from = Math.max(from, to - limit);
    if (limit !== undefined && !reverse) to = Math.min(to, from + limit);
    const rows = this.#order(index)
      .slice(from, to)
      .map(({ row }) => row);
    return reverse ? rows.toReversed() : rows;
  }

  /** A row to keep, made of a row that others may change. */
  write(key: Key, row: object): StoredRow {
    const entries = new Map<string | undefined, Key>([[undefined, key]]);
    for (const [index, fields] of Object.entries(this.schema.indexes)) {
      const entry = indexKeyOf(row, fields);
      if (entry) entries.set(index, entry);
    }
    const { bytes: field } = this.schema;
    if (field === undefined) return { json: JSON.stringify(row), bytes: undefined, entries };
    const { [field]: bytes, ...rest } = row as Record<string, unknown>;
    if (!(bytes instanceof Uint8Array)) throw new TypeError(`${field} is not a Uint8Array`);
    return { json: JSON.stringify(rest), bytes: new Uint8Array(bytes), entries };
  }

  /** A row that others may change, made of one that is kept. */
  read(row: StoredRow): object {
    const parsed = JSON.parse(row.json) as object;
    if (this.schema.bytes === undefined || !row.bytes) return parsed;
    return { ...parsed, [this.schema.bytes]: new Uint8Array(row.bytes) };
  }

  #order(index: string | undefined): { entry: Key; row: StoredRow }[] {
    return this.#orders.get(index) ?? [];
  }

  /** The place before all entries that begin with these parts, or behind them. */
  #place(index: string | undefined, begin: Key, side: 'before-all' | 'behind-all' = 'before-all'): number {
    const order = this.#order(index);
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const comparison = compareKeys(order[middle]?.entry.slice(0, begin.length) ?? [], begin);
      if (comparison < 0 || (comparison === 0 && side === 'behind-all')) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
