import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { send, type Device } from './support/device.js';
import { saveContent, saveJournal } from './support/factories.js';
import { HeldTransaction, untilWaiting } from './support/held-transaction.js';
import { until } from './support/killable-server.js';
import { startTestServer, type TestServer } from './support/test-server.js';
import { openSocket, socketOf, untilListening, type Socket, type Subscription } from './support/web-socket.js';

const SAVE = 'mutation ($input: SaveJournalInput!) { saveJournal(input: $input) { updatedAt } }';

describe('pokes', () => {
  let server: TestServer;
  let other: TestServer;
  let observer: pg.Client;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    server = await startTestServer();
    other = await startTestServer({}, server.database);
    observer = await server.connect();
  });
  afterAll(async () => {
    await Promise.all(sockets.map((socket) => socket.close()));
    await other.close();
    await server.close();
  });

  /** Subscribes a device, and waits until it is told: a further device of the user writes for that. */
  async function listen(device: Device, url = server.url): Promise<Subscription> {
    const socket = await openSocket(url, device.tokens.accessToken);
    sockets.push(socket);
    const subscription = socket.subscribe();
    const writer = await device.another('the one that wakes');
    await untilListening(subscription, () => writer.push([saveContent()]));
    return subscription;
  }

  /** What came after `work`, up to and with the poke of a write that is certain to come. */
  async function pokesOf(subscription: Subscription, device: Device, work: () => Promise<unknown>) {
    const already = subscription.pokes.length;
    await work();
    const last = await (await device.another('the one that ends')).pushed([saveContent()]);
    await until('the last poke is there', () => subscription.pokes.at(-1)?.headTimestamp === last.headTimestamp);
    return subscription.pokes.slice(already, -1).filter((poke) => poke.deviceId !== 'the one that wakes');
  }

  it('a write is told to another device of the user: the head of the feeds and who wrote', async () => {
    const phone = await server.signUp('phone');
    const tablet = await phone.another('tablet');
    const subscription = await listen(tablet);
    let headTimestamp = 0;
    const pokes = await pokesOf(subscription, phone, async () => {
      ({ headTimestamp } = await phone.pushed([saveContent(), saveJournal()]));
    });
    expect(pokes).toEqual([{ headTimestamp, deviceId: 'phone' }]);
    expect((await tablet.page('contentChanges')).epoch).toBeDefined();
    expect((await tablet.page('journalChanges')).lastTimestamp).toBe(headTimestamp);
  });

  it('a device at another server process is told too, also of a single mutation', async () => {
    const phone = await server.signUp('phone');
    const subscription = await listen(await phone.another('tablet'), other.url);
    const pokes = await pokesOf(subscription, phone, () => phone.data(SAVE, { input: saveJournal().saveJournal }));
    expect(pokes.map(({ deviceId }) => deviceId)).toEqual(['phone']);
  });

  it('the device that wrote is told nothing, at whatever process it listens', async () => {
    const phone = await server.signUp('phone');
    for (const url of [server.url, other.url]) {
      const subscription = await listen(phone, url);
      expect(await pokesOf(subscription, phone, () => phone.push([saveContent()]))).toEqual([]);
    }
  });

  it('another user is told nothing', async () => {
    const phone = await server.signUp('phone');
    const stranger = await server.signUp('tablet');
    const subscription = await listen(stranger);
    expect(await pokesOf(subscription, stranger, () => phone.push([saveContent()]))).toEqual([]);
  });

  it('nobody is told of what changed nothing: a conflict, a rejection, a retry, a failed request', async () => {
    const phone = await server.signUp('phone');
    const sent = saveContent();
    await phone.push([sent]);
    const subscription = await listen(await phone.another('tablet'), other.url);
    const pokes = await pokesOf(subscription, phone, async () => {
      const outcomes = await phone.push([
        sent,
        saveContent({ version: { known: 1 } }),
        saveContent({ id: 'none' }),
        saveContent({ id: sent.saveContent.id, version: { absent: true }, content: 'Another day.' }),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['DUPLICATE', 'CONFLICT', 'REJECTED', 'CONFLICT']);
      const input = { deviceId: 'phone', epoch: '00000000-0000-0000-0000-000000000000', mutations: [saveContent()] };
      const refused = await phone.send('mutation ($input: PushInput!) { push(input: $input) { epoch } }', { input });
      expect(refused.status).toBe(409);
    });
    expect(pokes).toEqual([]);
  });

  it('nobody is told before the commit, nor of a push that was rolled back', async () => {
    const phone = await server.signUp('phone');
    const subscription = await listen(await phone.another('tablet'), other.url);
    const item = saveContent();
    const pokes = await pokesOf(subscription, phone, async () => {
      const holder = await server.connect();
      const held = await HeldTransaction.onReceipt(holder, phone.user.id, item.saveContent.mutationId);
      const input = { deviceId: 'phone', mutations: [item] };
      const pushing = phone.send('mutation ($input: PushInput!) { push(input: $input) { epoch } }', { input });
      await untilWaiting(observer, 1, pushing);
      await observer.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      expect((await pushing).status).toBe(503);
      await held.release();
    });
    expect(pokes).toEqual([]);
  });

  it('after signing out a device is told nothing more, and its subscription ends', async () => {
    const phone = await server.signUp('phone');
    const tablet = await phone.another('tablet');
    const there = await listen(tablet, other.url);
    const watch = await listen(await phone.another('watch'), other.url);
    await tablet.data('mutation { signOut }');
    await until('the subscription has ended', () => there.hasEnded());
    const already = there.pokes.length;
    await pokesOf(watch, phone, () => phone.push([saveContent()]));
    expect(there.pokes).toHaveLength(already);
    expect(watch.hasEnded()).toBe(false);
  });

  it('a subscription ends when its access token ends; with a new token it is opened again', async () => {
    const hasty = await startTestServer({ accessTokenSeconds: 5 }, server.database);
    const tablet = await hasty.signUp('tablet');
    const subscription = await listen(tablet, hasty.url);
    expect(subscription.hasEnded()).toBe(false);
    await until('the subscription has ended', () => subscription.hasEnded());
    expect(Date.now()).toBeGreaterThanOrEqual(tablet.tokens.expiresAt);
    expect(subscription.failure()).toBeUndefined();

    // The token that has ended opens no other.
    const stale = socketOf(hasty.url, { authorization: `Bearer ${tablet.tokens.accessToken}` });
    sockets.push(stale);
    expect((await stale.failureOf('subscription { changed { deviceId } }'))[0]?.extensions.code).toBe(
      'UNAUTHENTICATED',
    );
    const { data } = await send(
      hasty.url,
      'mutation ($token: String!) { refreshSession(refreshToken: $token) { accessToken } }',
      {
        token: tablet.tokens.refreshToken,
      },
    );
    const fresh = await openSocket(hasty.url, data.refreshSession.accessToken);
    sockets.push(fresh);
    const again = fresh.subscribe();
    const phone = await tablet.another('phone');
    await untilListening(again, () => phone.at(server.url).push([saveContent()]));
    await hasty.close();
  });

  it.each(['authorization', 'Authorization', 'AUTHORIZATION'])(
    'the token is taken from connectionParams.%s',
    async (name) => {
      const phone = await server.signUp('phone');
      const socket = await openSocket(server.url, phone.tokens.accessToken, name);
      sockets.push(socket);
      const subscription = socket.subscribe();
      const tablet = await phone.another('tablet');
      await untilListening(subscription, () => tablet.push([saveContent()]));
      expect(subscription.pokes[0]?.deviceId).toBe('tablet');
    },
  );

  it.each<[string, Record<string, unknown>]>([
    ['no token', {}],
    ['a token that is no text', { authorization: 7 }],
    ['a token that is null', { authorization: null }],
  ])('a connection with %s is closed at once', async (_, connectionParams) => {
    const socket = socketOf(server.url, connectionParams);
    sockets.push(socket);
    const subscription = socket.subscribe();
    await until('it has ended', () => subscription.hasEnded());
    expect(subscription.failure()).toMatchObject({ code: 4403 });
    expect(subscription.pokes).toEqual([]);
  });

  it('a forged token opens no subscription', async () => {
    const socket = await openSocket(server.url, 'forged.token.here');
    sockets.push(socket);
    const errors = await socket.failureOf('subscription { changed { deviceId } }');
    expect(errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });

  it('when the connection that listens is lost it comes back, and pokes with it', async () => {
    const phone = await server.signUp('phone');
    const subscription = await listen(await phone.another('tablet'), other.url);
    const [{ count } = { count: 0 }] = await server.sql<{ count: number }>(
      `SELECT count(pg_terminate_backend(pid))::int AS count FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'logdate-cloud listener'`,
    );
    expect(count).toBeGreaterThanOrEqual(2);
    const already = subscription.pokes.length;
    await until('a poke comes again', async () => {
      await phone.push([saveContent()]);
      return subscription.pokes.length > already;
    });
    expect(subscription.hasEnded()).toBe(false);
  });

  it('a sign-out while nobody could listen is known once the connection is back', async () => {
    const phone = await server.signUp('phone');
    const isRefusedThere = async () => (await phone.at(other.url).send('{ me { id } }')).status === 401;
    expect(await isRefusedThere()).toBe(false);
    await server.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'logdate-cloud listener'`,
    );
    await phone.data('mutation { signOut }');
    await until('the other process knows', isRefusedThere);
  });
});
