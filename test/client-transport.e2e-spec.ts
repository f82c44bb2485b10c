import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import WebSocket from 'ws';
import {
  graphqlTransport,
  mutationBytes,
  PUSH_BYTES,
  type Body,
  type Fetch,
  type FrozenMutation,
  type PullRequest,
  type PushResult,
  type RowType,
  type Transport,
} from '@logdate/client';
import { pokes } from '@logdate/client/pokes';
import { memorySessions, openAuth, type AuthSession, type SessionStore } from '@logdate/client/session';
import { serverTotals, type ServerTotals } from '@logdate/client/server-totals';
import { send } from './support/device.js';
import { until } from './support/killable-server.js';
import { startTestServer, type TestServer } from './support/test-server.js';

interface Phone {
  auth: AuthSession;
  transport: Transport;
  totals: () => Promise<ServerTotals>;
  deviceId: string;
  username: string;
  sessions: SessionStore;
  line: WatchedLine;
}

/** Counts what goes over the line, and loses answers. */
class WatchedLine {
  readonly asked: string[] = [];
  /** Whose answer is lost next: it has been done, and nobody knows. */
  loses: string | undefined;

  readonly fetch: Fetch = async (url, init) => {
    const name = /(?:mutation|query) (\w+)/.exec(init?.body as string)?.[1] ?? '';
    this.asked.push(name);
    const response = await fetch(url, init);
    if (name !== this.loses) return response;
    this.loses = undefined;
    await response.text();
    throw new TypeError('terminated');
  };

  countOf(name: string): number {
    return this.asked.filter((one) => one === name).length;
  }
}

const PASSWORD = 'a good password';
const never = new AbortController().signal;
const FROM_THE_START: PullRequest = {
  since: { journal: 0, content: 0, association: 0, media: 0 },
  limit: 500,
  withDeletions: true,
};

const upsert = (type: RowType, body: Body, more: Partial<FrozenMutation> = {}): FrozenMutation => ({
  mutationId: randomUUID(),
  type,
  id: randomUUID(),
  op: 'UPSERT',
  body,
  clientUpdatedAt: 5_000,
  version: { absent: true },
  ...more,
});
const content = (words: string, more: Partial<FrozenMutation> = {}) =>
  upsert(
    'content',
    { type: 'TEXT', content: words, mediaUri: null, durationMs: 0, createdAt: -9_000_000_000_000 },
    more,
  );
const JOURNAL = { title: 'Garden', description: '', createdAt: 7 };
const deletion = (type: RowType, id: string, version: FrozenMutation['version']): FrozenMutation => ({
  ...upsert(type, {}),
  id,
  op: 'DELETE',
  body: null,
  version,
});

