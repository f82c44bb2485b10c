// The store of Node: libsql brings its own SQLite, so that no Node is too old for it.
import Database from 'libsql';
import type { LocalStore } from '../store.js';
import { sqliteStore } from '../stores/sqlite.js';
import type { SqliteDriver } from '../stores/sqlite.js';
import { makePrivate, removeDatabase } from './database-file.js';

/** A store in a file, which is made when it is missing; its folder must exist. */
export function libsqlStore(path: string): LocalStore {
  return sqliteStore(libsqlDriver(path));
}

/**
 * The connection under `libsqlStore`. BEGIN and COMMIT go through `exec`: in libsql 0.5.29 a prepared BEGIN that failed for
 * a lock stays under way, and no COMMIT succeeds until it is collected as garbage (libsql-js, pull request 238).
 */
export function libsqlDriver(path: string): SqliteDriver {
  makePrivate(path);
  const database = new Database(path);
  const statements = new Map<string, Database.Statement>();
  const prepared = (sql: string): Database.Statement => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  return {
    exec: (sql) => database.exec(sql),
    run: (sql, values) => prepared(sql).run(values),
    all: (sql, values) => prepared(sql).all(values),
    close() {
      checkpoint(prepared);
      database.close();
    },
    remove: () => removeDatabase(path),
  };
}

/**
 * libsql lets go of the file when its statements are collected as garbage, so what SQLite does with the last connection is
 * done now: all goes into the one file. Where that fails, the rows are as safe in the file beside it.
 */
function checkpoint(prepared: (sql: string) => Database.Statement): void {
  try {
    prepared('PRAGMA wal_checkpoint(TRUNCATE)').all([]);
  } catch {
    return;
  }
}
