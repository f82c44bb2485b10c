// The SQL of the SQLite store. A table has columns for its key, the row as JSON, its bytes, and one column for each other
// field of an index, which SQLite works out from the JSON and stores in the index alone.
import type { TableName, TableSchema } from '../tables.js';
import type { Span } from './span.js';

const quoted = (name: string): string => `"${name}"`;
const columnList = (fields: readonly string[]): string => fields.map(quoted).join(', ');

/** The column that holds the row; no field is called so. */
const ROW = '"row"';

/** The fields of indexes that are not part of the key. */
export function indexedFields(schema: TableSchema): string[] {
  return [...new Set(Object.values(schema.indexes).flat())].filter((field) => !schema.key.includes(field));
}

/** Worked out from the row: text or a number, NULL where the row has none. */
export function columnFor(field: string): string {
  return `${quoted(field)} GENERATED ALWAYS AS (json_extract(${ROW}, '$.${field}')) VIRTUAL`;
}

/** Columns have no type: SQLite then keeps text as text and numbers as numbers, and orders numbers first. */
export function createTable(table: TableName, schema: TableSchema): string {
  const columns = [
    ...schema.key.map((field) => `${quoted(field)} NOT NULL`),
    `${ROW} TEXT NOT NULL`,
    ...(schema.bytes === undefined ? [] : [`${quoted(schema.bytes)} BLOB NOT NULL`]),
    ...indexedFields(schema).map(columnFor),
  ];
  return `CREATE TABLE ${quoted(table)} (${columns.join(', ')})`;
}

/** By name, the statements that make the key and the indexes of a table. */
export function createIndexes(table: TableName, schema: TableSchema): Map<string, string> {
  const key = indexName(table, undefined);
  const statements = new Map([
    [key, `CREATE UNIQUE INDEX ${quoted(key)} ON ${quoted(table)} (${columnList(schema.key)})`],
  ]);
  for (const [index, fields] of Object.entries(schema.indexes)) {
    const name = indexName(table, index);
    const where = present(schema, fields);
    statements.set(
      name,
      `CREATE INDEX ${quoted(name)} ON ${quoted(table)} (${columnList(fields)})${where && ` WHERE ${where}`}`,
    );
  }
  return statements;
}

function indexName(table: TableName, index: string | undefined): string {
  return index === undefined ? `${table} by key` : `${table} ${index}`;
}

/** That a row has all fields of an index: SQLite uses a partial index where the query says the same. */
function present(schema: TableSchema, fields: readonly string[]): string {
  return fields
    .filter((field) => !schema.key.includes(field))
    .map((field) => `${quoted(field)} IS NOT NULL`)
    .join(' AND ');
}

/** Values: the key. */
export function selectRow(table: TableName, schema: TableSchema): string {
  return `SELECT ${stored(schema)} FROM ${quoted(table)} WHERE ${equal(schema.key)}`;
}

/** Values: the key, the row, the bytes of a table that has them. */
export function upsertRow(table: TableName, schema: TableSchema): string {
  const rest = stored(schema).split(', ');
  return (
    `INSERT INTO ${quoted(table)} (${columnList(schema.key)}, ${rest.join(', ')})` +
    ` VALUES (${[...schema.key, ...rest].map(() => '?').join(', ')})` +
    ` ON CONFLICT (${columnList(schema.key)}) DO UPDATE SET ${rest.map((column) => `${column} = excluded.${column}`).join(', ')}`
  );
}

/** Values: the key. */
export function deleteRow(table: TableName, schema: TableSchema): string {
  return `DELETE FROM ${quoted(table)} WHERE ${equal(schema.key)}`;
}

/** Values: the prefix, what it goes on beyond, the limit. */
export function selectSpan(table: TableName, schema: TableSchema, span: Span): string {
  const direction = span.reverse ? ' DESC' : '';
  const order = span.fields.map((field) => `${quoted(field)}${direction}`).join(', ');
  const limit = span.limit === undefined ? '' : ' LIMIT ?';
  return `SELECT ${stored(schema)} ${fromSpan(table, schema, span)} ORDER BY ${order}${limit}`;
}

/** Values: the prefix. */
export function countSpan(table: TableName, schema: TableSchema, span: Span): string {
  return `SELECT count(*) AS "count" ${fromSpan(table, schema, span)}`;
}

/** `INDEXED BY` makes a statement fail that could not use the index, instead of reading the whole table. */
function fromSpan(table: TableName, schema: TableSchema, { index, fields, prefix, beyond, reverse }: Span): string {
  const conditions = [equal(fields.slice(0, prefix.length)), present(schema, fields)];
  if (beyond) {
    const values = beyond.map(() => '?').join(', ');
    conditions.splice(1, 0, `(${columnList(fields.slice(prefix.length))}) ${reverse ? '<' : '>'} (${values})`);
  }
  const where = conditions.filter((condition) => condition !== '').join(' AND ');
  return `FROM ${quoted(table)} INDEXED BY ${quoted(indexName(table, index))}${where && ` WHERE ${where}`}`;
}

function stored(schema: TableSchema): string {
  return schema.bytes === undefined ? ROW : `${ROW}, ${quoted(schema.bytes)}`;
}

function equal(fields: readonly string[]): string {
  return fields.map((field) => `${quoted(field)} = ?`).join(' AND ');
}
