import { beforeEach, describe, expect, it, test } from '@jest/globals';
import { request, type Connection } from '../src/graphql/request.js';
import { TOTALS } from '../src/graphql/totals-operations.js';
import { openAuth, type AuthSession } from '../src/session.js';
import { memorySessions, sessionOf, type SessionStore } from '../src/session-store.js';
import type { Locks } from '../src/session-turn.js';
import { authorised, tokensOf, type UserTokens } from '../src/tokens.js';
import { FakeAccounts } from './fake-accounts.js';
import { settle, VirtualClock } from './virtual-clock.js';

const ADA = { username: 'ada', password: 'a good password', deviceId: 'phone' };
const URL = 'https://journal.example';
const TEN_YEARS_MS = 10 * 365 * 86_400_000;

describe('the session of a device', () => {
  let clock: VirtualClock;
  let accounts: FakeAccounts;
  let sessions: SessionStore;
  beforeEach(() => {
    clock = new VirtualClock();
    accounts = new FakeAccounts(clock);
    sessions = memorySessions();
  });

  const open = (more: { sessions?: SessionStore; locks?: Locks } = {}): Promise<AuthSession> =>
    openAuth({ url: URL, sessions, fetch: accounts.fetch, clock, ...more });
  async function signedIn(): Promise<AuthSession> {
    const auth = await open();
    await auth.signIn(ADA);
    return auth;
  }
  /** An ordinary request; answers the token that was taken. */
  const ask = (auth: UserTokens, userId?: string): Promise<string> => {
    const connection: Connection = { url: URL, fetch: accounts.fetch, timeoutMs: 30_000, clock };
    return authorised(tokensOf(auth, userId), (accessToken) =>
      request(connection, TOTALS, {}, (data) => (data.syncStatus as never as { token: string }).token, { accessToken }),
    );
  };
  const codeOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'answered',
      (error: { code: string }) => error.code,
    );

  test('it begins with nobody, and signing up or in is told to whoever listens', async () => {
    const auth = await open();
    const told: unknown[] = [];
    auth.signedIn.subscribe((is) => told.push(is));
    auth.user.subscribe((user) => told.push(user?.username ?? null));
    expect(await codeOf(auth.accessToken())).toBe('SIGNED_OUT');
    expect(await auth.signUp(ADA)).toEqual({ id: 'id of ada', username: 'ada' });
    expect(told).toEqual([false, null, 'ada', true]);
    expect(await ask(auth)).toBe(await auth.accessToken());
  });

  test('it is there again after a restart', async () => {
    await signedIn();
    const auth = await open();
    expect(auth.signedIn.get()).toBe(true);
    expect(auth.user.get()?.username).toBe('ada');
    await ask(auth);
    expect(accounts.asked).toEqual(['SignIn', 'Totals']);
  });

  test('a token that ends in mid-sync is refreshed once and the same request goes again', async () => {
    const auth = await signedIn();
    await ask(auth);
    accounts.expire();
    await ask(auth);
    expect(accounts.asked).toEqual(['SignIn', 'Totals', 'Totals', 'Refresh', 'Totals']);
    expect(auth.signedIn.get()).toBe(true);
  });

  test('requests that are refused together cause one refresh', async () => {
    const auth = await signedIn();
    accounts.expire();
    await Promise.all([ask(auth), ask(auth), ask(auth)]);
    expect(accounts.countOf('Refresh')).toBe(1);
    expect(accounts.countOf('Totals')).toBe(6);
  });

  test('a new token that is refused too is a sign-out for this run, and the session stays', async () => {
    const auth = await signedIn();
    const tokens: UserTokens = {
      user: auth.user,
      accessToken: async () => 'stale',
      refresh: async () => 'stale as well',
    };
    expect(await codeOf(ask(tokens))).toBe('SIGNED_OUT');
    expect(accounts.countOf('Totals')).toBe(2);
    expect(auth.signedIn.get()).toBe(true);
  });

  test('two tabs that share a store refresh once, each with an own lock on it', async () => {
    const first = await signedIn();
    const second = await open();
    accounts.expire();
    const tokens = await Promise.all([ask(first), ask(second)]);
    expect(accounts.countOf('Refresh')).toBe(1);
    expect(tokens[0]).toBe(tokens[1]);
  });

  /** Two tabs: an own object each over the same text, and the browser's locks between them. */
  function twoTabs(): { stores: SessionStore[]; locks: Locks } {
    let queue: Promise<unknown> = Promise.resolve();
    const locks: Locks = {
      request(_name, _options, work) {
        const result = queue.then(work);
        queue = result.catch(() => undefined);
        return result;
      },
    };
    const tab = (): SessionStore => ({
      load: () => sessions.load(),
      save: (session) => sessions.save(session),
      clear: () => sessions.clear(),
    });
    return { stores: [tab(), tab()], locks };
  }

  test('two tabs with a store of their own refresh once under the Web Lock', async () => {
    await signedIn();
    const { stores, locks } = twoTabs();
    const tabs = await Promise.all(stores.map((store) => open({ sessions: store, locks })));
    accounts.expire();
    await Promise.all(tabs.map((tab) => ask(tab)));
    expect(accounts.countOf('Refresh')).toBe(1);
  });

  test('without any lock two tabs refresh at once, get the same successor, and both go on', async () => {
    await signedIn();
    const { stores } = twoTabs();
    const tabs = await Promise.all(stores.map((store) => open({ sessions: store })));
    accounts.expire();
    const release = [accounts.hold(), accounts.hold(), accounts.hold(), accounts.hold()];
    const asking = tabs.map((tab) => ask(tab));
    await settle();
    for (const one of release) one();
    await Promise.all(asking);
    expect(accounts.countOf('Refresh')).toBe(2);
    accounts.expire();
    await Promise.all(tabs.map((tab) => ask(tab)));
    expect(tabs.map((tab) => tab.signedIn.get())).toEqual([true, true]);
  });

  test('a lock that a frozen tab holds is waited for one minute, not for ever', async () => {
    await signedIn();
    const frozen: Locks = {
      request: (_name, { signal }) =>
        new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted')))),
    };
    const auth = await open({ locks: frozen });
    accounts.expire();
    const asking = ask(auth);
    await clock.advance(59_000);
    expect(accounts.countOf('Refresh')).toBe(0);
    await clock.advance(2_000);
    await asking;
    expect(accounts.countOf('Refresh')).toBe(1);
    expect(clock.waiting).toBe(0);
  });

  test('a refresh whose answer is lost keeps the old refresh token, which is good for another', async () => {
    const auth = await signedIn();
    const before = await sessions.load();
    accounts.expire();
    accounts.line.push('answered', 'lost');
    expect(await codeOf(ask(auth))).toBe('NO_ANSWER');
    expect(await sessions.load()).toEqual(before);
    expect(auth.signedIn.get()).toBe(true);
    await ask(auth);
    accounts.expire();
    await ask(auth);
    expect(auth.signedIn.get()).toBe(true);
  });

  test('no network is not a sign-out', async () => {
    const auth = await signedIn();
    accounts.expire();
    for (let attempt = 0; attempt < 3; attempt++) {
      accounts.line.push('answered', 'unreachable');
      expect(await codeOf(ask(auth))).toBe('NO_ANSWER');
    }
    expect(auth.signedIn.get()).toBe(true);
    await ask(auth);
  });

  test('a device that was revoked is signed out, once, and may sign in again', async () => {
    const auth = await signedIn();
    accounts.revoke();
    expect(await codeOf(ask(auth))).toBe('SIGNED_OUT');
    expect(auth.signedIn.get()).toBe(false);
    expect(auth.user.get()).toBeNull();
    expect(await sessions.load()).toBeUndefined();
    expect(await codeOf(ask(auth))).toBe('SIGNED_OUT');
    expect(accounts.countOf('Refresh')).toBe(1);
    await auth.signIn(ADA);
    await ask(auth);
    expect(auth.signedIn.get()).toBe(true);
  });

  test('the token is refreshed before it ends, by its age, whatever the clock of the device says', async () => {
    for (const skewMs of [0, TEN_YEARS_MS, -TEN_YEARS_MS]) {
      accounts.skewMs = skewMs;
      const auth = await signedIn();
      accounts.asked.length = 0;
      await clock.advance(accounts.lifetimeMs * 0.89);
      await ask(auth);
      expect(accounts.asked).toEqual(['Totals']);
      await clock.advance(accounts.lifetimeMs * 0.02);
      await ask(auth);
      expect(accounts.asked).toEqual(['Totals', 'Refresh', 'Totals']);
      await ask(auth);
      expect(accounts.countOf('Refresh')).toBe(1);
    }
  });

  it.each([TEN_YEARS_MS, -TEN_YEARS_MS])('a clock that is set by %i ms costs at most one refresh', async (ms) => {
    const auth = await signedIn();
    clock.set(clock.now() + ms);
    await ask(auth);
    await ask(auth);
    expect(accounts.countOf('Refresh')).toBeLessThanOrEqual(1);
    accounts.expire();
    await ask(auth);
    expect(auth.signedIn.get()).toBe(true);
  });

  test('signing out ends the session at the server and here', async () => {
    const auth = await signedIn();
    await auth.signOut();
    expect(accounts.countOf('SignOut')).toBe(1);
    expect(auth.signedIn.get()).toBe(false);
    expect(await sessions.load()).toBeUndefined();
  });

  test('signing out without a network forgets the session all the same', async () => {
    const auth = await signedIn();
    accounts.line.push('unreachable');
    await auth.signOut();
    expect(auth.signedIn.get()).toBe(false);
    expect(await sessions.load()).toBeUndefined();
  });

  test('a refresh that a sign-out in another tab overtakes does not bring the session back', async () => {
    const auth = await signedIn();
    accounts.expire();
    const release = accounts.hold();
    const refreshing = codeOf(auth.refresh(await auth.accessToken()));
    await settle();
    await sessions.clear();
    release();
    expect(await refreshing).toBe('SIGNED_OUT');
    expect(await sessions.load()).toBeUndefined();
    expect(auth.signedIn.get()).toBe(false);
  });

  test('another user who signs in, in whatever tab, never gets this user’s entries', async () => {
    const auth = await signedIn();
    const tokens = tokensOf(auth);
    const before = await tokens.accessToken();
    const other = await open();
    await other.signIn({ ...ADA, username: 'bob' });
    expect(await codeOf(tokens.accessToken())).toBe('SIGNED_OUT');
    expect(await codeOf(tokens.refresh(before))).toBe('SIGNED_OUT');
    expect(accounts.countOf('Refresh')).toBe(0);
    await auth.signIn(ADA);
    expect(await codeOf(tokens.accessToken())).toBe('answered');
  });

  test('a transport that was opened before anybody signed in belongs to the first who does', async () => {
    const auth = await open();
    const tokens = tokensOf(auth);
    expect(await codeOf(tokens.accessToken())).toBe('SIGNED_OUT');
    await auth.signIn(ADA);
    await tokens.accessToken();
    await auth.signIn({ ...ADA, username: 'bob' });
    expect(await codeOf(tokens.accessToken())).toBe('SIGNED_OUT');
  });

  test('what another tab does is told at once where the store can tell it', async () => {
    let changed = (): void => undefined;
    let watchers = 0;
    const watched: SessionStore = {
      ...sessions,
      watch(listener) {
        watchers += 1;
        changed = listener;
        return () => void (watchers -= 1);
      },
    };
    const auth = await open({ sessions: watched });
    await (await open()).signIn(ADA);
    changed();
    await settle();
    expect(auth.signedIn.get()).toBe(true);
    auth.close();
    expect(watchers).toBe(0);
  });

  test('a storage that fails is told, and ends no session', async () => {
    const auth = await signedIn();
    const broken: SessionStore = { ...sessions, load: () => Promise.reject(new Error('disk')) };
    await expect(open({ sessions: broken })).rejects.toMatchObject({ name: 'TransportError', code: 'INTERNAL' });
    expect(auth.signedIn.get()).toBe(true);
  });

  it.each([null, '', '{', '7', 'null', '{"accessToken":"a"}', '{"accessToken":"a","refreshToken":"b","user":null}'])(
    'a stored text that is no session counts as none: %s',
    (text) => expect(sessionOf(text)).toBeUndefined(),
  );
});
