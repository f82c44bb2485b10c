import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { accountAtStart, accountIn } from '../src/journal/account-at-start.js';
import { takeOverLocalStorage } from '../src/journal/earlier-storage.js';
import { accountRecord, deviceRecord, sessions } from '../src/journal/kept-here.js';

const ADA = { id: '6f1c2c1e-6c0a-4d53-9a6e-0d3f4b8a1c11', username: 'ada' };
const BOB = { id: '0b0e7f5a-3a51-4f0c-8f2d-5b7c9d1e2f33', username: 'bob' };

describe('whose journal a start shows', () => {
  const ofAda = `logdate-${ADA.id}`;
  const start = (
    kept: { user?: typeof ADA; account?: unknown },
    ...names: string[]
  ): ReturnType<typeof accountAtStart> =>
    accountAtStart({ user: kept.user, account: kept.account, databases: async () => ['logdate', ...names] });

  test('that of the account that is remembered, also when its session has ended', async () => {
    expect(await start({ account: ADA }, ofAda, `logdate-${BOB.id}`)).toEqual(ADA);
  });

  test('that of who is signed in, where the browser was killed before the account was remembered', async () => {
    expect(await start({ user: ADA })).toEqual(ADA);
    expect(await start({ user: ADA, account: null })).toEqual(ADA);
    expect(await start({ user: ADA, account: BOB })).toEqual(ADA);
  });

  test('the only one that there is, where nothing is remembered: a journal never seems gone', async () => {
    expect(await start({}, 'logdate-nobody', ofAda)).toEqual({ id: ADA.id, username: '' });
  });

  test('that of nobody after a sign-out, although the journal was kept for the next sign-in', async () => {
    expect(await start({ account: null }, ofAda)).toBeNull();
  });

  test('that of nobody, where it cannot be told whose, or there is none', async () => {
    expect(await start({}, ofAda, `logdate-${BOB.id}`)).toBeNull();
    expect(await start({}, 'logdate-nobody', 'logdate-session')).toBeNull();
  });

  test('a record that is no account counts as none', () => {
    expect(['ada', 1, undefined, null, {}, { id: ADA.id }, { id: 1, username: 'ada' }].map(accountIn)).toEqual(
      Array.from({ length: 7 }, () => null),
    );
  });
});

describe('what an earlier release kept in localStorage', () => {
  const SESSION = { accessToken: 'access', refreshToken: 'refresh', user: ADA, receivedAt: 1, lifetimeMs: null };
  let earlier: Map<string, string>;
  beforeEach(() => {
    earlier = new Map([
      ['logdate-device', 'phone'],
      ['logdate-account', JSON.stringify(ADA)],
      ['logdate-session', JSON.stringify(SESSION)],
      ['logdate-left:1', 'text'],
    ]);
    const localStorage = {
      getItem: (name: string) => earlier.get(name) ?? null,
      removeItem: (name: string) => void earlier.delete(name),
    };
    Object.defineProperty(globalThis, 'localStorage', { value: localStorage, configurable: true });
  });
  afterEach(async () => {
    Reflect.deleteProperty(globalThis, 'localStorage');
    await sessions.clear();
    for (const record of [accountRecord, deviceRecord]) await record.change(() => undefined);
  });

  const kept = async (): Promise<unknown[]> => [
    await deviceRecord.load(),
    await accountRecord.load(),
    await sessions.load(),
  ];

  test('is taken over, and removed there', async () => {
    await takeOverLocalStorage();
    expect(await kept()).toEqual(['phone', ADA, SESSION]);
    expect([...earlier.keys()]).toEqual(['logdate-left:1']);
  });

  test('does not come back after a sign-out, where the browser lost its removal', async () => {
    await accountRecord.change(() => null);
    await takeOverLocalStorage();
    expect(await kept()).toEqual(['phone', null, undefined]);
  });

  test('is left out where it cannot be read', async () => {
    earlier.set('logdate-account', '{').set('logdate-session', '{}');
    await takeOverLocalStorage();
    expect(await kept()).toEqual(['phone', undefined, undefined]);
  });
});
