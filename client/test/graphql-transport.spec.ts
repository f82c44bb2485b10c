import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { mutationInput } from '../src/graphql/mutation-input.js';
import { graphqlTransport } from '../src/graphql/transport.js';
import { LiveValue } from '../src/live.js';
import type { Body, RowType } from '../src/resources.js';
import type { FrozenMutation, Transport } from '../src/transport.js';
import { data, refusal, scriptedServer, type ScriptedServer } from './scripted-server.js';

const JOURNAL_ID = '11111111-1111-4111-8111-111111111111';
const CONTENT_ID = '22222222-2222-4222-8222-222222222222';
const MUTATION_ID = '33333333-3333-4333-8333-333333333333';
const LINK_ID = `${JOURNAL_ID}:${CONTENT_ID}`;
const never = new AbortController().signal;

const BODIES: Record<RowType, Body> = {
  journal: { title: 'Garden', description: 'Beans', createdAt: 1 },
  content: { type: 'TEXT', content: 'Regen 🌧', mediaUri: null, durationMs: 0, createdAt: -2 },
  association: { journalId: JOURNAL_ID, contentId: CONTENT_ID, createdAt: 3 },
  media: {
    contentId: CONTENT_ID,
    fileName: 'a.jpg',
    mimeType: 'image/jpeg',
    sizeBytes: 9,
    sha256: 'ab',
    status: 'READY',
    createdAt: 4,
  },
};
const frozen = (type: RowType, more: Partial<FrozenMutation> = {}): FrozenMutation => ({
  mutationId: MUTATION_ID,
  type,
  id: type === 'association' ? LINK_ID : type === 'journal' ? JOURNAL_ID : CONTENT_ID,
  op: 'UPSERT',
  body: BODIES[type],
  clientUpdatedAt: 5,
  version: { known: 6 },
  ...more,
});
const deleted = (type: RowType) => frozen(type, { op: 'DELETE', body: null });

describe('a mutation as it is sent', () => {
  const write = { mutationId: MUTATION_ID, clientUpdatedAt: 5, version: { known: 6 } };
  const ends = { journalId: JOURNAL_ID, contentId: CONTENT_ID };

  it.each<[FrozenMutation, object]>([
    [frozen('journal'), { saveJournal: { ...write, id: JOURNAL_ID, ...BODIES.journal } }],
    [frozen('content'), { saveContent: { ...write, id: CONTENT_ID, ...BODIES.content } }],
    [frozen('association'), { linkContent: { ...write, ...BODIES.association } }],
    [deleted('journal'), { deleteJournal: { ...write, id: JOURNAL_ID } }],
    [deleted('content'), { deleteContent: { ...write, id: CONTENT_ID } }],
    [deleted('association'), { unlinkContent: { ...write, ...ends } }],
    [deleted('media'), { deleteMedia: { ...write, id: CONTENT_ID } }],
  ])('%#: every kind has its form', (mutation, form) => {
    expect(mutationInput(mutation)).toEqual(form);
  });

  test('the same mutation is the same bytes, in whatever order a store gives its fields back', () => {
    const given = frozen('content');
    const turned = Object.fromEntries(
      Object.entries({ ...given, body: Object.fromEntries(Object.entries(given.body ?? {}).reverse()) }).reverse(),
    ) as unknown as FrozenMutation;
    expect(JSON.stringify(turned)).not.toBe(JSON.stringify(given));
    expect(JSON.stringify(mutationInput(turned))).toBe(JSON.stringify(mutationInput(given)));
  });

  test('what no push can carry is refused as an item would be', () => {
    expect(() => mutationInput(frozen('media'))).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
    expect(mutationInput(frozen('journal', { body: null }))).toEqual({ saveJournal: { ...write, id: JOURNAL_ID } });
  });
});

