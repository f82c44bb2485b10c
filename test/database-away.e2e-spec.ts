import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Answer, Device } from './support/device.js';
import { saveContent, saveJournal } from './support/factories.js';
import { HeldTransaction, untilWaiting } from './support/held-transaction.js';
import { until } from './support/killable-server.js';
import { startTestServer, type TestServer } from './support/test-server.js';
import { openSocket } from './support/web-socket.js';

const PUSH = 'mutation ($input: PushInput!) { push(input: $input) { outcomes { status } } }';

describe('while the database is away', () => {
  let server: TestServer;
  let device: Device;
  /** Connected to another database, so that it outlives what is done to this one. */
  let outside: pg.Client;
  let name: string;
  beforeEach(async () => {
    server = await startTestServer({ databasePoolSize: 4 });
    device = await server.signUp();
    const url = new URL(server.database.superuserUrl);
    name = url.pathname.slice(1);
    outside = new pg.Client({ connectionString: Object.assign(url, { pathname: '/postgres' }).href });
    await outside.connect();
  });
  afterEach(async () => {
    await allow(true);
    await outside.end();
    await server.close();
  });

  const allow = (isAllowed: boolean) => outside.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${isAllowed}`);
  /** Ends every connection of the server, as a restart of PostgreSQL does. */
  const terminate = () =>
    outside.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1`, [name]);
  const terminateWaiting = () =>
    outside.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'`,
      [name],
    );
  const health = async () => (await fetch(`${server.url}/health`)).status;

  const push = (mutations: object[]) => device.send(PUSH, { input: { deviceId: 'device-a', mutations } });
  const requests: (() => Promise<Answer>)[] = [
    () => device.send('{ me { id } }'),
    () => device.send('{ journalChanges { lastTimestamp } contentChanges { lastTimestamp } }'),
    () => device.send('{ syncStatus { epoch journalCount } }'),
    () => push([saveJournal(), saveContent()]),
    () =>
      device.send('mutation ($input: SaveJournalInput!) { saveJournal(input: $input) { id } }', {
        input: saveJournal().saveJournal,
      }),
    () =>
      device.send('mutation ($token: String!) { refreshSession(refreshToken: $token) { expiresAt } }', {
        token: device.tokens.refreshToken,
      }),
    () =>
      device.send('mutation ($input: SignInInput!) { signIn(input: $input) { expiresAt } }', {
        input: { username: device.user.username, password: 'a good password', deviceId: 'tablet' },
      }),
    () =>
      device.send('mutation ($input: SignUpInput!) { signUp(input: $input) { expiresAt } }', {
        input: { username: `name-${Math.random()}`, password: 'a good password', deviceId: 'phone' },
      }),
  ];

  function expectUnavailable({ status, headers, data, errors }: Answer): void {
    expect({ status, code: errors?.[0]?.extensions.code }).toEqual({ status: 503, code: 'UNAVAILABLE' });
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(data ?? null).toBeNull();
    expect(errors?.[0]?.message).not.toMatch(/terminat|ECONN|pg_|administrator|accepting/i);
  }

  /** A good answer or "try again", nothing else. */
  function expectGoodOrUnavailable(answer: Answer): void {
    if (answer.status === 200 && answer.errors === undefined) return;
    if (answer.status === 200) {
      // Root fields that were answered before the connection went.
      expect(new Set(answer.errors?.map(({ extensions }) => extensions.code))).toEqual(new Set(['UNAVAILABLE']));
    } else expectUnavailable(answer);
  }

  it('a restart between requests is not noticed: the pool throws dead connections away', async () => {
    for (let restart = 0; restart < 3; restart += 1) {
      await Promise.all(requests.map((request) => request()));
      await terminate();
      await until('the server answers again', async () => {
        const answer = await device.send('{ me { id } }');
        expectGoodOrUnavailable(answer);
        return answer.status === 200;
      });
      for (const answer of await Promise.all(requests.map((request) => request()))) {
        expect([answer.status, answer.errors]).toEqual([200, undefined]);
      }
    }
  });

  it('a restart while requests run: each is answered, or 503 with Retry-After, and never 500', async () => {
    let isOver = false;
    const answers: Answer[] = [];
    const busy = requests.map(async (request) => {
      while (!isOver) {
        const answer = await request();
        expectGoodOrUnavailable(answer);
        answers.push(answer);
      }
    });
    for (let restart = 0; restart < 12; restart += 1) {
      const enough = answers.length + requests.length;
      await terminate();
      await until('requests were answered meanwhile', () => answers.length >= enough, 5);
    }
    isOver = true;
    await Promise.all(busy);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    expect((await device.send('{ me { id } }')).status).toBe(200);
  });

  it('requests whose connection is cut while they wait in the database get 503', async () => {
    const tables = 'LOCK TABLE user_clock, users, sessions IN ACCESS EXCLUSIVE MODE';
    const held = await HeldTransaction.by(await server.connect(), tables);
    // Those that need one connection each, as many as the pool has.
    const asked = requests.filter((_, index) => [0, 2, 3, 4].includes(index)).map((request) => request());
    await untilWaiting(await server.connect(), 4, Promise.all(asked));
    await terminateWaiting();
    for (const answer of await Promise.all(asked)) expectUnavailable(answer);
    await held.release();
    expect((await device.send('{ me { id } }')).status).toBe(200);
  });

  it('while nobody can connect everything is 503, also /health; afterwards everything is as before', async () => {
    expect(await health()).toBe(200);
    await push([saveJournal()]);
    await allow(false);
    await terminate();
    for (const request of requests) expectUnavailable(await request());
    expect(await health()).toBe(503);
    for (const answer of await Promise.all(requests.map((request) => request()))) expectUnavailable(answer);
    // What needs no database is still decided.
    expect((await device.send('{ nothing }')).status).toBe(400);
    const forged = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer x.y.z' },
      body: JSON.stringify({ query: '{ me { id } }' }),
    });
    expect(forged.status).toBe(401);

    await allow(true);
    await until('the server is healthy', async () => (await health()) === 200);
    for (const request of requests) expect((await request()).status).toBe(200);
    expect((await device.pull('journalChanges')).rows.length).toBeGreaterThan(0);
  });

  it('pokes come back with the database, and sign-outs of another process are heard of', async () => {
    const other = await startTestServer({}, server.database);
    try {
      const tablet = await device.another('tablet');
      const watch = await device.another('watch');
      const socket = await openSocket(server.url, tablet.tokens.accessToken);
      const subscription = socket.subscribe();
      await until('the first poke is there', async () => {
        await push([saveContent()]);
        return subscription.pokes.length > 0;
      });

      await allow(false);
      await terminate();
      expectUnavailable(await push([saveContent()]));
      // The session ends where this process cannot hear of it.
      await allow(true);
      await until('the other server is healthy', async () => (await fetch(`${other.url}/health`)).status === 200);
      await watch.at(other.url).data('mutation { signOut }');
      await until('this process knows', async () => (await watch.send('{ me { id } }')).status === 401);

      const already = subscription.pokes.length;
      await until('a poke comes again', async () => {
        await push([saveContent()]);
        return subscription.pokes.length > already;
      });
      await socket.close();
    } finally {
      await other.close();
    }
  });

  it('a push cut between write and commit leaves nothing, and sent again it is applied once', async () => {
    const items = [saveJournal(), saveContent(), saveContent()];
    const last = items[2] as ReturnType<typeof saveContent>;
    const before = await device.pull('journalChanges');
    const holder = await server.connect();
    const held = await HeldTransaction.onReceipt(holder, device.user.id, last.saveContent.mutationId);
    const pushing = push(items);
    await untilWaiting(await server.connect(), 1, pushing);
    await terminateWaiting();
    expectUnavailable(await pushing);
    await held.release();

    expect((await device.pull('journalChanges')).rows).toEqual(before.rows);
    expect((await device.pull('contentChanges')).rows).toEqual([]);
    const receipts = 'SELECT FROM mutations WHERE user_id = $1';
    expect(await server.sql(receipts, [device.user.id])).toHaveLength(0);

    const statuses = async () => (await device.push(items)).map(({ status }) => status);
    expect(await statuses()).toEqual(['APPLIED', 'APPLIED', 'APPLIED']);
    expect(await statuses()).toEqual(['DUPLICATE', 'DUPLICATE', 'DUPLICATE']);
    expect((await device.pull('contentChanges')).rows).toHaveLength(2);
    expect(await server.sql(receipts, [device.user.id])).toHaveLength(3);
  });

  it('a push whose commit went through but whose answer was lost is settled by its receipts', async () => {
    const items = [saveJournal(), saveContent()];
    const holder = await server.connect();
    const observer = await server.connect();
    // The user's clock is held, so that the device is certain to be gone before the write begins.
    const held = await HeldTransaction.onClock(holder, device.user.id);
    const gone = new AbortController();
    const pushing = fetch(`${server.url}/graphql`, {
      method: 'POST',
      signal: gone.signal,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${device.tokens.accessToken}` },
      body: JSON.stringify({ query: PUSH, variables: { input: { deviceId: 'device-a', mutations: items } } }),
    }).catch(() => undefined);
    await untilWaiting(observer, 1, pushing);
    gone.abort();
    await pushing;
    await held.release();
    await until('it is committed', async () => (await device.pull('contentChanges')).rows.length === 1);
    expect((await device.push(items)).map(({ status }) => status)).toEqual(['DUPLICATE', 'DUPLICATE']);
    expect((await device.pull('contentChanges')).rows).toHaveLength(1);
  });

  it('a statement that takes too long is 503 as well, and its connection is used again', async () => {
    const hasty = await startTestServer({ operationSeconds: 1, databasePoolSize: 1 }, server.database);
    try {
      const held = await HeldTransaction.onClock(await server.connect(), device.user.id);
      const input = { deviceId: 'device-a', mutations: [saveContent()] };
      expectUnavailable(await device.at(hasty.url).send(PUSH, { input }));
      await held.release();
      await until('the push goes through', async () => {
        const answer = await device.at(hasty.url).send(PUSH, { input });
        expectGoodOrUnavailable(answer);
        return answer.status === 200;
      });
    } finally {
      await hasty.close();
    }
  });
});
