import { randomUUID } from 'node:crypto';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Config } from '../src/config.js';
import { send, type Device, type GraphQLError } from './support/device.js';
import { saveContent, saveJournal } from './support/factories.js';
import { startTestServer, type TestServer } from './support/test-server.js';
import { openSocket } from './support/web-socket.js';

const ME = '{ me { id } }';
const PUSH = 'mutation ($input: PushInput!) { push(input: $input) { outcomes { status } } }';
const SAVE = 'mutation ($input: SaveJournalInput!) { saveJournal(input: $input) { id serverVersion } }';

interface Reply {
  status: number;
  headers: Headers;
  text: string;
  errors?: GraphQLError[];
}

/** A further server, closed whatever happens. */
async function withServer(overrides: Partial<Config>, work: (server: TestServer) => Promise<void>): Promise<void> {
  const server = await startTestServer(overrides);
  try {
    await work(server);
  } finally {
    await server.close();
  }
}

describe('errors', () => {
  let server: TestServer;
  let device: Device;
  let stranger: Device;
  beforeAll(async () => {
    server = await startTestServer({ corsOrigins: ['https://logdate.example', 'http://localhost:5173'] });
    device = await server.signUp();
    stranger = await server.signUp();
  });
  afterAll(() => server.close());

  /** Past the client: any body, any header. */
  async function raw(init: RequestInit & { path?: string; duplex?: 'half' }): Promise<Reply> {
    const response = await fetch(`${server.url}${init.path ?? '/graphql'}`, {
      method: 'POST',
      ...init,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${device.tokens.accessToken}`,
        ...(init.headers as Record<string, string>),
      },
    });
    const text = await response.text();
    const { errors } = (text.startsWith('{') ? JSON.parse(text) : {}) as { errors?: GraphQLError[] };
    return { status: response.status, headers: response.headers, text, ...(errors && { errors }) };
  }

  const codesOf = (errors?: GraphQLError[]) => errors?.map(({ extensions }) => extensions.code);
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

  describe('what cannot be read', () => {
    it.each<[string, number, string, Parameters<typeof raw>[0]]>([
      ['JSON that breaks off', 400, 'BAD_USER_INPUT', { body: '{"query": "{ me { id }' }],
      ['an empty body', 400, 'BAD_USER_INPUT', { body: '' }],
      ['JSON null', 400, 'BAD_USER_INPUT', { body: 'null' }],
      ['a JSON number', 400, 'BAD_USER_INPUT', { body: '7' }],
      ['a JSON list', 400, 'BAD_USER_INPUT', { body: '[]' }],
      ['a batch of requests', 400, 'BAD_USER_INPUT', { body: JSON.stringify([{ query: ME }, { query: ME }]) }],
      ['no query', 400, 'BAD_USER_INPUT', { body: '{}' }],
      ['a query that is a number', 400, 'BAD_USER_INPUT', { body: '{"query":7}' }],
      ['variables that are text', 400, 'BAD_USER_INPUT', { body: JSON.stringify({ query: ME, variables: 'x' }) }],
      [
        'an operation that is not there',
        400,
        'BAD_USER_INPUT',
        { body: JSON.stringify({ query: ME, operationName: 'x' }) },
      ],
      [
        'another content type',
        400,
        'BAD_USER_INPUT',
        { body: '<me/>', headers: { 'content-type': 'application/xml' } },
      ],
      [
        'text/plain, as a form of another site could send it',
        400,
        'BAD_USER_INPUT',
        { body: JSON.stringify({ query: ME }), headers: { 'content-type': 'text/plain' } },
      ],
      [
        'a form',
        400,
        'BAD_USER_INPUT',
        { body: `query=${ME}`, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      ],
      [
        'a charset that nobody knows',
        400,
        'BAD_USER_INPUT',
        { body: '\u00ff', headers: { 'content-type': 'application/json; charset=x' } },
      ],
      [
        'GET with a query',
        400,
        'BAD_USER_INPUT',
        { method: 'GET', path: `/graphql?query=${encodeURIComponent(ME)}`, headers: { 'content-type': '' } },
      ],
      ['GET with nothing', 400, 'BAD_USER_INPUT', { method: 'GET' }],
      ['DELETE', 400, 'BAD_USER_INPUT', { method: 'DELETE' }],
      ['an unknown path', 404, 'NOT_FOUND', { path: '/nowhere', body: '{}' }],
    ])('%s is answered with %i %s', async (_, status, code, init) => {
      const reply = await raw(init);
      expect({ status: reply.status, codes: codesOf(reply.errors) }).toEqual({ status, codes: [code] });
      expect(reply.text).not.toMatch(/node_modules|\bat [\w.]+ \(|\.js:/);
    });

    it.each([
      ['a syntax error', '{ me { id }'],
      ['an unknown field', '{ me { shoeSize } }'],
      ['an unknown argument', '{ journal(name: "x") { id } }'],
      ['an argument that is missing', '{ journal { id } }'],
      ['a literal of the wrong type', '{ contentChanges(since: "x") { hasMore } }'],
      ['a fragment in a circle', 'query { ...a } fragment a on Query { ...a }'],
      ['two operations and no name', 'query a { me { id } } query b { me { id } }'],
      ['a subscription', 'subscription { changed { headTimestamp } }'],
    ])('a document with %s is BAD_USER_INPUT', async (_, document) => {
      const { status, errors } = await device.send(document);
      expect(status).toBe(400);
      expect(new Set(codesOf(errors))).toEqual(new Set(['BAD_USER_INPUT']));
    });
  });

  it.each<[string, object, string[]]>([
    [
      'text for a time',
      { mutations: [saveJournal({ createdAt: 'yesterday' })] },
      ['mutations.0.saveJournal.createdAt'],
    ],
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

  describe('a body over the limit', () => {
    const LIMIT = 4 * 1024 * 1024;
    const body = (bytes: number) => {
      const start = `{"query":${JSON.stringify(ME)},"variables":{"filler":"`;
      return `${start}${'x'.repeat(bytes - start.length - 3)}"}}`;
    };
    const expectTooLarge = ({ status, errors }: Reply): void => {
      expect(status).toBe(413);
      expect(errors?.[0]?.extensions).toEqual({ code: 'TOO_LARGE', limit: LIMIT });
    };

    it('is still served at the limit', async () => {
      expect((await raw({ body: body(LIMIT) })).status).toBe(200);
    });

    it('gets a readable 413 with its Content-Length', async () => {
      expectTooLarge(await raw({ body: body(LIMIT + 1) }));
      expectTooLarge(await raw({ body: body(3 * LIMIT) }));
    });

    it('gets a readable 413 without Content-Length', async () => {
      const chunks = body(3 * LIMIT).match(/.{1,65536}/gs) ?? [];
      const stream = new ReadableStream({
        pull(controller) {
          const chunk = chunks.shift();
          if (chunk === undefined) controller.close();
          else controller.enqueue(Buffer.from(chunk));
        },
      });
      expectTooLarge(await raw({ body: stream, duplex: 'half' }));
    });

    it.each([
      ['with its Content-Length', `Content-Length: ${LIMIT + 300_000}`, (chunk: string) => chunk],
      ['in chunks', 'Transfer-Encoding: chunked', (chunk: string) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`],
    ])('gets a readable 413 %s also when it is written slowly and nobody reads meanwhile', async (_, header, frame) => {
      const { port } = server.app.getHttpServer().address() as AddressInfo;
      const socket = connect(port, '127.0.0.1');
      const received: Buffer[] = [];
      const failed: Error[] = [];
      socket.on('error', (error) => failed.push(error));
      const ended = new Promise((resolve) => socket.once('close', resolve));
      socket.write(
        `POST /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n${header}\r\n\r\n`,
      );
      socket.pause();
      const chunk = 'x'.repeat(30_000);
      for (let sent = 0; sent < LIMIT + 300_000; sent += chunk.length) {
        const piece = chunk.slice(0, LIMIT + 300_000 - sent);
        await new Promise((resolve) => socket.write(frame(piece), resolve));
      }
      if (header.startsWith('Transfer')) socket.write('0\r\n\r\n');
      socket.on('data', (data) => received.push(data)).resume();
      await ended;
      expect(failed).toEqual([]);
      expect(Buffer.concat(received).toString()).toMatch(/^HTTP\/1\.1 413 [\s\S]*"code":"TOO_LARGE"/);
    });
  });

  describe('an exception that nobody foresaw', () => {
    it('is masked: a request id, and neither stack nor SQL', () =>
      withServer({}, async (broken) => {
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
      withServer({ introspection: 'off' }, async (closed) => {
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

    it.each(['development', 'production'] as const)(
      'follows the kind of installation, %s, unless told',
      (environment) =>
        withServer({ environment, introspection: 'auto' }, async (usual) => {
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

  describe('other sites', () => {
    const preflight = (origin: string) =>
      raw({
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
      });

    it.each(['https://logdate.example', 'http://localhost:5173'])('%s is on the list and may ask', async (origin) => {
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBe(origin);
      const { headers } = await raw({ body: JSON.stringify({ query: ME }), headers: { origin } });
      expect(headers.get('access-control-allow-origin')).toBe(origin);
      expect(headers.get('access-control-allow-credentials')).toBeNull();
      expect(headers.get('access-control-expose-headers')).toContain('Retry-After');
    });

    it.each([
      'https://evil.example',
      'https://logdate.example.evil.example',
      'https://sub.logdate.example',
      'http://logdate.example',
      'https://logdate.example:8443',
      'HTTPS://LOGDATE.EXAMPLE',
      'null',
    ])('%s is not on the list', async (origin) => {
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
      const { headers } = await raw({ body: JSON.stringify({ query: ME }), headers: { origin } });
      expect(headers.get('access-control-allow-origin')).toBeNull();
    });

    it('none is allowed where the list is empty', () =>
      withServer({}, async (closed) => {
        const response = await fetch(`${closed.url}/health`, { headers: { origin: 'http://localhost:5173' } });
        expect(response.headers.get('access-control-allow-origin')).toBeNull();
      }));
  });
});
