/** What a push, and a mutation by itself, refuses: which code, which field, and that nothing else is touched. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { Answer, Device } from './support/device.js';
import { deleteContent, linkContent, saveContent, saveJournal, unlinkContent } from './support/factories.js';
import { digestOf } from './support/stored.js';
import { startTestServer, type TestServer } from './support/test-server.js';

const MIB = 1024 * 1024;
const PUSH = `mutation ($input: PushInput!) { push(input: $input) { outcomes { status } } }`;
const INPUT_TYPES: Record<string, string> = {
  saveJournal: 'SaveJournalInput',
  saveContent: 'SaveContentInput',
  deleteContent: 'DeleteInput',
  linkContent: 'LinkContentInput',
  unlinkContent: 'UnlinkContentInput',
};

let server: TestServer;
let stranger: Device;
/** Rows of another user. */
const theirs = { journalId: randomUUID(), contentId: randomUUID() };
beforeAll(async () => {
  server = await startTestServer();
  stranger = await server.signUp();
  await stranger.push([saveJournal({ id: theirs.journalId }), saveContent({ id: theirs.contentId })]);
});
afterAll(() => server.close());

/** Sends one item of a push as the mutation of the same name. */
function alone(device: Device, item: Record<string, unknown>): Promise<Answer> {
  const [[name, input]] = Object.entries(item) as [[string, unknown]];
  return device.send(`mutation ($input: ${INPUT_TYPES[name]}!) { ${name}(input: $input) { mutationId } }`, { input });
}

interface BadItem {
  what: string;
  item: () => Record<string, unknown>;
  code?: 'BAD_USER_INPUT' | 'TOO_LARGE' | 'FORBIDDEN';
  fields?: string[];
  limit?: number;
}

const BAD_ITEMS: BadItem[] = [
  { what: 'an id that is no uuid', item: () => saveContent({ id: 'entry-1' }), fields: ['id'] },
  { what: 'an id in braces', item: () => deleteContent(`{${randomUUID()}}`), fields: ['id'] },
  { what: 'an end of a link that is no uuid', item: () => unlinkContent(randomUUID(), ''), fields: ['contentId'] },
  { what: 'a mutation id that is no uuid', item: () => saveContent({ mutationId: '1' }), fields: ['mutationId'] },
  { what: 'a device without a name', item: () => saveContent({ deviceId: '' }), fields: ['deviceId'] },
  {
    what: 'a device with a long name',
    item: () => deleteContent(randomUUID(), { deviceId: 'd'.repeat(129) }),
    fields: ['deviceId'],
  },
  { what: 'a title that is too long', item: () => saveJournal({ title: 'é'.repeat(501) }), fields: ['title'] },
  {
    what: 'a description that is too long',
    item: () => saveJournal({ description: 'd'.repeat(10_001) }),
    fields: ['description'],
  },
  {
    what: 'an address that is too long',
    item: () => saveContent({ mediaUri: 'm'.repeat(2_049) }),
    fields: ['mediaUri'],
  },
  {
    what: 'a text over 1 MiB',
    item: () => saveContent({ content: 'é'.repeat(MIB / 2) + 'e' }),
    code: 'TOO_LARGE',
    fields: ['content'],
    limit: MIB,
  },
  { what: 'U+0000 in a text', item: () => saveContent({ content: 'a\0b' }), fields: ['content'] },
  { what: 'U+0000 in a title', item: () => saveJournal({ title: '\0' }), fields: ['title'] },
  { what: 'U+0000 in a device', item: () => saveJournal({ deviceId: 'a\0' }), fields: ['deviceId'] },
  { what: 'half of a surrogate pair in a text', item: () => saveContent({ content: 'a\ud83cb' }), fields: ['content'] },
  { what: 'the other half in a title', item: () => saveJournal({ title: '\udf31' }), fields: ['title'] },
  { what: '`absent: false`', item: () => saveContent({ version: { absent: false } }), fields: ['version'] },
  { what: '`none: false`', item: () => deleteContent(randomUUID(), { version: { none: false } }), fields: ['version'] },
  { what: 'a negative duration', item: () => saveContent({ durationMs: -1 }), fields: ['durationMs'] },
  {
    what: 'two wrong fields',
    item: () => saveJournal({ title: 'x'.repeat(501), description: '\0' }),
    fields: ['title', 'description'],
  },
  { what: 'another user’s entry', item: () => saveContent({ id: theirs.contentId }), code: 'FORBIDDEN' },
  { what: 'the deletion of another user’s entry', item: () => deleteContent(theirs.contentId), code: 'FORBIDDEN' },
  { what: 'another user’s journal', item: () => saveJournal({ id: theirs.journalId }), code: 'FORBIDDEN' },
  {
    what: 'a link to another user’s entry',
    item: () => linkContent({ contentId: theirs.contentId }),
    code: 'FORBIDDEN',
  },
  {
    what: 'a link from another user’s journal',
    item: () => linkContent({ journalId: theirs.journalId }),
    code: 'FORBIDDEN',
  },
];

