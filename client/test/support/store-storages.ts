import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { libsqlDriver } from '../../src/node/libsql.js';
import { nodeSqliteDriver } from '../../src/node/node-sqlite.js';
import type { StorageUnderTest } from '../../src/stores/conformance.js';
import { indexedDbStore } from '../../src/stores/indexeddb.js';
import { memoryStore, MemoryStorage } from '../../src/stores/memory.js';
import { sqliteStore } from '../../src/stores/sqlite.js';
import type { SqliteDriver } from '../../src/stores/sqlite.js';

/** A folder of its own for each test file, and what removes it. */
export function scratchFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'logdate-store-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A memory that two stores share. */
export function memoryUnderTest(): StorageUnderTest {
  const storage = new MemoryStorage();
  return { open: () => memoryStore(storage) };
}

/** A file that two connections share; without room it may not grow. */
export function sqliteUnderTest(
  path: string,
  connect: (path: string) => SqliteDriver = libsqlDriver,
): StorageUnderTest {
  const drivers: SqliteDriver[] = [];
  const setPages = async (pages: number): Promise<void> => {
    for (const driver of drivers) await driver.all(`PRAGMA max_page_count = ${pages}`, []);
  };
  return {
    open() {
      const driver = connect(path);
      drivers.push(driver);
      return sqliteStore(driver);
    },
    fill: () => setPages(100),
    makeRoom: () => setPages(1_000_000),
  };
}

/** The same over the SQLite of Node, where it has one. */
export function nodeSqliteUnderTest(path: string): StorageUnderTest {
  return sqliteUnderTest(path, nodeSqliteDriver);
}

/** A database of this name in the IndexedDB that is global. */
export function indexedDbUnderTest(name: string): StorageUnderTest {
  return { open: () => indexedDbStore(name) };
}
