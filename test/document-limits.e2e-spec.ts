import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Device } from './support/device.js';
import { codesOf } from './support/error-codes.js';
import { saveJournal } from './support/factories.js';
import { startTestServer, withTestServer, type TestServer } from './support/test-server.js';
import { openSocket } from './support/web-socket.js';

const ME = '{ me { id } }';
const PUSH = 'mutation ($input: PushInput!) { push(input: $input) { outcomes { status } } }';

let server: TestServer;
let device: Device;
beforeAll(async () => {
  server = await startTestServer();
  device = await server.signUp();
});
afterAll(() => server.close());

describe('limits of a document', () => {
  const nested = (depth: number, fields = 'id') =>
    `{ me { ${'... { '.repeat(depth - 2)} ${fields} ${'}'.repeat(depth - 2)} } }`;
  const aliases = (count: number) =>
    `{ ${Array.from({ length: count }, (_, index) => `a${index}: me { id }`).join(' ')} }`;
  // 19 tokens around them, 9 in each item, and as many times `epoch` as are left.
  const tokens = (count: number) => {
    const items = Math.floor((count - 20) / 9);
    const rest = count - 19 - items * 9;
    const mutations = '{deleteJournal: {id: "none"}}'.repeat(items);
    return `mutation { push(input: {deviceId: "a", mutations: [${mutations}]}) { ${'epoch '.repeat(rest)} } }`;
  };

  it.each<[string, string, number]>([
    ['15 aliases', aliases(15), 200],
    ['16 aliases', aliases(16), 400],
    ['1,000 tokens', tokens(1000), 200],
    ['1,001 tokens', tokens(1001), 400],
    ['a depth of 8', nested(8), 200],
    ['a depth of 9', nested(9), 400],
    [
      'aliases within fragments',
      `{ ...a ...b } ${['a', 'b'].map((name) => `fragment ${name} on Query { ${Array.from({ length: 8 }, (_, index) => `${name}${index}: me { id }`).join(' ')} }`).join(' ')}`,
      400,
    ],
  ])('a document of %s is answered with its status', async (_, document, status) => {
    const answer = await device.send(document);
    expect(answer.status).toBe(status);
    if (status === 400) expect(new Set(codesOf(answer.errors))).toEqual(new Set(['BAD_USER_INPUT']));
  });

  it('a document that costs too much is refused, though it is neither too deep nor too long', async () => {
    const fields = 'id '.repeat(600);
    expect((await device.send(nested(2, fields))).status).toBe(200);
    const { status, errors } = await device.send(nested(8, fields));
    expect({ status, codes: codesOf(errors) }).toEqual({ status: 400, codes: ['BAD_USER_INPUT'] });
    expect(errors?.[0]?.message).toMatch(/cost/i);
  });

  it('all four feeds with all their fields are within the limits', async () => {
    const stamp = 'serverVersion updatedAt deviceId mutationId';
    const page = 'lastTimestamp hasMore remaining epoch serverTime';
    const { status } = await device.send(`{
      journalChanges { changes { id title description createdAt clientUpdatedAt ${stamp} } deletions { id deletedAt ${stamp} } ${page} }
      contentChanges { changes { id type content mediaUri durationMs createdAt clientUpdatedAt ${stamp} } deletions { id deletedAt ${stamp} } ${page} }
      associationChanges { changes { journalId contentId createdAt clientUpdatedAt ${stamp} } deletions { journalId contentId deletedAt ${stamp} } ${page} }
      mediaChanges { changes { id contentId fileName mimeType sizeBytes sha256 status createdAt clientUpdatedAt ${stamp} } deletions { id deletedAt ${stamp} } ${page} }
    }`);
    expect(status).toBe(200);
  });

  it('a push of 500 items passes by variables, and one of 501 names the limit', async () => {
    const items = Array.from({ length: 501 }, () => saveJournal());
    const { status, data } = await device.send(PUSH, { input: { deviceId: 'device-a', mutations: items.slice(1) } });
    expect(status).toBe(200);
    expect(data.push.outcomes).toHaveLength(500);
    const refused = await device.send(PUSH, { input: { deviceId: 'device-a', mutations: items } });
    expect(refused.status).toBe(400);
    expect(refused.errors?.[0]?.extensions).toMatchObject({ fields: ['mutations'], limit: 500 });
  });
});

describe('the schema', () => {
  const INTROSPECTION = '{ __schema { queryType { name } } }';

  it('may be read in development', async () => {
    expect((await device.send(INTROSPECTION)).status).toBe(200);
  });

  it('may not be read where introspection is off, over HTTP or over a WebSocket', () =>
    withTestServer({ introspection: 'off' }, async (closed) => {
      const phone = await closed.signUp();
      for (const document of [INTROSPECTION, '{ __type(name: "User") { name } }']) {
        const { status, errors } = await phone.send(document);
        expect({ status, codes: codesOf(errors) }).toEqual({ status: 400, codes: ['BAD_USER_INPUT'] });
      }
      const socket = await openSocket(closed.url, phone.tokens.accessToken);
      for (const document of [
        INTROSPECTION,
        'subscription { changed { headTimestamp } __schema { queryType { name } } }',
        'subscription { __schema { queryType { name } } }',
      ]) {
        expect(codesOf(await socket.failureOf(document))).toContain('BAD_USER_INPUT');
      }
      await socket.close();
    }));

  it.each(['development', 'production'] as const)('follows the kind of installation, %s, unless told', (environment) =>
    withTestServer({ environment, introspection: 'auto' }, async (usual) => {
      const phone = await usual.signUp();
      expect((await phone.send(INTROSPECTION)).status).toBe(environment === 'production' ? 400 : 200);
    }),
  );
});

describe('a WebSocket', () => {
  it.each([
    ['a query', ME],
    ['a mutation', 'mutation { signOut }'],
    ['a syntax error', 'subscription {'],
    ['too many tokens', `subscription { changed { ${'headTimestamp '.repeat(1000)} } }`],
    [
      'too many aliases',
      `subscription { changed { ${Array.from({ length: 16 }, (_, index) => `a${index}: deviceId`).join(' ')} } }`,
    ],
    ['an unknown field', 'subscription { changed { secret } }'],
  ])('refuses %s', async (_, document) => {
    const socket = await openSocket(server.url, device.tokens.accessToken);
    const errors = await socket.failureOf(document);
    expect(new Set(codesOf(errors))).toEqual(new Set(['BAD_USER_INPUT']));
    await socket.close();
    expect((await device.send(ME)).status).toBe(200);
  });
});