const HTTP_STATUS = { BAD_USER_INPUT: 400, TOO_LARGE: 413, FORBIDDEN: 403 };

describe.each(BAD_ITEMS)('$what', ({ item, code = 'BAD_USER_INPUT', fields, limit }) => {
  it('is rejected among 500, and 499 are applied', async () => {
    const device = await server.signUp();
    const mutations: object[] = Array.from({ length: 499 }, () => saveContent());
    const bad = item();
    mutations.splice(250, 0, bad);
    const strangerBefore = await digestOf(server, stranger.user.id);
    const outcomes = await device.push(mutations);

    const [[, { mutationId }]] = Object.entries(bad) as [[string, { mutationId: string }]];
    expect(outcomes[250]).toMatchObject({
      mutationId,
      status: 'REJECTED',
      code,
      serverVersion: null,
      updatedAt: null,
      current: null,
    });
    for (const field of fields ?? []) expect(outcomes[250]!.message).toContain(`${field} must`);
    const rest = outcomes.toSpliced(250, 1);
    expect(rest.filter(({ status }) => status === 'APPLIED')).toHaveLength(499);

    const [stored] = await server.sql(
      `SELECT (SELECT count(*)::int FROM content WHERE user_id = $1) AS content,
              (SELECT count(*)::int FROM mutations WHERE user_id = $1) AS receipts,
              (SELECT count(*)::int FROM journals WHERE user_id = $1) AS journals,
              (SELECT count(*)::int FROM associations WHERE user_id = $1) AS links`,
      [device.user.id],
    );
    expect(stored).toEqual({ content: 499, receipts: 499, journals: 0, links: 0 });
    expect(await digestOf(server, stranger.user.id)).toBe(strangerBefore);
  });

  it('is refused by itself, and nothing is written', async () => {
    const device = await server.signUp();
    const before = await digestOf(server, device.user.id);
    const strangerBefore = await digestOf(server, stranger.user.id);
    const { status, data, errors } = await alone(device, item());
    expect([status, data]).toEqual([HTTP_STATUS[code], null]);
    expect(errors).toHaveLength(1);
    const { extensions } = errors![0]!;
    expect([extensions.code, extensions.fields, extensions.limit]).toEqual([code, fields, limit]);
    expect(await digestOf(server, device.user.id)).toBe(before);
    expect(await digestOf(server, stranger.user.id)).toBe(strangerBefore);
  });
});

