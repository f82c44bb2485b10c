// The versions of the local tables, and how rows of an older one are carried over.
import { SCHEMA_VERSION, TABLES } from '../tables.js';
import type { TableName, TableSchema } from '../tables.js';
import { keyOf } from './keys.js';
import type { StoreOperations } from './scoped-transaction.js';
import { spanOf } from './span.js';

/**
 * One step between two versions. Tables and indexes follow from TABLES; a step says what changes in the rows. The fields
 * of a table's key never change: give the rows a new table instead.
 */
export interface Migration {
  /** The version that the store has afterwards. */
  to: number;
  /** The new row for an old one, by table. */
  rewrite?: Partial<Record<TableName, (row: Record<string, unknown>) => object>>;
}

/** The tables of one version, and the steps that lead to it. */
export interface Schema {
  version: number;
  tables: Readonly<Record<TableName, TableSchema>>;
  migrations: readonly Migration[];
}

const MIGRATIONS: readonly Migration[] = [
  // log byTime: lines older than 90 days are found without reading all; a clock that was set back mixes them.
  { to: 2 },
];

/** What this release reads and writes. */
export const CURRENT_SCHEMA: Schema = { version: SCHEMA_VERSION, tables: TABLES, migrations: MIGRATIONS };

/** So many rows are in memory at once. */
const PAGE = 500;

/** Rewrites the rows of a store that has version `from`, inside the transaction that raises its version. */
export async function rewriteRows(operations: StoreOperations, schema: Schema, from: number): Promise<void> {
  const steps = schema.migrations.filter((step) => step.to > from).toSorted((left, right) => left.to - right.to);
  for (const step of steps) {
    for (const [table, rewrite] of Object.entries(step.rewrite ?? {})) {
      await rewriteTable(operations, schema, table as TableName, rewrite);
    }
  }
}

async function rewriteTable(
  operations: StoreOperations,
  schema: Schema,
  table: TableName,
  rewrite: (row: Record<string, unknown>) => object,
): Promise<void> {
  const { key } = schema.tables[table];
  let span = spanOf(schema.tables[table], { limit: PAGE });
  while (span) {
    const page = await operations.list(table, span);
    for (const row of page) await operations.put(table, keyOf(row, key), rewrite(row as Record<string, unknown>));
    const last = page.at(-1);
    span = last && spanOf(schema.tables[table], { limit: PAGE, after: keyOf(last, key) });
  }
}
