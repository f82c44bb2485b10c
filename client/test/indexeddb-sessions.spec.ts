import 'fake-indexeddb/auto';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { openAuth } from '../src/session.js';
import type { StoredSession } from '../src/session-store.js';
import { indexedDbRecord } from '../src/stores/indexeddb-record.js';
import { indexedDbSessions } from '../src/stores/indexeddb-sessions.js';
import { FakeAccounts } from './fake-accounts.js';
import { aroundMethod } from './support/around-method.js';
import { VirtualClock } from './virtual-clock.js';

const ADA = { username: 'ada', password: 'a good password', deviceId: 'phone' };
const URL = 'https://journal.example';

let name: string;
const stops: (() => void)[] = [];
beforeEach(() => {
  name = randomUUID();
});
afterEach(() => {
  jest.restoreAllMocks();
  for (const stop of stops.splice(0)) stop();
});

const session = (refreshToken: string): StoredSession => ({
  accessToken: 'access',
  refreshToken,
  user: { id: 'id of ada', username: 'ada' },
  receivedAt: 1,
  lifetimeMs: null,
});

/** Answers with the next call of `changed`. */
function told(watch: (changed: () => void) => () => void): Promise<void> {
  return new Promise((resolve) => stops.push(watch(resolve)));
}

test('a session is there for another tab until it is cleared', async () => {
  const [one, other] = [indexedDbSessions(name), indexedDbSessions(name)];
  expect(await one.load()).toBeUndefined();
  await one.save(session('first'));
  expect(await other.load()).toEqual(session('first'));
  await one.save(session('second'));
  expect((await other.load())?.refreshToken).toBe('second');
  await other.clear();
  expect(await one.load()).toBeUndefined();
});

test('a record that is no session counts as none', async () => {
  await indexedDbRecord(name, 'session').change(() => ({ accessToken: 'access' }));
  expect(await indexedDbSessions(name).load()).toBeUndefined();
});

test('other tabs are told of a save and of a sign-out, and the one that saves is not', async () => {
  const [one, other] = [indexedDbSessions(name), indexedDbSessions(name)];
  let echoes = 0;
  stops.push(one.watch?.(() => (echoes += 1)) ?? (() => undefined));
  for (const change of [() => one.save(session('first')), () => one.clear()]) {
    const next = told((changed) => other.watch!(changed));
    await change();
    await next;
  }
  // One more message through the same channels: what was sent before it has come by now.
  const last = told((changed) => one.watch!(changed));
  await other.save(session('second'));
  await last;
  expect(echoes).toBe(1);
});

test('two tabs follow each other: who signs in or out in one is signed in or out in both', async () => {
  const accounts = new FakeAccounts(new VirtualClock());
  const open = async (): ReturnType<typeof openAuth> => {
    const auth = await openAuth({ url: URL, sessions: indexedDbSessions(name), fetch: accounts.fetch });
    stops.push(() => auth.close());
    return auth;
  };
  const [one, other] = [await open(), await open()];
  const otherIs = (wanted: boolean): Promise<void> =>
    new Promise((resolve) => void other.signedIn.subscribe((is) => is === wanted && resolve()));
  await one.signIn(ADA);
  await otherIs(true);
  await one.signOut();
  await otherIs(false);
});

test('a refresh token is given out only once its transaction is on disk', async () => {
  const accounts = new FakeAccounts(new VirtualClock());
  const auth = await openAuth({ url: URL, sessions: indexedDbSessions(name), fetch: accounts.fetch });
  stops.push(() => auth.close());
  await auth.signIn(ADA);
  const steps: string[] = [];
  aroundMethod(IDBDatabase.prototype, 'transaction', (begin, _tables, mode, how) => {
    const transaction = begin();
    if (mode !== 'readwrite') return transaction;
    transaction.addEventListener('complete', () => steps.push(`written, ${how?.durability}`));
    return transaction;
  });
  accounts.expire();
  await auth.refresh(await auth.accessToken());
  steps.push('given out');
  expect(steps).toEqual(['written, strict', 'given out']);
});

test('of two tabs that make a value at once, both get the same', async () => {
  const [one, other] = [indexedDbRecord(name, 'device'), indexedDbRecord(name, 'device')];
  const made = await Promise.all([one.change((kept) => kept ?? 'one'), other.change((kept) => kept ?? 'other')]);
  expect(made[0]).toBe(made[1]);
  expect(await one.load()).toBe(made[0]);
});

test('records of one database are told apart, and a null is kept', async () => {
  const [account, device] = [indexedDbRecord(name, 'account'), indexedDbRecord(name, 'device')];
  await account.change(() => null);
  await device.change(() => 'phone');
  expect([await account.load(), await device.load()]).toEqual([null, 'phone']);
});

test('a change that fails keeps what was there', async () => {
  const record = indexedDbRecord(name, 'device');
  await record.change(() => 'phone');
  await expect(record.change(() => () => 'a function cannot be cloned')).rejects.toMatchObject({
    name: 'DataCloneError',
  });
  expect(await record.load()).toBe('phone');
});
