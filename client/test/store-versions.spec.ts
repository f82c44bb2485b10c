import 'fake-indexeddb/auto';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { openDB } from 'idb';
import { libsqlDriver } from '../src/node/libsql.js';
import { NewerStoreError } from '../src/store.js';
import type { LocalStore } from '../src/store.js';
import { indexedDbStore } from '../src/stores/indexeddb.js';
import { memoryStore, MemoryStorage } from '../src/stores/memory.js';
import type { StoreDump } from '../src/stores/memory.js';
import { CURRENT_SCHEMA } from '../src/stores/migrations.js';
import type { Schema } from '../src/stores/migrations.js';
import { sqliteStore } from '../src/stores/sqlite.js';
import type { LogRecord, TableName } from '../src/tables.js';
import { scratchFolder } from './support/store-storages.js';
import { copyVersionOne, schemaOne, versionOne } from './support/version-one-store.js';

const folder = scratchFolder();
afterAll(folder.remove);

const TABLE_NAMES = Object.keys(CURRENT_SCHEMA.tables) as TableName[];

/** A storage that version 1 wrote, opened by any version. */
interface OldStorage {
  open(schema?: Schema): LocalStore;
  /** Everything that is stored, byte for byte, without a store. */
  content(): unknown;
}

const oldStorages: Record<string, () => OldStorage | Promise<OldStorage>> = {
  memory() {
    const storage = new MemoryStorage(versionOne);
    return { open: (schema) => memoryStore(storage, schema), content: () => storage.dump() };
  },
  SQLite() {
    const path = join(folder.path, randomUUID());
    copyVersionOne(path);
    return { open: (schema) => sqliteStore(libsqlDriver(path), { schema }), content: () => readFileSync(path) };
  },
  async IndexedDB() {
    const name = randomUUID();
    await restoreVersionOne(name);
    return { open: (schema) => indexedDbStore(name, { schema }), content: () => contentOf(name) };
  },
};

for (const [kind, newOldStorage] of Object.entries(oldStorages)) {
  describe(`an older store in ${kind}`, () => {
    test('is read by its own version as it was written', async () => {
      const store = (await newOldStorage()).open(schemaOne);
      expect(await rowsOf(store)).toEqual(versionOne.rows);
      await store.close();
    });

    test('is carried over with every outbox entry, row and cursor', async () => {
      const storage = await newOldStorage();
      const store = storage.open();
      expect(await rowsOf(store)).toEqual(versionOne.rows);
      await store.close();
      const again = storage.open();
      expect(await rowsOf(again)).toEqual(versionOne.rows);
      await again.close();
    });

    test('has its log by time in version 2, which version 1 could not ask for', async () => {
      const storage = await newOldStorage();
      const old = storage.open(schemaOne);
      await expect(logByTime(old)).rejects.toThrow(TypeError);
      await old.close();
      const store = storage.open();
      expect((await logByTime(store)).map(({ seq }) => seq)).toEqual([1, 3, 4, 2]);
      await store.close();
    });

    test('has its rows rewritten where a step says so, one step after the other', async () => {
      const storage = await newOldStorage();
      const store = storage.open(rewriting((row) => ({ ...row, lastError: `${String(row.lastError)}!` })));
      const outbox = await store.transaction('read', ['outbox'], (transaction) => transaction.list('outbox'));
      const before = versionOne.rows.outbox as typeof outbox;
      expect(outbox).toEqual(before.map((entry) => ({ ...entry, lastError: `${entry.lastError}!3`, retryCount: 99 })));
      const others = await rowsOf(store);
      expect({ ...others, outbox: [] }).toEqual({ ...versionOne.rows, outbox: [] });
      await store.close();
    });

    test('stays as it was when a step fails, and is carried over at the next opening', async () => {
      const storage = await newOldStorage();
      const before = await storage.content();
      const failing = storage.open(
        rewriting((row) => {
          if (row.seq === 5) throw new Error('the step failed');
          return { ...row, lastError: 'rewritten' };
        }),
      );
      await expect(rowsOf(failing)).rejects.toThrow('the step failed');
      await failing.close();
      expect(await storage.content()).toEqual(before);
      const store = storage.open();
      expect(await rowsOf(store)).toEqual(versionOne.rows);
      await store.close();
    });

    test('is refused by an older release, and left as it is', async () => {
      const storage = await newOldStorage();
      const newer = storage.open();
      await rowsOf(newer);
      await newer.close();
      const before = await storage.content();
      const older = storage.open(schemaOne);
      await expect(rowsOf(older)).rejects.toThrow(NewerStoreError);
      await expect(
        older.transaction('write', ['outbox'], (transaction) => transaction.delete('outbox', ['content', 'any'])),
      ).rejects.toThrow(NewerStoreError);
      await older.close();
      expect(await storage.content()).toEqual(before);
    });

    test('is refused to a release that has it open while a newer one carries it over', async () => {
      const storage = await newOldStorage();
      const older = storage.open(schemaOne);
      await rowsOf(older);
      const newer = storage.open();
      await rowsOf(newer);
      await expect(
        older.transaction('write', ['outbox'], (transaction) => transaction.delete('outbox', ['content', 'any'])),
      ).rejects.toThrow(NewerStoreError);
      await older.close();
      expect(await rowsOf(newer)).toEqual(versionOne.rows);
      await newer.close();
    });
  });
}