describe('the GraphQL transport', () => {
  let server: ScriptedServer;
  let transport: Transport;
  beforeAll(async () => {
    server = await scriptedServer();
    const auth = {
      user: new LiveValue({ id: 'ada' }),
      signedIn: new LiveValue(true),
      accessToken: async () => 'old',
      refresh: async () => 'new',
    };
    transport = graphqlTransport({ url: `${server.url}/`, auth, deviceId: 'phone' });
  });
  afterAll(() => server.close());

  const stamp = (at: number) => ({ serverVersion: at, updatedAt: at + 100, deviceId: 'd', mutationId: MUTATION_ID });
  const row = (at: number) => ({ id: CONTENT_ID, ...BODIES.content, clientUpdatedAt: at + 50, ...stamp(at) });
  const tombstone = (at: number) => ({ id: CONTENT_ID, deletedAt: at + 100, ...stamp(at) });
  const page = (more: object = {}) => ({
    changes: [],
    deletions: [],
    lastTimestamp: 0,
    hasMore: false,
    remaining: 0,
    epoch: 'e',
    serverTime: 1,
    ...more,
  });
  const pull = (since: Partial<Record<RowType, number>>) =>
    transport.pull({ since, limit: 10, withDeletions: true }, never);
  const push = (...mutations: FrozenMutation[]) => transport.push({ deviceId: 'phone', epoch: null, mutations }, never);
  const pushed = (...outcomes: object[]) => data({ push: { outcomes, epoch: 'e', serverTime: 1 } });
  const outcome = (more: object = {}) => ({
    mutationId: MUTATION_ID,
    status: 'APPLIED',
    serverVersion: 7,
    updatedAt: 8,
    code: null,
    message: null,
    current: null,
    ...more,
  });

  test('one request reads only the feeds that are asked for, each from its own cursor', async () => {
    server.answers(data({ content: page({ lastTimestamp: 5 }), media: page() }));
    expect(Object.keys(await pull({ content: 5, media: 0 }))).toEqual(['content', 'media']);
    expect(server.asked).toHaveLength(1);
    expect(server.asked[0]?.path).toBe('/graphql');
    expect(server.asked[0]?.headers).toMatchObject({ authorization: 'Bearer old', 'x-device-id': 'phone' });
    expect(server.asked[0]?.body.variables).toEqual({ content: 5, media: 0, limit: 10, withDeletions: true });
    expect(server.asked[0]?.body.query.match(/\w+Changes/g)).toEqual(['contentChanges', 'mediaChanges']);
  });

  test('rows and tombstones of a page come in stamp order', async () => {
    server.answers(
      data({ content: page({ changes: [row(1), row(3)], deletions: [tombstone(2)], lastTimestamp: 103 }) }),
    );
    const { content } = await pull({ content: 0 });
    const common = { type: 'content', id: CONTENT_ID, deviceId: 'd', mutationId: MUTATION_ID };
    expect(content?.rows).toEqual([
      { ...common, status: 'live', body: BODIES.content, version: 1, updatedAt: 101, clientUpdatedAt: 51 },
      { ...common, status: 'deleted', body: null, version: 2, updatedAt: 102, clientUpdatedAt: 102 },
      { ...common, status: 'live', body: BODIES.content, version: 3, updatedAt: 103, clientUpdatedAt: 53 },
    ]);
  });

  it.each<[string, object]>([
    ['a feed that is missing', {}],
    ['a page that is null', { content: null }],
    ['rows that are no list', { content: page({ changes: {} }) }],
    ['a row that is null', { content: page({ changes: [null] }) }],
    ['a row without its words', { content: page({ changes: [{ ...row(1), content: undefined }] }) }],
    ['words that are no text', { content: page({ changes: [{ ...row(1), content: ['a'] }] }) }],
    ['a version that is a text', { content: page({ changes: [{ ...row(1), serverVersion: '1' }] }) }],
    ['a version beyond 2^53', { content: page({ changes: [{ ...row(1), serverVersion: 2 ** 60 }] }) }],
    ['a tombstone without an id', { content: page({ deletions: [{ ...tombstone(1), id: undefined }] }) }],
    ['a cursor that is missing', { content: page({ lastTimestamp: undefined }) }],
    ['an epoch that is missing', { content: page({ epoch: null }) }],
    ['a page that leads nowhere', { content: page({ hasMore: true, lastTimestamp: 5 }) }],
  ])('a pull with %s is no answer', async (_, answer) => {
    server.answers(data(answer));
    await expect(pull({ content: 5 })).rejects.toMatchObject({ code: 'NO_ANSWER' });
  });

  test('outcomes come back in the words of the engine', async () => {
    const link = { journalId: JOURNAL_ID, contentId: CONTENT_ID };
    server.answers(
      pushed(
        outcome(),
        outcome({ status: 'DUPLICATE', current: row(9) }),
        outcome({
          status: 'CONFLICT',
          serverVersion: null,
          updatedAt: null,
          code: 'CONFLICT',
          message: 'No',
          current: { ...link, deletedAt: 4, ...stamp(4) },
        }),
        outcome({ status: 'REJECTED', serverVersion: null, updatedAt: null, code: 'BAD_USER_INPUT', message: 'title' }),
      ),
    );
    const { outcomes, epoch } = await push(
      frozen('journal'),
      frozen('content'),
      frozen('association'),
      frozen('journal'),
    );
    expect(epoch).toBe('e');
    expect(outcomes.map(({ status, version, updatedAt, code }) => [status, version, updatedAt, code])).toEqual([
      ['APPLIED', 7, 8, null],
      ['DUPLICATE', 7, 8, null],
      ['CONFLICT', null, null, 'CONFLICT'],
      ['REJECTED', null, null, 'BAD_USER_INPUT'],
    ]);
    expect(outcomes[1]?.current).toMatchObject({ type: 'content', status: 'live', body: BODIES.content, version: 9 });
    expect(outcomes[2]?.current).toMatchObject({ type: 'association', id: LINK_ID, status: 'deleted', body: null });
  });

  it.each<[string, object[]]>([
    ['no outcome', []],
    ['one outcome too many', [outcome(), outcome()]],
    ['the outcome of another mutation', [outcome({ mutationId: CONTENT_ID })]],
    ['a status that nobody knows', [outcome({ status: 'MAYBE' })]],
    ['a stamp that is missing', [outcome({ serverVersion: null })]],
    ['a current row that is broken', [outcome({ current: { id: CONTENT_ID } })]],
  ])('a push with %s is no answer', async (_, outcomes) => {
    server.answers(pushed(...outcomes));
    await expect(push(frozen('content'))).rejects.toMatchObject({ code: 'NO_ANSWER' });
  });

  test('a push that is refused for its token goes again with the same bytes', async () => {
    server.answers(refusal(401, 'UNAUTHENTICATED'), pushed(outcome()));
    await push(frozen('content'));
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
    expect(server.asked[1]?.text).toBe(server.asked[0]?.text);
  });

  test('refused twice it is a sign-out', async () => {
    server.answers(refusal(401, 'UNAUTHENTICATED'));
    await expect(push(frozen('content'))).rejects.toMatchObject({ name: 'TransportError', code: 'SIGNED_OUT' });
    expect(server.asked).toHaveLength(2);
  });
});
