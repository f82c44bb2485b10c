import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { send, type Device, type GraphQLError } from './support/device.js';
import { codesOf } from './support/error-codes.js';
import { saveContent, saveJournal } from './support/factories.js';
import { startTestServer, withTestServer, type TestServer } from './support/test-server.js';

const ME = '{ me { id } }';
const PUSH = 'mutation ($input: PushInput!) { push(input: $input) { outcomes { status } } }';
const SAVE = 'mutation ($input: SaveJournalInput!) { saveJournal(input: $input) { id serverVersion } }';

let server: TestServer;
let device: Device;
let stranger: Device;
beforeAll(async () => {
  server = await startTestServer();
  device = await server.signUp();
  stranger = await server.signUp();
});
afterAll(() => server.close());

const saved = async (by: Device): Promise<string> => {
  const { saveJournal: input } = saveJournal();
  await by.data(SAVE, { input });
  return input.id;
};

describe('the status of an answer', () => {
  it.each<[string, number, () => Promise<{ status: number; errors?: GraphQLError[] }>]>([
    ['UNAUTHENTICATED', 401, () => send(server.url, ME)],
    [
      'FORBIDDEN',
      403,
      async () => device.send('query ($id: ID!) { journal(id: $id) { id } }', { id: await saved(stranger) }),
    ],
    ['NOT_FOUND', 404, () => device.send('query ($id: ID!) { journal(id: $id) { id } }', { id: randomUUID() })],
    ['BAD_USER_INPUT', 400, () => device.send('{ journal(id: "none") { id } }')],
    [
      'CONFLICT',
      409,
      async () =>
        device.send(SAVE, {
          input: { ...saveJournal({ id: await saved(device) }).saveJournal, version: { known: 1 } },
        }),
    ],
    ['EPOCH_CHANGED', 409, () => device.send(PUSH, { input: { deviceId: 'a', epoch: randomUUID(), mutations: [] } })],
    [
      'TOO_LARGE',
      413,
      () =>
        device.send('mutation ($input: SaveContentInput!) { saveContent(input: $input) { id } }', {
          input: saveContent({ content: 'x'.repeat(1024 * 1024 + 1) }).saveContent,
        }),
    ],
  ])('of %s is %i', async (code, status, request) => {
    const answer = await request();
    expect({ status: answer.status, codes: codesOf(answer.errors) }).toEqual({ status, codes: [code] });
  });

  const TWO = 'query ($a: ID!, $b: ID!) { a: journal(id: $a) { id } b: journal(id: $b) { id } }';

  it('is that of the error when every root field failed, also when there are several', async () => {
    const [a, b] = [await saved(stranger), await saved(stranger)];
    const { status, errors } = await device.send(TWO, { a, b });
    expect(status).toBe(403);
    expect(new Set(codesOf(errors))).toEqual(new Set(['FORBIDDEN']));
  });

  it.each([
    ['before', (own: string, foreign: string) => ({ a: own, b: foreign })],
    ['behind', (own: string, foreign: string) => ({ a: foreign, b: own })],
  ])('is 200 with errors when a root field %s the one that failed succeeded', async (_, order) => {
    const { status, errors } = await device.send(TWO, order(await saved(device), await saved(stranger)));
    expect({ status, codes: codesOf(errors) }).toEqual({ status: 200, codes: ['FORBIDDEN'] });
  });

  it('is 200 with errors when a mutation was applied before one that failed', async () => {
    const [first, second] = [saveJournal().saveJournal, saveJournal({ id: await saved(stranger) }).saveJournal];
    const document = `mutation ($first: SaveJournalInput!, $second: SaveJournalInput!) {
      first: saveJournal(input: $first) { id } second: saveJournal(input: $second) { id }
    }`;
    const { status, errors } = await device.send(document, { first, second });
    expect({ status, codes: codesOf(errors) }).toEqual({ status: 200, codes: ['FORBIDDEN'] });
    expect(errors?.[0]?.path).toEqual(['second']);
    expect((await device.send('query ($id: ID!) { journal(id: $id) { id } }', { id: first.id })).status).toBe(200);
  });

  it('is that of the error when a mutation failed before one that was never tried', async () => {
    const [first, second] = [saveJournal({ id: await saved(stranger) }).saveJournal, saveJournal().saveJournal];
    const document = `mutation ($first: SaveJournalInput!, $second: SaveJournalInput!) {
      first: saveJournal(input: $first) { id } second: saveJournal(input: $second) { id }
    }`;
    expect((await device.send(document, { first, second })).status).toBe(403);
    expect((await device.send('query ($id: ID!) { journal(id: $id) { id } }', { id: second.id })).status).toBe(404);
  });

  it('is 200 for __typename beside a failure of a field that may be asked for alone', async () => {
    expect((await device.send('{ __typename }')).status).toBe(200);
  });
});

