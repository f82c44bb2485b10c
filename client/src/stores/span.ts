// A range as a store reads it: checked, and with `after` brought behind `prefix`.
import type { Key, Range } from '../store.js';
import type { TableSchema } from '../tables.js';
import { checkedKey, compareKeys } from './keys.js';

/** The entries of a key or an index that begin with `prefix`, behind `beyond`. */
export interface Span {
  /** Missing means the table's key. */
  index: string | undefined;
  /** The fields whose values are the entries. */
  fields: readonly string[];
  prefix: Key;
  /** What follows the prefix in the entry that all of the span come strictly after, in the direction that is read. */
  beyond: Key | undefined;
  limit: number | undefined;
  reverse: boolean;
}

/**
 * Reads a range over a table; undefined where no row can be in it.
 * @throws TypeError for an index that the table lacks, and for an `after` that is not a whole entry
 */
export function spanOf(table: TableSchema, range: Range = {}): Span | undefined {
  const { index, limit, after, reverse = false } = range;
  const fields = index === undefined ? table.key : table.indexes[index];
  if (!fields) throw new TypeError(`No such index: ${index}`);
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 0)) throw new TypeError('A limit counts rows');
  const prefix = checkedKey(range.prefix ?? []);
  if (prefix.length > fields.length) throw new TypeError('The prefix has more parts than the key');
  if (after && after.length !== fields.length) throw new TypeError('`after` is a whole key');
  if (limit === 0) return undefined;
  const span: Span = { index, fields, prefix, beyond: undefined, limit, reverse };
  return after ? behind(span, checkedKey(after)) : span;
}

/** Only what comes after a whole entry: the part of the prefix that is behind it, all of the prefix, or nothing of it. */
function behind(span: Span, after: Key): Span | undefined {
  const parts = span.prefix.length;
  const order = compareKeys(span.prefix, after.slice(0, parts)) * (span.reverse ? -1 : 1);
  if (order > 0) return span;
  if (order < 0 || parts === after.length) return undefined;
  return { ...span, beyond: after.slice(parts) };
}