test('each version has one step that leads to it', () => {
  const { version, migrations } = CURRENT_SCHEMA;
  expect(migrations.map(({ to }) => to)).toEqual(Array.from({ length: version - 1 }, (_, step) => step + 2));
});

test('a SQLite file that was not written by version 1 alone is no fixture', () => {
  const path = join(folder.path, randomUUID());
  copyVersionOne(path);
  const driver = libsqlDriver(path);
  expect(driver.all('PRAGMA user_version', [])).toEqual([{ user_version: 1 }]);
  expect(driver.all("SELECT name FROM sqlite_schema WHERE name = 'log byTime'", [])).toEqual([]);
  driver.close();
});

/** Two more versions: one that rewrites the outbox, and one that needs what the first one wrote. */
function rewriting(rewrite: (row: Record<string, unknown>) => object): Schema {
  const { version, tables, migrations } = CURRENT_SCHEMA;
  return {
    version: version + 2,
    tables,
    migrations: [
      {
        to: version + 2,
        rewrite: { outbox: (row) => ({ ...row, lastError: `${String(row.lastError)}3` }) },
      },
      { to: version + 1, rewrite: { outbox: (row) => ({ ...rewrite(row), retryCount: 99 }) } },
      ...migrations,
    ],
  };
}

async function rowsOf(store: LocalStore): Promise<StoreDump['rows']> {
  return store.transaction('read', TABLE_NAMES, async (transaction) => {
    const rows: StoreDump['rows'] = {};
    for (const table of TABLE_NAMES) rows[table] = await transaction.list(table);
    return rows;
  });
}

function logByTime(store: LocalStore): Promise<LogRecord[]> {
  return store.transaction('read', ['log'], (transaction) => transaction.list('log', { index: 'byTime' }));
}

/** The database as version 1 made it, without the store. */
async function restoreVersionOne(name: string): Promise<void> {
  const database = await openDB(name, 1, {
    upgrade(creating) {
      for (const table of TABLE_NAMES) {
        const { key, indexes } = schemaOne.tables[table];
        const store = creating.createObjectStore(table, { keyPath: [...key] });
        for (const [index, fields] of Object.entries(indexes)) store.createIndex(index, [...fields]);
      }
    },
  });
  for (const table of TABLE_NAMES) for (const row of versionOne.rows[table] ?? []) await database.put(table, row);
  database.close();
}

async function contentOf(name: string): Promise<unknown> {
  const database = await openDB(name);
  const content: unknown[] = [database.version];
  for (const table of database.objectStoreNames) {
    const { store } = database.transaction(table);
    content.push([table, [...store.indexNames], await store.getAll()]);
  }
  database.close();
  return content;
}
