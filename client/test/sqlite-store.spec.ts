import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { libsqlDriver, libsqlStore } from '../src/node/libsql.js';
import { nodeSqliteStore } from '../src/node/node-sqlite.js';
import { StoreBusyError } from '../src/store.js';
import type { Range } from '../src/store.js';
import { sqliteStore } from '../src/stores/sqlite.js';
import type { SqliteDriver } from '../src/stores/sqlite.js';
import { TABLES } from '../src/tables.js';
import type { TableName } from '../src/tables.js';
import { scratchFolder } from './support/store-storages.js';

const folder = scratchFolder();
afterAll(folder.remove);
const newPath = (): string => join(folder.path, randomUUID());

test('every list is read from its index, in its order and from where it begins', async () => {
  const path = newPath();
  const { asked, watched } = watching(libsqlDriver(path));
  const store = sqliteStore(watched);
  const planner = libsqlDriver(path);
  const plans: { range: Range; table: TableName; steps: string[] }[] = [];
  for (const table of Object.keys(TABLES) as TableName[]) {
    for (const range of everyKindOfRange(table)) {
      await store.transaction('read', [table], (transaction) => transaction.list(table, range));
      const { sql, values } = asked.findLast((question) => question.sql.startsWith('SELECT'))!;
      const plan = (await planner.all(`EXPLAIN QUERY PLAN ${sql}`, values)) as { detail: string }[];
      plans.push({ range, table, steps: plan.map(({ detail }) => detail) });
    }
  }
  expect(plans.length).toBeGreaterThan(100);
  for (const { range, table, steps } of plans) {
    const bounded = range.prefix !== undefined || range.after !== undefined;
    const index = `${table} ${range.index ?? 'by key'}`;
    const used = new RegExp(
      `^${bounded ? 'SEARCH' : '(SEARCH|SCAN)'} ${table} USING (COVERING )?INDEX ${index}( \\(.*\\))?$`,
    );
    expect({ range, steps }).toEqual({ range, steps: [expect.stringMatching(used)] });
  }
  await planner.close();
  await store.close();
});

test('a row is acknowledged when it is on the disk, and the database is ready for two processes', async () => {
  const driver = libsqlDriver(newPath());
  const store = sqliteStore(driver);
  await store.transaction('read', ['rows'], async () => undefined);
  const settings = ['journal_mode', 'synchronous', 'fullfsync', 'checkpoint_fullfsync'];
  const found = await Promise.all(settings.map(async (name) => driver.all(`PRAGMA ${name}`, [])));
  expect(found.flat()).toEqual([
    { journal_mode: 'wal' },
    { synchronous: 2 },
    { fullfsync: 1 },
    { checkpoint_fullfsync: 1 },
  ]);
  await store.close();
});

test('nobody else may read the file, nor those beside it, also when an earlier one was open to all', async () => {
  for (const before of ['none', 'open to all']) {
    const path = newPath();
    if (before === 'open to all') {
      writeFileSync(path, '');
      chmodSync(path, 0o644);
    }
    const store = libsqlStore(path);
    await store.transaction('write', ['settings'], (transaction) =>
      transaction.put('settings', { name: 'a', value: 1 }),
    );
    for (const suffix of ['', '-wal', '-shm']) expect(statSync(path + suffix).mode & 0o777).toBe(0o600);
    await store.close();
  }
});

test('no file is left of a store that is destroyed', async () => {
  const path = newPath();
  const store = libsqlStore(path);
  await store.transaction('write', ['settings'], (transaction) => transaction.put('settings', { name: 'a', value: 1 }));
  await store.destroy();
  expect(['', '-wal', '-shm'].filter((suffix) => existsSync(path + suffix))).toEqual([]);
});

test('a transaction waits while another process holds the lock, and runs when it is given back', async () => {
  const path = newPath();
  const clock = steppedClock();
  const store = sqliteStore(libsqlDriver(path), { clock });
  await store.transaction('read', ['settings'], async () => undefined);
  const other = libsqlDriver(path);
  await other.exec('BEGIN IMMEDIATE');
  const save = store.transaction('write', ['settings'], (transaction) =>
    transaction.put('settings', { name: 'a', value: 1 }),
  );
  for (let look = 0; look < 20; look++) await clock.next();
  await other.exec('COMMIT');
  await clock.next();
  await save;
  expect(await store.transaction('read', ['settings'], (transaction) => transaction.count('settings'))).toBe(1);
  await other.close();
  await store.close();
});

