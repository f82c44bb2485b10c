// The store of newer Nodes, over the SQLite that is built into them.
import type { LocalStore } from '../store.js';
import { sqliteStore } from '../stores/sqlite.js';
import type { SqliteDriver, SqliteValue } from '../stores/sqlite.js';
import { makePrivate, removeDatabase } from './database-file.js';

/** The part of `node:sqlite` that is used here; the types of Node 20 do not know it. */
interface NodeSqlite {
  DatabaseSync: new (path: string) => {
    exec(sql: string): void;
    prepare(sql: string): Statement;
    close(): void;
  };
}
interface Statement {
  run(...values: readonly SqliteValue[]): unknown;
  all(...values: readonly SqliteValue[]): unknown[];
}

/**
 * A store in a file, which is made when it is missing; its folder must exist.
 * @throws Error on a Node without `node:sqlite`
 */
export function nodeSqliteStore(path: string): LocalStore {
  return sqliteStore(nodeSqliteDriver(path));
}

/** The connection under `nodeSqliteStore`. */
export function nodeSqliteDriver(path: string): SqliteDriver {
  const { DatabaseSync } = nodeSqlite();
  makePrivate(path);
  const database = new DatabaseSync(path);
  const statements = new Map<string, Statement>();
  const prepared = (sql: string): Statement => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  return {
    exec: (sql) => database.exec(sql),
    run: (sql, values) => prepared(sql).run(...values),
    all: (sql, values) => prepared(sql).all(...values),
    close: () => database.close(),
    remove: () => removeDatabase(path),
  };
}

/** Asked for when it is needed: an import would keep an older Node from loading this file, and from saying why. */
function nodeSqlite(): NodeSqlite {
  const found = process.getBuiltinModule?.('node:sqlite') as NodeSqlite | undefined;
  if (!found) {
    throw new Error(
      `node:sqlite is not in Node ${process.version}: use Node 22.13 or newer, or @logdate/client/libsql`,
    );
  }
  return found;
}
