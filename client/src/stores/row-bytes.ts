// The one field of a table that holds bytes, apart from the rest of the row, which is JSON.
import type { TableSchema } from '../tables.js';

/**
 * The row without its bytes, and a copy of them; undefined in a table that has none.
 * @throws TypeError where the field is no Uint8Array
 */
export function withoutBytes(schema: TableSchema, row: object): { rest: object; bytes: Uint8Array | undefined } {
  if (schema.bytes === undefined) return { rest: row, bytes: undefined };
  const { [schema.bytes]: bytes, ...rest } = row as Record<string, unknown>;
  if (!isBytes(bytes)) throw new TypeError(`${schema.bytes} is not a Uint8Array`);
  return { rest, bytes: new Uint8Array(bytes) };
}

/** By its tag: one that came from another window or worker is no instance of this one's class. */
function isBytes(value: unknown): value is Uint8Array {
  return Object.prototype.toString.call(value) === '[object Uint8Array]';
}