it('a conflict shows the row as it is now, and null where there is none', async () => {
  const id = await saved(device);
  const stale = { ...saveJournal({ id, title: 'Later' }).saveJournal, version: { known: 1 } };
  const { errors } = await device.send(SAVE, { input: stale });
  expect(errors?.[0]?.extensions.current).toMatchObject({ __typename: 'Journal', id, title: 'Garden' });
  const missing = { ...saveJournal().saveJournal, version: { known: 1 } };
  expect((await device.send(SAVE, { input: missing })).errors?.[0]?.extensions.current).toBeNull();
});

it.each<[string, object, string[]]>([
  ['text for a time', { mutations: [saveJournal({ createdAt: 'yesterday' })] }, ['mutations.0.saveJournal.createdAt']],
  [
    'a fraction for a time',
    { mutations: [saveJournal(), saveJournal({ createdAt: 1.5 })] },
    ['mutations.1.saveJournal.createdAt'],
  ],
  ['a time beyond 2^53', { mutations: [saveJournal({ createdAt: 2 ** 53 })] }, ['mutations.0.saveJournal.createdAt']],
  ['a number for a title', { mutations: [saveJournal({ title: 7 })] }, ['mutations.0.saveJournal.title']],
  ['a missing title', { mutations: [saveJournal({ title: undefined })] }, ['mutations.0.saveJournal.title']],
  ['a field that nobody knows', { mutations: [saveJournal({ colour: 'red' })] }, ['mutations.0.saveJournal.colour']],
  ['an unknown kind of entry', { mutations: [saveContent({ type: 'POEM' })] }, ['mutations.0.saveContent.type']],
  ['two alternatives at once', { mutations: [{ ...saveJournal(), ...saveContent() }] }, ['mutations.0']],
  ['no alternative', { mutations: [{}] }, ['mutations.0']],
  ['null for a list', { mutations: null }, ['mutations']],
  [
    'a known version of 0',
    { mutations: [saveJournal({ version: { known: 0 } })] },
    ['mutations.0.saveJournal.version.known'],
  ],
])('variables with %s are refused by their path', async (_, fields, paths) => {
  const { status, errors } = await device.send(PUSH, { input: { deviceId: 'device-a', ...fields } });
  expect(status).toBe(400);
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: paths });
});

it('a variable that is missing is named', async () => {
  const { status, errors } = await device.send(PUSH, {});
  expect(status).toBe(400);
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: ['input'] });
});

describe('an exception that nobody foresaw', () => {
  it('is masked: a request id, and neither stack nor SQL', () =>
    withTestServer({}, async (broken) => {
      const phone = await broken.signUp();
      await broken.sql('ALTER TABLE journals DROP COLUMN description');
      const id = saveJournal().saveJournal.id;
      for (const answer of [
        await phone.send('query ($id: ID!) { journal(id: $id) { id } }', { id }),
        await phone.send(SAVE, { input: saveJournal().saveJournal }),
        await phone.send('{ journalChanges { hasMore } }'),
      ]) {
        expect(answer.status).toBe(500);
        const [error, ...others] = answer.errors ?? [];
        expect(others).toEqual([]);
        expect(error?.message).toBe('The server failed to do this');
        expect(error?.extensions).toEqual({ code: 'INTERNAL', requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
        expect(JSON.stringify(error)).not.toMatch(/select|insert|description|node_modules|\.js/i);
      }
      // One that failed beside one that succeeded is masked too.
      const mixed = await phone.send('{ me { id } journalChanges { hasMore } }');
      expect(mixed.status).toBe(200);
      expect(mixed.errors?.[0]?.extensions.code).toBe('INTERNAL');
    }));
});
