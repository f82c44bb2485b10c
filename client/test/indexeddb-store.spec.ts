import 'fake-indexeddb/auto';
import { randomUUID } from 'node:crypto';
import { afterEach, expect, jest, test } from '@jest/globals';
import { openDB } from 'idb';
import { StoreFullError, StoreLostError } from '../src/store.js';
import type { LocalStore } from '../src/store.js';
import { indexedDbStore } from '../src/stores/indexeddb.js';
import { CURRENT_SCHEMA } from '../src/stores/migrations.js';
import { aroundMethod } from './support/around-method.js';
import { openDevice } from './support/open-device.js';
import { SmallServer } from './support/small-server.js';

afterEach(() => {
  jest.restoreAllMocks();
});

test('a lost connection is opened again, and the rows are there', async () => {
  const store = indexedDbStore(randomUUID());
  await save(store, 'before');
  let losses = 1;
  loseConnections(() => losses-- > 0);
  await save(store, 'after');
  expect(await names(store)).toEqual(['after', 'before']);
  await store.close();
});

test('a connection that is lost again at once is said, and the next transaction tries anew', async () => {
  const store = indexedDbStore(randomUUID());
  await save(store, 'before');
  let losses = 2;
  loseConnections(() => losses-- > 0);
  await expect(save(store, 'lost')).rejects.toThrow(StoreLostError);
  expect(losses).toBe(0);
  await save(store, 'after');
  expect(await names(store)).toEqual(['after', 'before']);
  await store.close();
});

test('a device that is full at the last of many writes keeps none of them', async () => {
  const store = indexedDbStore(randomUUID());
  await save(store, 'kept');
  let writes = 0;
  aroundMethod(IDBObjectStore.prototype, 'put', (put) => {
    const request = put();
    const { transaction } = request as unknown as { transaction: { _abort(name: string): void } };
    // As a browser does it: the request is taken, and the transaction is given up while it is carried out.
    if (++writes === 400) transaction._abort('QuotaExceededError');
    return request;
  });
  const full = store.transaction('write', ['settings'], async (transaction) => {
    for (let value = 0; value < 400; value++) await transaction.put('settings', { name: `s${value}`, value });
  });
  await expect(full).rejects.toThrow(StoreFullError);
  expect(writes).toBe(400);
  expect(await names(store)).toEqual(['kept']);
  await store.close();
});

test('a backup of hundreds of entries asks for few writes at once, so that a page can be typed in meanwhile', async () => {
  const db = await openDevice(new SmallServer(), { store: indexedDbStore(randomUUID()) });
  await db.content.saveAll(Array.from({ length: 500 }, (_, day) => ({ content: `Day ${day}.` })));
  const underWay = { now: 0, most: 0 };
  aroundMethod(IDBObjectStore.prototype, 'put', (put) => {
    const request = put();
    underWay.most = Math.max(underWay.most, ++underWay.now);
    request.addEventListener('success', () => underWay.now--);
    return request;
  });
  expect(await db.sync.uploadPendingChanges()).toMatchObject({ ended: 'done', pushed: 500 });
  expect(underWay.most).toBeGreaterThan(1);
  expect(underWay.most).toBeLessThan(40);
  await db.close();
});

test('an older tab lets go of the database for a newer release, after the transaction under way', async () => {
  const name = randomUUID();
  const old = indexedDbStore(name);
  await save(old, 'first');
  const underWay = old.transaction('write', ['settings'], async (transaction) => {
    for (let value = 0; value < 300; value++) await transaction.put('settings', { name: 'second', value });
  });
  const newer = indexedDbStore(name, { schema: { ...CURRENT_SCHEMA, version: CURRENT_SCHEMA.version + 1 } });
  expect(await names(newer)).toEqual(['first', 'second']);
  await underWay;
  await old.close();
  await newer.close();
});

test('an app is told when another tab does not let go', async () => {
  const name = randomUUID();
  const frozen = await openDB(name, 1, { upgrade: (database) => void database.createObjectStore('any') });
  let store: LocalStore | undefined;
  let opened: Promise<string[]> | undefined;
  await new Promise<void>((resolve) => {
    store = indexedDbStore(name, { blocked: resolve });
    opened = names(store);
  });
  frozen.close();
  expect(await opened).toEqual([]);
  await store?.close();
});

test('writes ask for strict durability, so that an acknowledged row survives a power failure', async () => {
  const asked: unknown[] = [];
  aroundMethod(IDBDatabase.prototype, 'transaction', (begin, _tables, ...how) => {
    if (how[0] !== 'versionchange') asked.push(how);
    return begin();
  });
  const store = indexedDbStore(randomUUID());
  await save(store, 'a');
  await names(store);
  expect(asked).toEqual([['readwrite', { durability: 'strict' }], ['readonly']]);
  await store.close();
});

function loseConnections(lost: () => boolean): void {
  aroundMethod(IDBDatabase.prototype, 'transaction', (begin) => {
    if (lost()) throw new DOMException('The database connection is closing', 'InvalidStateError');
    return begin();
  });
}

function save(store: LocalStore, name: string): Promise<void> {
  return store.transaction('write', ['settings'], (transaction) => transaction.put('settings', { name, value: 1 }));
}

function names(store: LocalStore): Promise<string[]> {
  return store.transaction('read', ['settings'], async (transaction) =>
    (await transaction.list('settings')).map(({ name }) => name),
  );
}
