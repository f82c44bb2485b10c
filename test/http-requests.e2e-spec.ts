/** What arrives over HTTP before any of it is a document: bodies, methods, lengths and the sites that ask. */
import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Device } from './support/device.js';
import { codesOf } from './support/error-codes.js';
import { sendRaw, type RawReply, type RawRequest } from './support/raw-request.js';
import { startTestServer, withTestServer, type TestServer } from './support/test-server.js';

const ME = '{ me { id } }';

let server: TestServer;
let device: Device;
beforeAll(async () => {
  server = await startTestServer({ corsOrigins: ['https://logdate.example', 'http://localhost:5173'] });
  device = await server.signUp();
});
afterAll(() => server.close());

const raw = (init: RawRequest): Promise<RawReply> => sendRaw(device, init);

describe('what cannot be read', () => {
  it.each<[string, number, string, RawRequest]>([
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
    ['another content type', 400, 'BAD_USER_INPUT', { body: '<me/>', headers: { 'content-type': 'application/xml' } }],
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

describe('a body over the limit', () => {
  const LIMIT = 4 * 1024 * 1024;
  const body = (bytes: number) => {
    const start = `{"query":${JSON.stringify(ME)},"variables":{"filler":"`;
    return `${start}${'x'.repeat(bytes - start.length - 3)}"}}`;
  };
  const expectTooLarge = ({ status, errors }: RawReply): void => {
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
    withTestServer({}, async (closed) => {
      const response = await fetch(`${closed.url}/health`, { headers: { origin: 'http://localhost:5173' } });
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    }));
});