describe('the GraphQL transport against the server', () => {
  let server: TestServer;
  beforeAll(async () => void (server = await startTestServer()));
  afterAll(() => server.close());

  async function device(deviceId = 'phone', username = `user-${randomUUID()}`): Promise<Phone> {
    const sessions = memorySessions();
    const line = new WatchedLine();
    const auth = await openAuth({ url: server.url, sessions, fetch: line.fetch });
    await auth.signUp({ username, password: PASSWORD, deviceId });
    const transport = graphqlTransport({
      url: server.url,
      auth,
      fetch: line.fetch,
      pokes: pokes({ webSocket: WebSocket }),
    });
    const totals = () => serverTotals({ url: server.url, auth, fetch: line.fetch });
    return { auth, transport, totals, deviceId, username, sessions, line };
  }
  /** Another device of the same user. */
  async function another(of: Phone, deviceId: string): Promise<Phone> {
    const { username } = of;
    const sessions = memorySessions();
    const line = new WatchedLine();
    const auth = await openAuth({ url: server.url, sessions, fetch: line.fetch });
    await auth.signIn({ username, password: PASSWORD, deviceId, deviceName: 'My other one' });
    const transport = graphqlTransport({
      url: server.url,
      auth,
      fetch: line.fetch,
      pokes: pokes({ webSocket: WebSocket }),
    });
    const totals = () => serverTotals({ url: server.url, auth, fetch: line.fetch });
    return { auth, transport, totals, deviceId, username, sessions, line };
  }
  const push = ({ transport, deviceId }: Phone, mutations: FrozenMutation[], epoch: string | null = null) =>
    transport.push({ deviceId, epoch, mutations }, never);

  it('what is pushed comes back by a pull, of every kind, in one request each', async () => {
    const phone = await device();
    const journal = upsert('journal', { title: 'Garden', description: 'Beans', createdAt: 7 });
    const entry = content('It rained. 🌧');
    const link = upsert('association', { journalId: journal.id, contentId: entry.id, createdAt: 8 });
    const joined: FrozenMutation = { ...link, id: `${journal.id}:${entry.id}` };
    const result: PushResult = await push(phone, [journal, entry, joined]);
    expect(result.outcomes.map(({ status }) => status)).toEqual(['APPLIED', 'APPLIED', 'APPLIED']);

    const pages = await phone.transport.pull(FROM_THE_START, never);
    const rows = Object.values(pages).flatMap((page) => page.rows);
    expect(rows.map(({ type, id, body, status }) => ({ type, id, body, status }))).toEqual(
      [journal, entry, joined].map(({ type, id, body }) => ({ type, id, body, status: 'live' })),
    );
    expect(rows.map(({ version, updatedAt, mutationId }) => ({ version, updatedAt, mutationId }))).toEqual(
      result.outcomes.map(({ version, updatedAt, mutationId }) => ({ version, updatedAt, mutationId })),
    );
    expect(rows.every((row) => row.deviceId === 'phone' && row.clientUpdatedAt === 5_000)).toBe(true);
    expect(pages.content).toMatchObject({ hasMore: false, remaining: 0, epoch: result.epoch });
    const none = { media: 0, pendingUploads: 0, storageBytes: 0 };
    expect(await phone.totals()).toEqual({ journals: 1, entries: 1, links: 1, ...none });
  });

  it('tombstones and rows of a page come together in the order of the server', async () => {
    const phone = await device();
    const [first, second] = [content('One.'), content('Two.')];
    await push(phone, [first, second]);
    await push(phone, [deletion('content', first.id, { none: true }), content('Three.')]);
    const { content: page } = await phone.transport.pull({ ...FROM_THE_START, since: { content: 0 } }, never);
    expect(page?.rows.map(({ status }) => status)).toEqual(['live', 'deleted', 'live']);
    expect(page?.rows[1]).toMatchObject({ id: first.id, body: null });
  });

  it('a page at a time, each feed from its own cursor, tells how many are left', async () => {
    const phone = await device();
    await push(phone, [content('One.'), content('Two.'), content('Three.'), upsert('journal', JOURNAL)]);
    const words: unknown[] = [];
    let since = 0;
    for (const remaining of [2, 1, 0]) {
      const { content: page, journal } = await phone.transport.pull(
        { since: { content: since }, limit: 1, withDeletions: false },
        never,
      );
      expect(journal).toBeUndefined();
      expect(page).toMatchObject({ remaining, hasMore: remaining > 0 });
      words.push(...(page?.rows ?? []).map(({ body }) => body?.['content']));
      since = page?.lastTimestamp ?? 0;
    }
    expect(words).toEqual(['One.', 'Two.', 'Three.']);
  });

  it('every status of an outcome, with the row as it is now', async () => {
    const phone = await device();
    const first = content('First.');
    await push(phone, [first]);
    const result = await push(phone, [
      first,
      content('Stale.', { id: first.id, version: { known: 1 } }),
      content('Gone.', { version: { known: 1 } }),
      upsert('journal', { ...JOURNAL, title: 'x'.repeat(501) }),
      deletion('association', `${randomUUID()}:${randomUUID()}`, { none: true }),
      deletion('media', randomUUID(), { none: true }),
    ]);
    expect(result.outcomes.map(({ status, code }) => [status, code])).toEqual([
      ['DUPLICATE', null],
      ['CONFLICT', null],
      ['CONFLICT', null],
      ['REJECTED', 'BAD_USER_INPUT'],
      ['APPLIED', null],
      ['APPLIED', null],
    ]);
    const [again, stale, gone] = result.outcomes;
    expect(again).toMatchObject({ version: again?.current?.version, current: { body: first.body, id: first.id } });
    expect(stale?.current).toEqual(again?.current);
    expect(gone?.current).toBeNull();
  });

  it('another epoch, another user’s row and too much at once are told by their codes', async () => {
    const phone = await device();
    const stranger = await device();
    const entry = content('Mine.');
    const { epoch } = await push(phone, [entry]);
    await expect(push(phone, [entry], randomUUID())).rejects.toMatchObject({ code: 'EPOCH_CHANGED' });
    const { outcomes } = await push(stranger, [content('Not mine.', { id: entry.id })], epoch);
    expect(outcomes[0]).toMatchObject({ status: 'REJECTED', code: 'FORBIDDEN' });
    await expect(phone.transport.pull({ ...FROM_THE_START, since: { content: 2 ** 50 } }, never)).rejects.toMatchObject(
      {
        code: 'EPOCH_CHANGED',
      },
    );
    const large = Array.from({ length: 5 }, () => content('x'.repeat(1_000_000)));
    await expect(push(phone, large)).rejects.toMatchObject({ code: 'TOO_LARGE', details: { limit: 4 * 1024 * 1024 } });
  });

  it('a push that is as large as it may be goes through', async () => {
    const phone = await device();
    const mutations = Array.from({ length: 3 }, () => content('x'.repeat(1_048_576)));
    const room = PUSH_BYTES - mutations.reduce((sum, mutation) => sum + mutationBytes(mutation), 0);
    const last = content('');
    const filled = { ...last, body: { ...last.body, content: 'x'.repeat(room - mutationBytes(last)) } };
    const { outcomes } = await push(phone, [...mutations, filled]);
    expect(outcomes.map(({ status }) => status)).toEqual(['APPLIED', 'APPLIED', 'APPLIED', 'APPLIED']);
  });

  it('an answer that is lost does no harm: the same mutation again is a duplicate', async () => {
    const phone = await device();
    const entry = content('Once.');
    phone.line.loses = 'Push';
    await expect(push(phone, [entry])).rejects.toMatchObject({ code: 'NO_ANSWER' });
    expect((await push(phone, [entry])).outcomes[0]).toMatchObject({ status: 'DUPLICATE' });
    expect((await phone.totals()).entries).toBe(1);
  });

  it('a name that is taken and a wrong password are told by their codes, and nobody is signed in', async () => {
    const { username } = await device();
    const auth = await openAuth({ url: server.url, sessions: memorySessions() });
    const given = { username, password: 'another password', deviceId: 'tablet' };
    await expect(auth.signUp(given)).rejects.toMatchObject({ name: 'TransportError', code: 'BAD_USER_INPUT' });
    await expect(auth.signIn(given)).rejects.toMatchObject({ name: 'TransportError', code: 'UNAUTHENTICATED' });
    expect(auth.signedIn.get()).toBe(false);
  });

  it('a token that ends in mid-sync is refreshed by its first refusal, and the push goes on', async () => {
    const hasty = await startTestServer({ accessTokenSeconds: 1 }, server.database);
    const sessions = memorySessions();
    // Its clock stands: by its own age the token would last for ever.
    const clock = { now: () => 0, after: () => () => undefined };
    const auth = await openAuth({ url: hasty.url, sessions, clock });
    await auth.signUp({ username: `user-${randomUUID()}`, password: PASSWORD, deviceId: 'phone' });
    const line = new WatchedLine();
    const transport = graphqlTransport({ url: hasty.url, auth, fetch: line.fetch });
    await transport.push({ deviceId: 'phone', epoch: null, mutations: [content('Before.')] }, never);
    const authorization = `Bearer ${await auth.accessToken()}`;
    await until(
      'the token has ended',
      async () => (await send(hasty.url, '{ me { id } }', {}, { authorization })).status === 401,
    );
    line.asked.length = 0;
    await transport.push({ deviceId: 'phone', epoch: null, mutations: [content('After.')] }, never);
    expect(line.asked).toEqual(['Push', 'Push']);
    expect(`Bearer ${await auth.accessToken()}`).not.toBe(authorization);
    await hasty.close();
  });

  it('two tabs that are refused at once make exactly one refresh', async () => {
    const phone = await device();
    await forge(phone.sessions);
    const line = new WatchedLine();
    const tabs = await Promise.all(
      [1, 2].map(() => openAuth({ url: server.url, sessions: phone.sessions, fetch: line.fetch })),
    );
    const ask = (auth: AuthSession) => serverTotals({ url: server.url, auth, fetch: line.fetch });
    await Promise.all(tabs.flatMap((auth) => [ask(auth), ask(auth)]));
    expect(line.countOf('Refresh')).toBe(1);
    expect(tabs.map((auth) => auth.signedIn.get())).toEqual([true, true]);
  });

  it('a refresh whose answer is lost is made again, as often as it takes', async () => {
    const phone = await device();
    const before = await phone.sessions.load();
    for (let round = 0; round < 3; round++) {
      await forge(phone.sessions);
      phone.line.loses = 'Refresh';
      await expect(phone.totals()).rejects.toMatchObject({ code: 'NO_ANSWER' });
      expect(phone.auth.signedIn.get()).toBe(true);
      await phone.totals();
    }
    expect((await phone.sessions.load())?.refreshToken).not.toBe(before?.refreshToken);
    expect(phone.line.countOf('Refresh')).toBe(6);
  });

  it('a device whose token was stolen and used is signed out, and may sign in again', async () => {
    const phone = await device();
    const stolen = (await phone.sessions.load())?.refreshToken;
    for (let round = 0; round < 2; round++) {
      await forge(phone.sessions);
      await phone.totals();
    }
    // Spent long ago: two parties hold the session, so the server ends it.
    const document = 'mutation Refresh($token: String!) { refreshSession(refreshToken: $token) { expiresAt } }';
    expect((await send(server.url, document, { token: stolen })).status).toBe(401);
    await expect(push(phone, [content('Kept.')])).rejects.toMatchObject({ code: 'SIGNED_OUT' });
    expect(phone.auth.signedIn.get()).toBe(false);
    expect(await phone.sessions.load()).toBeUndefined();
    await phone.auth.signIn({ username: phone.username, password: PASSWORD, deviceId: 'phone' });
    expect((await push(phone, [content('Sent.')])).outcomes[0]?.status).toBe('APPLIED');
  });

  it('after signing out the token is worth nothing, here and at the server', async () => {
    const phone = await device();
    const authorization = `Bearer ${await phone.auth.accessToken()}`;
    await phone.auth.signOut();
    expect((await send(server.url, '{ me { id } }', {}, { authorization })).status).toBe(401);
    await expect(phone.totals()).rejects.toMatchObject({ code: 'SIGNED_OUT' });
  });

  it('a device is poked for what another one wrote, again after its token was refused, and not once it stopped', async () => {
    const phone = await device();
    const tablet = await another(phone, 'tablet');
    await forge(tablet.sessions);
    let poked = 0;
    const stop = tablet.transport.listen?.(() => void (poked += 1));
    // Connected, refused, and connected with a new token: each time something may have come.
    await until('it has a new token', () => tablet.line.countOf('Refresh') === 1);
    await until('it is poked', async () => {
      await push(phone, [content('News.')]);
      return poked >= 3;
    });
    stop?.();
    const already = poked;
    const watch = await another(phone, 'watch');
    let told = 0;
    const stopWatch = watch.transport.listen?.(() => void (told += 1));
    await until('another device is poked', async () => {
      await push(phone, [content('More news.')]);
      return told >= 2;
    });
    stopWatch?.();
    expect(poked).toBe(already);
  });
});

/** Makes the stored access token one that the server refuses. */
async function forge(sessions: SessionStore): Promise<void> {
  const session = await sessions.load();
  if (session) await sessions.save({ ...session, accessToken: `forged ${randomUUID()}` });
}
