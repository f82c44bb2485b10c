// Keys and the order that all stores share: part by part, numbers before text.
import type { Key } from '../store.js';

type KeyPart = Key[number];

/** Compares as many parts of two keys as both have, as IndexedDB and SQLite do: negative when `left` comes first. */
export function compareKeys(left: Key, right: Key): number {
  const parts = Math.min(left.length, right.length);
  for (let place = 0; place < parts; place++) {
    const order = compareParts(left[place] as KeyPart, right[place] as KeyPart);
    if (order !== 0) return order;
  }
  return 0;
}

function compareParts(left: KeyPart, right: KeyPart): number {
  if (left === right) return 0;
  if (typeof left !== typeof right) return typeof left === 'number' ? -1 : 1;
  return left < right ? -1 : 1;
}

/** The value of a field, or of a path into objects (`body.createdAt`); undefined where the path ends early. */
export function fieldOf(row: unknown, path: string): unknown {
  let value = row;
  for (const name of path.includes('.') ? path.split('.') : [path]) {
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

/**
 * The entry of a row in an index, undefined where the row lacks one of its fields or has null there.
 * @throws TypeError where a field is neither text nor a number
 */
export function indexKeyOf(row: object, fields: readonly string[]): Key | undefined {
  const values = fields.map((field) => fieldOf(row, field));
  for (const [place, value] of values.entries()) {
    if (value == null || typeof value === 'string' || Number.isFinite(value)) continue;
    throw new TypeError(`${fields[place]} is in an index: it is text, a number or null`);
  }
  return values.some((value) => value == null) ? undefined : (values as KeyPart[]);
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
