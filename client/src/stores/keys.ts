// Keys and the order that all stores share: numbers before text, part by part, a shorter key before what it begins.
import type { Key } from '../store.js';

type KeyPart = Key[number];

/** Compares two keys as IndexedDB and SQLite do: negative when `left` comes first. */
export function compareKeys(left: Key, right: Key): number {
  for (const [place, part] of left.entries()) {
    const other = right[place];
    if (other === undefined) return 1;
    const order = compareParts(part, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareParts(left: KeyPart, right: KeyPart): number {
  if (left === right) return 0;
  if (typeof left !== typeof right) return typeof left === 'number' ? -1 : 1;
  return left < right ? -1 : 1;
}

/** The value of a field, or of a path into objects (`body.createdAt`); undefined where the path ends early. */
export function fieldOf(row: unknown, path: string): unknown {
  let value = row;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/**
 * The key that the fields of a row give.
 * @throws TypeError where a field is missing or would be ordered differently by another store
 */
export function keyOf(row: object, fields: readonly string[]): Key {
  return checkedKey(fields.map((field) => fieldOf(row, field) as KeyPart));
}

/** The entry of a row in an index, undefined where the row lacks one of its fields. */
export function indexKeyOf(row: object, fields: readonly string[]): Key | undefined {
  const key: KeyPart[] = [];
  for (const field of fields) {
    const value = fieldOf(row, field);
    if (typeof value !== 'string' && typeof value !== 'number') return undefined;
    key.push(value);
  }
  return key;
}

/**
 * The key itself, when each part is printable ASCII or a safe integer.
 * @throws TypeError otherwise
 */
export function checkedKey(key: Key): Key {
  for (const part of key) {
    if (typeof part === 'string' ? /^[ -~]*$/.test(part) : Number.isSafeInteger(part)) continue;
    throw new TypeError(`A key is made of printable ASCII and safe integers, not of ${JSON.stringify(part)}`);
  }
  return key;
}
