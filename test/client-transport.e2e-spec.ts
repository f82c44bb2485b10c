import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { graphqlTransport } from '../client/src/graphql/transport.js';
import type { Body, RowType } from '../client/src/resources.js';
import { openAuth, type AuthSession } from '../client/src/session.js';
import { memorySessions } from '../client/src/session-store.js';
import type { FrozenMutation, PullRequest, PushResult, Transport } from '../client/src/transport.js';
import { startTestServer, type TestServer } from './support/test-server.js';

interface Phone {
  auth: AuthSession;
  transport: Transport;
  deviceId: string;
  username: string;
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
    const auth = await openAuth({ url: server.url, sessions: memorySessions() });
    await auth.signUp({ username, password: PASSWORD, deviceId });
    return { auth, transport: graphqlTransport({ url: server.url, auth }), deviceId, username };
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
    expect(await phone.transport.status(never)).toMatchObject({
      journalCount: 1,
      contentCount: 1,
      associationCount: 1,
      mediaCount: 0,
      epoch: result.epoch,
    });
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
});
