/** Who is told of a write by the subscription, and who is refused one. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { rowsOf, type Device } from './support/device.js';
import { saveJournal } from './support/factories.js';
import { startTestServer, type TestServer } from './support/test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

describe('the subscription', () => {
  const clients: Client[] = [];
  afterAll(async () => {
    for (const client of clients) await client.dispose();
  });

  const connect = (connectionParams: Record<string, unknown>): Client => {
    const client = createClient({
      url: `${server.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams,
      retryAttempts: 0,
    });
    clients.push(client);
    return client;
  };
  const subscribe = (client: Client) =>
    client.iterate<{ changed: { headTimestamp: number; deviceId: string } }>({
      query: 'subscription { changed { headTimestamp deviceId } }',
    });
  const asDevice = ({ tokens }: Device): Client => connect({ authorization: `Bearer ${tokens.accessToken}` });

  /** The pokes that a device hears, from the moment that it is known to listen. */
  async function listen(device: Device): Promise<{ next(): Promise<{ headTimestamp: number; deviceId: string }> }> {
    const pokes = subscribe(asDevice(device));
    const next = async () => (await pokes.next()).value!.data!.changed;
    // graphql-ws does not say when a subscription stands: somebody else knocks until it is heard.
    let isHeard = false;
    const first = next().finally(() => (isHeard = true));
    while (!isHeard) {
      await device.push([saveJournal({ deviceId: 'knocking' })]);
      await Promise.race([first, delay(50)]);
    }
    return {
      async next() {
        for (;;) {
          const poke = await next();
          if (poke.deviceId !== 'knocking') return poke;
        }
      },
    };
  }

  it('refuses a connection without a token', async () => {
    for (const params of [{}, { token: 'x' }, { authorization: 5 }]) {
      await expect(subscribe(connect(params)).next()).rejects.toMatchObject({ code: 4403 });
    }
  });

  it('refuses a subscription with a token that is not valid, and one whose session ended', async () => {
    const device = await server.signUp();
    await device.data('mutation { signOut }');
    for (const authorization of ['Bearer nonsense', 'nonsense', '', `Bearer ${device.tokens.accessToken}`]) {
      const answer = subscribe(connect({ authorization }))
        .next()
        .then(
          ({ value }) => (value as { errors?: readonly unknown[] } | undefined)?.errors,
          (errors: unknown) => errors,
        );
      expect(JSON.parse(JSON.stringify(await answer))).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    }
  });

  it('pokes another device of the same user, never the writer and never another user', async () => {
    const phone = await server.signUp('phone');
    const tablet = await phone.another('tablet');
    const stranger = await server.signUp('phone');
    const strangersTablet = await stranger.another('tablet');
    const [atPhone, atTablet, atStranger] = [await listen(phone), await listen(tablet), await listen(strangersTablet)];

    // Pokes come in the order of the writes. Whoever hears first of a later write has not heard of an earlier one.
    const byPhone = await phone.pushed([saveJournal()]);
    expect(await atTablet.next()).toEqual({ headTimestamp: byPhone.headTimestamp, deviceId: 'phone' });
    const byTablet = await tablet.pushed([saveJournal()]);
    expect(await atPhone.next()).toEqual({ headTimestamp: byTablet.headTimestamp, deviceId: 'tablet' });
    const byStranger = await stranger.pushed([saveJournal()]);
    expect(await atStranger.next()).toEqual({ headTimestamp: byStranger.headTimestamp, deviceId: 'phone' });

    // What was written before the poke is there to be pulled after it.
    expect(rowsOf(await tablet.page('journalChanges', { since: byPhone.headTimestamp - 1 }))[0]).toMatchObject({
      updatedAt: byPhone.headTimestamp,
    });
  });

  it('says nothing of a push that wrote nothing', async () => {
    const phone = await server.signUp('phone');
    const tablet = await phone.another('tablet');
    const mutation = saveJournal();
    await phone.push([mutation]);
    const atTablet = await listen(tablet);
    await phone.push([mutation]);
    await phone.push([saveJournal({ id: 'no uuid' })]);
    const { headTimestamp } = await phone.pushed([saveJournal()]);
    expect(await atTablet.next()).toEqual({ headTimestamp, deviceId: 'phone' });
  });
});
