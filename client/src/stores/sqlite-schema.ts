// Makes the tables of a SQLite database, and brings those of an older version up to date.
import type { TableName, TableSchema } from '../tables.js';
import { rewriteRows } from './migrations.js';
import type { Schema } from './migrations.js';
import type { SqliteDriver } from './sqlite-driver.js';
import { SqliteRows } from './sqlite-rows.js';
import { columnFor, createIndexes, createTable, indexedFields } from './sqlite-statements.js';

/** The version of the store in the database, 0 of an empty one. */
export async function versionOf(driver: SqliteDriver): Promise<number> {
  const [found] = await driver.all('PRAGMA user_version', []);
  return Number((found as { user_version: unknown }).user_version);
}

/** Raises a database of version `from`, inside a transaction. */
export async function raiseTo(schema: Schema, driver: SqliteDriver, from: number): Promise<void> {
  for (const table of Object.keys(schema.tables) as TableName[]) await shape(driver, table, schema.tables[table]);
  if (from > 0) await rewriteRows(new SqliteRows(driver, schema.tables), schema, from);
  await driver.exec(`PRAGMA user_version = ${schema.version}`);
}

/** Adds what the table lacks, and drops the indexes that it should not have. */
async function shape(driver: SqliteDriver, table: TableName, schema: TableSchema): Promise<void> {
  const columns = await names(driver, 'SELECT name FROM pragma_table_xinfo(?)', table);
  if (columns.length === 0) await driver.exec(createTable(table, schema));
  else {
    for (const field of indexedFields(schema)) {
      if (!columns.includes(field)) await driver.exec(`ALTER TABLE "${table}" ADD COLUMN ${columnFor(field)}`);
    }
  }
  const indexes = createIndexes(table, schema);
  const existing = await names(
    driver,
    "SELECT sql AS name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?",
    table,
  );
  for (const [name, statement] of indexes) {
    if (existing.includes(statement)) continue;
    await driver.exec(`DROP INDEX IF EXISTS "${name}"`);
    await driver.exec(statement);
  }
}

/** Removes all tables of the store. */
export async function removeAll(schema: Schema, driver: SqliteDriver): Promise<void> {
  for (const table of Object.keys(schema.tables)) await driver.exec(`DROP TABLE IF EXISTS "${table}"`);
  await driver.exec('PRAGMA user_version = 0');
}

async function names(driver: SqliteDriver, sql: string, table: TableName): Promise<string[]> {
  return (await driver.all(sql, [table])).map((row) => String((row as { name: unknown }).name));
}