test('a lock that is never given back is said after half a minute, with nothing written', async () => {
  const path = newPath();
  const clock = steppedClock();
  const store = sqliteStore(libsqlDriver(path), { clock });
  await store.transaction('read', ['settings'], async () => undefined);
  const other = libsqlDriver(path);
  await other.exec('BEGIN IMMEDIATE');
  let failure: unknown;
  const save = store
    .transaction('write', ['settings'], (transaction) => transaction.put('settings', { name: 'a', value: 1 }))
    .catch((error: unknown) => {
      failure = error;
    });
  while (clock.now() < 29_900) await clock.next();
  expect(failure).toBeUndefined();
  while (clock.now() < 30_000) await clock.next();
  await save;
  expect(failure).toBeInstanceOf(StoreBusyError);
  await other.exec('COMMIT');
  expect(await store.transaction('read', ['settings'], (transaction) => transaction.count('settings'))).toBe(0);
  await other.close();
  await store.close();
});

test('a body that is still running when it was given up writes nothing more', async () => {
  const store = libsqlStore(newPath());
  let finish: (late: unknown) => void;
  const late = new Promise((resolve) => {
    finish = resolve;
  });
  await expect(
    store.transaction('write', ['settings'], async (transaction) => {
      await transaction.put('settings', { name: 'early', value: 1 });
      await new Promise((resolve) => {
        setTimeout(resolve);
      });
      await transaction.put('settings', { name: 'late', value: 1 }).catch(finish);
    }),
  ).rejects.toThrow('outside of it');
  expect(await late).toBeInstanceOf(TypeError);
  expect(await store.transaction('read', ['settings'], (transaction) => transaction.count('settings'))).toBe(0);
  await store.close();
});

test('a driver that answers later does the same', async () => {
  const driver = libsqlDriver(newPath());
  const later = <T>(answer: () => T): Promise<T> => new Promise((resolve) => setImmediate(resolve)).then(answer);
  const store = sqliteStore({
    exec: (sql) => later(() => driver.exec(sql)),
    run: (sql, values) =>
      later(() => {
        if (values.includes('big')) throw new TypeError('it failed later');
        return driver.run(sql, values);
      }),
    all: async (sql, values) => later(() => driver.all(sql, values) as unknown[]),
    close: () => later(() => driver.close()),
  });
  await expect(
    store.transaction('write', ['settings'], async (transaction) => {
      // Not waited for: they are carried out before the transaction is taken back.
      const puts = [1, 2, 3].map((value) => transaction.put('settings', { name: `s${value}`, value }));
      await Promise.race(puts);
      throw new Error('the body gave up');
    }),
  ).rejects.toThrow('the body gave up');
  await expect(
    store.transaction('write', ['settings'], async (transaction) => {
      // Its failure comes after the body has ended.
      transaction.put('settings', { name: 'big', value: 1 }).catch(() => undefined);
    }),
  ).rejects.toThrow('it failed later');
  await store.transaction('write', ['settings'], (transaction) =>
    transaction.put('settings', { name: 'kept', value: 1 }),
  );
  const kept = await store.transaction('read', ['settings'], (transaction) => transaction.list('settings'));
  expect(kept).toEqual([{ name: 'kept', value: 1 }]);
  await store.close();
});

test('a Node without node:sqlite is told so', () => {
  if (process.getBuiltinModule?.('node:sqlite')) return;
  const path = newPath();
  expect(() => nodeSqliteStore(path)).toThrow('use Node 22.13 or newer');
  expect(existsSync(path)).toBe(false);
});

function everyKindOfRange(table: TableName): Range[] {
  const { key, indexes } = TABLES[table];
  const ranges: Range[] = [];
  for (const [index, fields] of [[undefined, key] as const, ...Object.entries(indexes)]) {
    const entry = fields.map(() => 'x');
    const prefixes = fields.map((_, parts) => (parts === 0 ? undefined : entry.slice(0, parts)));
    for (const prefix of prefixes) {
      for (const after of [undefined, entry]) {
        for (const reverse of [false, true]) {
          for (const limit of [undefined, 3]) ranges.push({ index, prefix, after, reverse, limit });
        }
      }
    }
  }
  return ranges;
}

function watching(driver: SqliteDriver): {
  watched: SqliteDriver;
  asked: { sql: string; values: Parameters<SqliteDriver['all']>[1] }[];
} {
  const asked: { sql: string; values: Parameters<SqliteDriver['all']>[1] }[] = [];
  const all: SqliteDriver['all'] = (sql, values) => {
    asked.push({ sql, values });
    return driver.all(sql, values);
  };
  return { watched: { ...driver, all }, asked };
}

/** A clock whose next timer the test lets ring, at the time it was set to. */
function steppedClock(): { now(): number; after(ms: number, then: () => void): () => void; next(): Promise<void> } {
  let now = 0;
  let timer: { at: number; ring: () => void } | undefined;
  let announce: () => void = () => undefined;
  return {
    now: () => now,
    after(ms, then) {
      timer = { at: now + ms, ring: then };
      announce();
      return () => undefined;
    },
    async next() {
      if (!timer) {
        await new Promise<void>((resolve) => {
          announce = resolve;
        });
      }
      const { at, ring } = timer!;
      timer = undefined;
      now = at;
      ring();
    },
  };
}
