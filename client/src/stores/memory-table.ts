// The rows of one table in memory, as JSON text, in the order of their key and of each index.
import type { Key } from '../store.js';
import type { TableSchema } from '../tables.js';
import { EntryOrder } from './entry-order.js';
import { compareKeys, indexKeyOf } from './keys.js';
import { withoutBytes } from './row-bytes.js';
import type { Span } from './span.js';

/** A row as it is kept: nothing outside holds a part of it that could be changed. */
export interface StoredRow {
  readonly json: string;
  readonly bytes: Uint8Array | undefined;
  /** Its entry in each index that has one; under undefined its key. */
  readonly entries: ReadonlyMap<string | undefined, Key>;
}

/** Rows by key and by index. */
export class MemoryTable {
  /** By index; under undefined those of the key. */
  readonly #orders = new Map<string | undefined, EntryOrder<StoredRow>>();

  constructor(readonly schema: TableSchema) {
    for (const index of [undefined, ...Object.keys(schema.indexes)]) this.#orders.set(index, new EntryOrder());
  }

  find(key: Key): StoredRow | undefined {
    return this.#order(undefined).get(key);
  }

  /** Puts a row in the place of its key, or removes it; answers the one that was there. */
  set(key: Key, row: StoredRow | undefined): StoredRow | undefined {
    const before = this.find(key);
    for (const [index, order] of this.#orders) {
      const old = before?.entries.get(index);
      const entry = row?.entries.get(index);
      if (old && !(entry && compareKeys(old, entry) === 0)) order.delete(old);
      if (row && entry) order.set(entry, row);
    }
    return before;
  }

  /** The rows of a span in its order. */
  within(span: Span): StoredRow[] {
    const { from, to } = this.#ranks(span);
    const rows = this.#order(span.index).slice(from, to);
    return span.reverse ? rows.toReversed() : rows;
  }

  count(span: Span): number {
    const { from, to } = this.#ranks(span);
    return to - from;
  }

  all(): StoredRow[] {
    const order = this.#order(undefined);
    return order.slice(0, order.size);
  }

  /** A row to keep, made of a row that others may change. */
  write(key: Key, row: object): StoredRow {
    const entries = new Map<string | undefined, Key>([[undefined, [...key]]]);
    for (const [index, fields] of Object.entries(this.schema.indexes)) {
      const entry = indexKeyOf(row, fields);
      if (entry) entries.set(index, entry);
    }
    const { rest, bytes } = withoutBytes(this.schema, row);
    return { json: JSON.stringify(rest), bytes, entries };
  }

  /** A row that others may change, made of one that is kept. */
  read(row: StoredRow): object {
    const parsed = JSON.parse(row.json) as object;
    if (this.schema.bytes === undefined || !row.bytes) return parsed;
    return { ...parsed, [this.schema.bytes]: new Uint8Array(row.bytes) };
  }

  #order(index: string | undefined): EntryOrder<StoredRow> {
    return this.#orders.get(index) ?? new EntryOrder();
  }

  #ranks({ index, prefix, beyond, limit = Infinity, reverse }: Span): { from: number; to: number } {
    const order = this.#order(index);
    const edge = beyond && [...prefix, ...beyond];
    const from = edge && !reverse ? order.rank(edge, 'behind') : order.rank(prefix, 'before');
    const to = edge && reverse ? order.rank(edge, 'before') : order.rank(prefix, 'behind');
    return reverse ? { from: Math.max(from, to - limit), to } : { from, to: Math.min(to, from + limit) };
  }
}