it('what lies just within the limits is applied', async () => {
  const device = await server.signUp();
  const outcomes = await device.push([
    saveJournal({ title: '🌱'.repeat(500), description: 'd'.repeat(10_000) }),
    saveContent({ content: 'é'.repeat(MIB / 2) }),
    saveContent({ createdAt: -9_783_072_000_000, clientUpdatedAt: -1, durationMs: Number.MAX_SAFE_INTEGER }),
    saveContent({
      id: randomUUID().toUpperCase(),
      content: '',
      mediaUri: 'm'.repeat(2_048),
      deviceId: 'd'.repeat(128),
    }),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['APPLIED', 'APPLIED', 'APPLIED', 'APPLIED']);
});

interface Refused {
  what: string;
  /** The second of three mutations of a push. */
  item: Record<string, unknown>;
  /** The path within the item. */
  path: string;
}

const without = (item: Record<string, Record<string, unknown>>, field: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(item).map(([name, { [field]: _, ...input }]) => [name, input]));

const REFUSED_BY_GRAPHQL: Refused[] = [
  { what: 'an unknown type', item: saveContent({ type: 'POEM' }), path: 'saveContent.type' },
  { what: 'a missing title', item: without(saveJournal(), 'title'), path: 'saveJournal.title' },
  { what: 'a missing id', item: without(deleteContent(''), 'id'), path: 'deleteContent.id' },
  { what: 'a title that is null', item: saveJournal({ title: null }), path: 'saveJournal.title' },
  { what: 'a title that is a number', item: saveJournal({ title: 5 }), path: 'saveJournal.title' },
  { what: 'a field that does not exist', item: saveJournal({ colour: 'green' }), path: 'saveJournal.colour' },
  {
    what: 'a known version of 2^53',
    item: saveContent({ version: { known: 2 ** 53 } }),
    path: 'saveContent.version.known',
  },
  { what: 'a known version of 0', item: saveContent({ version: { known: 0 } }), path: 'saveContent.version.known' },
  { what: 'a time of 2^53', item: saveContent({ createdAt: 2 ** 53 }), path: 'saveContent.createdAt' },
  { what: 'a time with a fraction', item: saveContent({ createdAt: 0.5 }), path: 'saveContent.createdAt' },
  { what: 'a time as a text', item: saveContent({ clientUpdatedAt: '1000' }), path: 'saveContent.clientUpdatedAt' },
  {
    what: 'two constraints at once',
    item: saveContent({ version: { known: 1, none: true } }),
    path: 'saveContent.version',
  },
  { what: 'a constraint that says nothing', item: saveContent({ version: {} }), path: 'saveContent.version' },
  { what: 'two mutations in one item', item: { ...saveContent(), ...saveJournal() }, path: '' },
  { what: 'an item without a mutation', item: {}, path: '' },
];

describe.each(REFUSED_BY_GRAPHQL)('$what', ({ item, path }) => {
  it('fails the whole push with the path of the item, and nothing is written', async () => {
    const device = await server.signUp();
    const before = await digestOf(server, device.user.id);
    const mutations = [saveContent(), item, saveContent()];
    const { status, data, errors } = await device.send(PUSH, { input: { deviceId: 'device-a', mutations } });
    expect([status, data ?? null]).toEqual([400, null]);
    expect(errors![0]!.extensions.code).toBe('BAD_USER_INPUT');
    expect(errors![0]!.extensions.fields).toEqual([path === '' ? 'mutations.1' : `mutations.1.${path}`]);
    expect(await digestOf(server, device.user.id)).toBe(before);
  });

  if (path === '') return;

  it('is refused by itself with the field named, and nothing is written', async () => {
    const device = await server.signUp();
    const before = await digestOf(server, device.user.id);
    const { status, data, errors } = await alone(device, item);
    expect([status, data ?? null]).toEqual([400, null]);
    expect(errors![0]!.extensions.code).toBe('BAD_USER_INPUT');
    expect(errors![0]!.extensions.fields).toEqual([path.replace(/^\w+\./, '')]);
    expect(await digestOf(server, device.user.id)).toBe(before);
  });
});

describe('a push as a whole', () => {
  let device: Device;
  let before: string;
  beforeAll(async () => {
    device = await server.signUp();
    before = await digestOf(server, device.user.id);
  });

  it('may not have 501 mutations', async () => {
    const mutations = Array.from({ length: 501 }, () => saveContent());
    const { status, data, errors } = await device.send(PUSH, { input: { deviceId: 'device-a', mutations } });
    expect([status, data]).toEqual([400, null]);
    expect(errors![0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: ['mutations'], limit: 500 });
    expect(await digestOf(server, device.user.id)).toBe(before);
  });

  it('must say which device writes', async () => {
    for (const [deviceId, fields] of [
      ['', ['deviceId']],
      ['d'.repeat(129), ['deviceId']],
      [undefined, ['deviceId']],
    ] as const) {
      const { status, errors } = await device.send(PUSH, { input: { deviceId, mutations: [saveContent()] } });
      expect([status, errors![0]!.extensions.code, errors![0]!.extensions.fields]).toEqual([
        400,
        'BAD_USER_INPUT',
        fields,
      ]);
    }
    expect(await digestOf(server, device.user.id)).toBe(before);
  });

  it('needs a token', async () => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: PUSH, variables: { input: { deviceId: 'device-a', mutations: [saveContent()] } } }),
    });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });

  // Five texts of 900 KB, each within its own limit.
  const large = (): string =>
    JSON.stringify({
      query: PUSH,
      variables: {
        input: {
          deviceId: 'device-a',
          mutations: Array.from({ length: 5 }, () => saveContent({ content: 'x'.repeat(900_000) })),
        },
      },
    });

  it.each([
    ['with its length', (body: string) => ({ 'content-length': String(Buffer.byteLength(body)) })],
    ['in chunks, without a length', () => ({ 'transfer-encoding': 'chunked' })],
  ])('may not be over 4 MiB, sent %s', async (_, lengthOf) => {
    const body = large();
    const { status, answer } = await post(body, lengthOf(body));
    expect(status).toBe(413);
    expect(answer).toMatchObject({ errors: [{ extensions: { code: 'TOO_LARGE', limit: 4 * MIB } }] });
    expect(await digestOf(server, device.user.id)).toBe(before);
  });

  async function post(body: string, headers: Record<string, string>): Promise<{ status?: number; answer: unknown }> {
    const sent = request(`${server.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${device.tokens.accessToken}`,
        ...headers,
      },
    });
    const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
    for (let at = 0; at < body.length; at += 64 * 1024) sent.write(body.slice(at, at + 64 * 1024));
    sent.end();
    const [response] = await answered;
    const text = (await response.toArray()).join('');
    return { status: response.statusCode, answer: JSON.parse(text) };
  }
});

it('a link that was there before another user took the id of its entry is still the user’s, beside whatever else is pushed', async () => {
  const [device, other] = [await server.signUp(), await server.signUp()];
  const [journalId, contentId] = [randomUUID(), randomUUID()];
  await device.push([linkContent({ journalId, contentId })]);
  await other.push([saveContent({ id: contentId })]);
  const outcomes = await device.push([saveContent({ id: contentId }), unlinkContent(journalId, contentId)]);
  expect(outcomes).toMatchObject([{ status: 'REJECTED', code: 'FORBIDDEN' }, { status: 'APPLIED' }]);
});
