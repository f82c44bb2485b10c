import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { request, type Connection } from '../src/graphql/request.js';
import { REFRESH } from '../src/graphql/session-operations.js';
import { TransportError } from '../src/transport.js';
import { data, plain, refusal, scriptedServer, type Answer, type ScriptedServer } from './scripted-server.js';
import { VirtualClock } from './virtual-clock.js';

describe('what an answer means', () => {
  let server: ScriptedServer;
  beforeAll(async () => void (server = await scriptedServer()));
  afterAll(() => server.close());

  const clock = new VirtualClock(Date.parse('2026-03-01T12:00:00Z'));
  const connection = (more: Partial<Connection> = {}): Connection => ({
    url: server.url,
    fetch: (...given) => fetch(...given),
    timeoutMs: 30_000,
    clock,
    ...more,
  });
  const ask = (more: Partial<Connection> = {}, signal?: AbortSignal) =>
    request(connection(more), REFRESH, { refreshToken: 'spent' }, ({ session }) => session.accessToken.toUpperCase(), {
      signal,
    });
  async function failureOf(answer: Answer): Promise<TransportError> {
    server.answers(answer);
    const failure = await ask().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TransportError);
    // Nothing waits on, whatever came.
    expect(clock.waiting).toBe(0);
    return failure as TransportError;
  }

  test('data is read by the caller', async () => {
    server.answers(data({ session: { accessToken: 'abc' } }));
    expect(await ask()).toBe('ABC');
    expect(server.asked[0]).toMatchObject({ path: '/graphql', headers: { 'content-type': 'application/json' } });
    expect(clock.waiting).toBe(0);
  });

  it.each([
    ['UNAUTHENTICATED', 401],
    ['FORBIDDEN', 403],
    ['NOT_FOUND', 404],
    ['BAD_USER_INPUT', 400],
    ['CONFLICT', 409],
    ['EPOCH_CHANGED', 409],
    ['DIGEST_MISMATCH', 422],
    ['TOO_LARGE', 413],
    ['QUOTA_EXCEEDED', 402],
    ['RATE_LIMITED', 429],
    ['UNAVAILABLE', 503],
    ['INTERNAL', 500],
    ['EPOCH_CHANGED', 200],
  ])('%s with status %i keeps its code', async (code, status) => {
    expect(await failureOf(refusal(status, code))).toMatchObject({
      code,
      message: `It is ${code}`,
      details: { httpStatus: status },
    });
  });

  it.each<[string, Answer]>([
    ['the page of a captive portal', plain(200, '<html>Welcome to the hotel</html>')],
    ['an empty answer', plain(200, '')],
    ['JSON that is none of ours', plain(200, '{"login":"required"}')],
    ['a number', plain(200, '7')],
    ['null', plain(200, 'null')],
    ['data that is null', data(null)],
    ['data of another shape', data({ session: { accessToken: 7 } })],
    ['errors without a code of ours', plain(502, '{"errors":[{"message":"upstream"}]}')],
    ['a code that nobody knows', refusal(400, 'toString')],
    ['a code that only this side gives', refusal(401, 'SIGNED_OUT')],
    ['a 401 of a proxy', plain(401, 'Unauthorized')],
    ['a 403 of a firewall', plain(403, '<html>Blocked</html>')],
    ['a 404 of a proxy', plain(404, 'Not Found')],
    ['a 408', plain(408, '')],
    ['a 425', plain(425, '')],
    ['a 500 without our JSON', plain(500, 'Oops')],
    ['a 502 without our JSON', plain(502, '<html>Bad Gateway</html>')],
    ['a 503 without our JSON', plain(503, 'Down')],
    [
      'an address that is no endpoint of the server',
      plain(404, JSON.stringify({ errors: [{ message: 'There is nothing', extensions: { code: 'NOT_FOUND' } }] })),
    ],
    [
      'a body that is cut',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
        response.write('{"data":{"syncStatus":', () => response.destroy());
      },
    ],
    ['a connection that is cut before a word', (response) => void response.destroy()],
  ])('%s is no answer', async (_, answer) => {
    expect((await failureOf(answer)).code).toBe('NO_ANSWER');
  });

  it.each([302, 307, 308])('words and token follow no redirect %i', async (status) => {
    server.answers(
      plain(status, '', { location: `${server.url}/elsewhere` }),
      data({ session: { accessToken: 'abc' } }),
    );
    await expect(ask()).rejects.toMatchObject({ code: 'NO_ANSWER' });
    expect(server.asked.map(({ path }) => path)).toEqual(['/graphql']);
  });

  test('a server that is not there is no answer', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    const failure = await ask({ url: `http://127.0.0.1:${port}` }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'TransportError', code: 'NO_ANSWER' });
  });

  it.each<[string, Record<string, string>, number | undefined]>([
    ['seconds', { 'retry-after': '120' }, 120_000],
    [
      'a date, by the clock of the server',
      {
        date: 'Thu, 01 Jan 2036 00:00:00 GMT',
        'retry-after': 'Thu, 01 Jan 2036 00:00:30 GMT',
      },
      30_000,
    ],
    [
      'a date that has passed',
      { date: 'Thu, 01 Jan 2036 00:00:30 GMT', 'retry-after': 'Thu, 01 Jan 2036 00:00:00 GMT' },
      0,
    ],
    [
      'a date that is years away',
      { date: 'Thu, 01 Jan 2026 00:00:00 GMT', 'retry-after': 'Thu, 01 Jan 2036 00:00:00 GMT' },
      3_600_000,
    ],
    ['what nobody understands', { 'retry-after': 'soon' }, undefined],
    ['nothing', {}, undefined],
  ])('Retry-After with %s', async (_, headers, retryAfterMs) => {
    for (const answer of [refusal(503, 'UNAVAILABLE', { headers }), plain(503, 'Down', headers)]) {
      expect((await failureOf(answer)).details.retryAfterMs).toBe(retryAfterMs);
    }
  });

  test('a date without the answer’s own date is compared with the clock of the device', async () => {
    const answer: Answer = (response, asked) => {
      response.sendDate = false;
      plain(429, '', { 'retry-after': 'Sun, 01 Mar 2026 12:00:10 GMT' })(response, asked);
    };
    expect(await failureOf(answer)).toMatchObject({ code: 'RATE_LIMITED', details: { retryAfterMs: 10_000 } });
  });

  test('where the browser hides the header, the seconds are in the error', async () => {
    const failure = await failureOf(refusal(429, 'RATE_LIMITED', { extensions: { retryAfter: 7 } }));
    expect(failure.details.retryAfterMs).toBe(7_000);
  });

  test('a 413 tells the limit, one of a proxy is one too', async () => {
    expect(await failureOf(refusal(413, 'TOO_LARGE', { extensions: { limit: 4096 } }))).toMatchObject({
      code: 'TOO_LARGE',
      details: { limit: 4096, httpStatus: 413 },
    });
    expect((await failureOf(plain(413, '<html>Request Entity Too Large</html>'))).code).toBe('TOO_LARGE');
  });

  /** Waits until the server was asked. */
  const untilAsked = async (): Promise<void> => {
    while (server.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
  };

  test('a server that says nothing is given up after the timeout', async () => {
    server.answers(() => undefined);
    const asking = ask().catch((error: unknown) => error);
    await untilAsked();
    await clock.advance(29_000);
    expect(clock.waiting).toBe(1);
    await clock.advance(2_000);
    expect(await asking).toMatchObject({ code: 'NO_ANSWER' });
    expect(clock.waiting).toBe(0);
  });

  test('a large request has the time that a slow line needs', async () => {
    server.answers(() => undefined);
    const words = 'x'.repeat(800_000);
    const asking = request(connection(), REFRESH, { refreshToken: words }, () => 1).catch((error: unknown) => error);
    await untilAsked();
    expect(clock.nextIn).toBeGreaterThanOrEqual(130_000);
    expect(clock.nextIn).toBeLessThan(131_000);
    await clock.advance(131_000);
    expect(await asking).toMatchObject({ code: 'NO_ANSWER' });
  });

  test('an answer that comes piece by piece has as long as it goes on', async () => {
    const text = JSON.stringify({ data: { session: { accessToken: 'ünd' } } });
    const pieces = [...Buffer.from(text)].map((byte) => Buffer.from([byte]));
    let response: Parameters<Answer>[0] | undefined;
    server.answers((given) => {
      response = given.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
    });
    const asking = ask();
    await untilAsked();
    for (const piece of pieces) {
      await new Promise((resolve) => response?.write(piece, resolve));
      await clock.advance(20_000);
    }
    response?.end();
    expect(await asking).toBe('ÜND');
    expect(clock.waiting).toBe(0);
  });

  test('an answer that stops in the middle is given up', async () => {
    server.answers((response) => void response.writeHead(200).write('{"data":'));
    const asking = ask().catch((error: unknown) => error);
    await untilAsked();
    await clock.advance(20_000);
    await clock.advance(31_000);
    expect(await asking).toMatchObject({ code: 'NO_ANSWER' });
    expect(clock.waiting).toBe(0);
  });

  test('an abort is told as it is, before and during the request', async () => {
    server.answers(() => undefined);
    const stop = new AbortController();
    const asking = ask({}, stop.signal);
    await untilAsked();
    stop.abort(new Error('closed'));
    await expect(asking).rejects.toThrow('closed');
    await expect(ask({}, stop.signal)).rejects.toThrow('closed');
    expect(server.asked).toHaveLength(1);
    expect(clock.waiting).toBe(0);
  });
});
