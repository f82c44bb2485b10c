// The operations of a transaction as statements of SQLite.
import type { Key } from '../store.js';
import type { TableName, TableSchema } from '../tables.js';
import { withoutBytes } from './row-bytes.js';
import type { StoreOperations } from './scoped-transaction.js';
import type { Span } from './span.js';
import type { SqliteDriver, SqliteValue } from './sqlite-driver.js';
import { countSpan, deleteRow, selectRow, selectSpan, upsertRow } from './sqlite-statements.js';

type SqliteRow = Readonly<Record<string, unknown>>;

/** Reads and writes rows over a connection that is in a transaction. */
export class SqliteRows implements StoreOperations {
  /** By table; making the text anew for each row is a tenth of the time of a large import. */
  readonly #upserts = new Map<TableName, string>();

  constructor(
    private readonly driver: SqliteDriver,
    private readonly schemas: Readonly<Record<TableName, TableSchema>>,
  ) {}

  async get(table: TableName, key: Key): Promise<object | undefined> {
    const schema = this.schemas[table];
    const [found] = await this.driver.all(selectRow(table, schema), key);
    return found === undefined ? undefined : rowOf(schema, found as SqliteRow);
  }

  async list(table: TableName, span: Span): Promise<object[]> {
    const schema = this.schemas[table];
    const { prefix, beyond = [], limit } = span;
    const values = [...prefix, ...beyond, ...(limit === undefined ? [] : [limit])];
    const found = await this.driver.all(selectSpan(table, schema, span), values);
    return found.map((row) => rowOf(schema, row as SqliteRow));
  }

  async count(table: TableName, span: Span): Promise<number> {
    const [found] = await this.driver.all(countSpan(table, this.schemas[table], span), span.prefix);
    return Number((found as { count: unknown }).count);
  }

  async put(table: TableName, key: Key, row: object): Promise<void> {
    const schema = this.schemas[table];
    const upsert = this.#upserts.get(table) ?? upsertRow(table, schema);
    this.#upserts.set(table, upsert);
    await this.driver.run(upsert, [...key, ...valuesOf(schema, row)]);
  }

  async delete(table: TableName, key: Key): Promise<void> {
    await this.driver.run(deleteRow(table, this.schemas[table]), key);
  }
}

/** JSON writes half of a surrogate pair as an escape, so that any text of JavaScript comes back as it was. */
function valuesOf(schema: TableSchema, row: object): SqliteValue[] {
  const { rest, bytes } = withoutBytes(schema, row);
  return bytes ? [JSON.stringify(rest), bytes] : [JSON.stringify(rest)];
}

function rowOf(schema: TableSchema, found: SqliteRow): object {
  const row = JSON.parse(String(found.row)) as object;
  if (schema.bytes === undefined) return row;
  const bytes = found[schema.bytes];
  return { ...row, [schema.bytes]: new Uint8Array(bytes as ArrayBuffer | Uint8Array) };
}
