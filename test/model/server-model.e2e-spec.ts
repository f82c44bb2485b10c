/** The model of the server and the server itself must not be told apart: that is what makes histories on the model count. */
import { randomInt, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { graphqlTransport } from '../../client/src/graphql/transport.js';
import { openAuth } from '../../client/src/session.js';
import { memorySessions } from '../../client/src/session-store.js';
import type { Transport } from '../../client/src/transport.js';
import { answersOf, requests } from './differential.js';
import { ServerModel } from './server-model.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

async function newUser(): Promise<Transport> {
  const auth = await openAuth({ url: server.url, sessions: memorySessions() });
  await auth.signUp({ username: `user-${randomUUID()}`, password: 'a good password', deviceId: 'device-0' });
  return graphqlTransport({ url: server.url, auth });
}

/** Numbers of the server's own, so that two runs do not meet. */
const newPrefix = (): string => randomUUID().slice(0, -12);

it('any requests get the same answers from the model and from the server', async () => {
  const seed = Number(process.env['MODEL_SEED'] ?? randomInt(2 ** 31));
  const same = fc.asyncProperty(requests, async (list) => {
    const prefix = newPrefix();
    const model = new ServerModel(Date.now);
    const ofModel = await answersOf([model.transportOf('one'), model.transportOf('other')], prefix, list);
    const ofServer = await answersOf([await newUser(), await newUser()], prefix, list);
    expect(ofModel).toEqual(ofServer);
  });
  const numRuns = Number(process.env['MODEL_RUNS'] ?? 25);
  await fc.assert(same, { seed, numRuns, endOnFailure: false, interruptAfterTimeLimit: 50_000 });
});
