import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { LiveValue } from '../src/live.js';
import { httpMediaTransport } from '../src/media/http-media-transport.js';
import type { MediaFacts, MediaTransport } from '../src/media/media-transport.js';
import type { UserTokens } from '../src/tokens.js';
import { TransportError } from '../src/transport.js';
import { bytesOf, read, sha256Of, StandingClock } from './support/media-device.js';

interface Asked {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
}
type Answer = (response: ServerResponse, asked: Asked) => void;

const ID = 'a3f1c2d4-0000-4000-8000-000000000001';
const BYTES = bytesOf(1_000);
const FACTS: MediaFacts = {
  id: ID,
  contentId: 'a3f1c2d4-0000-4000-8000-000000000002',
  fileName: 'beans.png',
  mimeType: 'image/png',
  createdAt: -1,
  mutationId: 'a3f1c2d4-0000-4000-8000-000000000003',
  size: BYTES.length,
  sha256: sha256Of(BYTES),
};
const ROW = {
  id: ID,
  contentId: FACTS.contentId,
  fileName: 'beans.png',
  mimeType: 'image/png',
  sizeBytes: BYTES.length,
  sha256: FACTS.sha256,
  status: 'READY',
  createdAt: -1,
  clientUpdatedAt: 2,
  serverVersion: 3,
  updatedAt: 4,
  deviceId: 'device-a',
  mutationId: FACTS.mutationId,
};

let url: string;
let asked: Asked[];
let answer: Answer;
let clock: StandingClock;
let media: MediaTransport;
let signal: AbortSignal;

const server = createServer((request, response) => {
  void buffer(request)
    .then((body) => {
      const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
      asked.push(one);
      answer(response, one);
    })
    .catch(() => undefined);
});
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

/** Tokens that are numbered: each refresh gives the next one. */
function numberedTokens(): UserTokens {
  let number = 1;
  return {
    user: new LiveValue({ id: 'user' }),
    accessToken: () => Promise.resolve(`token-${number}`),
    refresh: () => Promise.resolve(`token-${(number += 1)}`),
  };
}

beforeEach(() => {
  asked = [];
  clock = new StandingClock();
  media = httpMediaTransport({ url, auth: numberedTokens(), deviceId: 'device-a', clock });
  ({ signal } = new AbortController());
});

const json =
  (status: number, value: unknown): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
const data = (value: unknown): Answer => json(200, { data: value });
const bare =
  (status: number, headers: Record<string, string> = {}, body = ''): Answer =>
  (response) =>
    void response.writeHead(status, headers).end(body);
/** An error as the server gives it beside GraphQL. */
const refusal = (status: number, code: string, extensions = {}): Answer =>
  json(status, { errors: [{ message: code, extensions: { code, ...extensions } }] });
const inTurn =
  (...answers: Answer[]): Answer =>
  (response, one) =>
    (answers.length > 1 ? answers.shift() : answers[0])?.(response, one);

describe('what is said of a file', () => {
  test('comes with the bytes of a small one, as a multipart request for GraphQL', async () => {
    answer = data({ media: ROW });
    const row = await media.uploadWhole(FACTS, BYTES, signal);
    expect(row).toMatchObject({
      type: 'media',
      id: ID,
      version: 3,
      updatedAt: 4,
      body: { status: 'READY', createdAt: -1 },
    });
    const [{ headers, body, path }] = asked as [Asked];
    expect([path, headers]).toMatchObject([
      '/graphql',
      { 'apollo-require-preflight': '1', authorization: 'Bearer token-1', 'x-device-id': 'device-a' },
    ]);
    const form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': String(headers['content-type']) },
    }).formData();
    const { variables } = JSON.parse(form.get('operations') as string) as { variables: { input: object; file: null } };
    expect(variables).toEqual({
      input: expect.objectContaining({ id: ID, sizeBytes: 1_000, createdAt: -1 }),
      file: null,
    });
    expect(JSON.parse(form.get('map') as string)).toEqual({ file: ['variables.file'] });
    const file = form.get('file') as File;
    expect(Buffer.from(await file.arrayBuffer()).equals(BYTES)).toBe(true);
  });

  test('is answered by how its bytes are to come', async () => {
    const plan = { url: null, partSize: null, parts: [], media: ROW };
    answer = data({ upload: { ...plan, method: 'ALREADY_STORED' } });
    expect(await media.begin(FACTS, signal)).toMatchObject({ method: 'ALREADY_STORED', row: { id: ID } });
    answer = data({ upload: { ...plan, method: 'TUS', url: 'https://logdate.test/x' } });
    expect(await media.begin(FACTS, signal)).toEqual({ method: 'TUS', url: 'https://logdate.test/x' });
    answer = data({ upload: { ...plan, method: 'SIGNED', url: 'https://store.test/x' } });
    expect(await media.begin(FACTS, signal)).toEqual({
      method: 'SIGNED',
      parts: [{ url: 'https://store.test/x', headers: {}, from: 0, to: 1_000 }],
    });
    const parts = [1, 2, 3].map((n) => ({ url: `https://store.test/${n}`, headers: [{ name: 'x-n', value: `${n}` }] }));
    answer = data({ upload: { ...plan, method: 'SIGNED', partSize: 400, parts } });
    expect(await media.begin(FACTS, signal)).toEqual({
      method: 'SIGNED',
      parts: [
        { url: 'https://store.test/1', headers: { 'x-n': '1' }, from: 0, to: 400 },
        { url: 'https://store.test/2', headers: { 'x-n': '2' }, from: 400, to: 800 },
        { url: 'https://store.test/3', headers: { 'x-n': '3' }, from: 800, to: 1_000 },
      ],
    });
  });

  test('in another shape than the schema has counts as no answer', async () => {
    answer = data({ media: { ...ROW, serverVersion: 'three' } });
    await expect(media.complete(ID, signal)).rejects.toMatchObject({ code: 'NO_ANSWER' });
    answer = data({ upload: { method: 'TUS', url: null, partSize: null, parts: [], media: ROW } });
    await expect(media.begin(FACTS, signal)).rejects.toMatchObject({ code: 'NO_ANSWER' });
  });

  test('of a row that is not there is undefined', async () => {
    answer = json(404, { errors: [{ message: 'no', path: ['media'], extensions: { code: 'NOT_FOUND' } }] });
    expect(await media.row(ID, signal)).toBeUndefined();
    answer = bare(404, { 'content-type': 'text/html' }, '<p>Not here</p>');
    await expect(media.row(ID, signal)).rejects.toMatchObject({ code: 'NO_ANSWER' });
  });
});

describe('an upload by tus', () => {
  const elsewhere = `https://another.test/media/uploads/${ID}`;

  test('goes to this server alone, whatever the server believes to be called', async () => {
    answer = bare(200, { 'upload-offset': '17' });
    expect(await media.arrived(elsewhere, signal)).toBe(17);
    answer = bare(204, { 'upload-offset': '1017' });
    expect(await media.append(elsewhere, 17, BYTES, signal)).toBe(1_017);
    expect(asked.map(({ method, path }) => [method, path])).toEqual([
      ['HEAD', `/media/uploads/${ID}`],
      ['PATCH', `/media/uploads/${ID}`],
    ]);
    const [, { headers, body }] = asked as [Asked, Asked];
    expect(headers).toMatchObject({
      'tus-resumable': '1.0.0',
      'upload-offset': '17',
      'content-type': 'application/offset+octet-stream',
      authorization: 'Bearer token-1',
    });
    expect(body.equals(BYTES)).toBe(true);
  });

  test.each([404, 410])('that is gone by %i is undefined', async (status) => {
    answer = bare(status);
    expect(await media.arrived(elsewhere, signal)).toBeUndefined();
    await expect(media.append(elsewhere, 0, BYTES, signal)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('asks with another token when the one it has is refused, also where the answer has no body', async () => {
    answer = inTurn(bare(401), bare(200, { 'upload-offset': '5' }));
    expect(await media.arrived(elsewhere, signal)).toBe(5);
    expect(asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
    answer = refusal(401, 'UNAUTHENTICATED');
    await expect(media.append(elsewhere, 5, BYTES, signal)).rejects.toMatchObject({ code: 'SIGNED_OUT' });
  });

  test.each<[string, Answer, object]>([
    ['a page of a captive portal', bare(200, { 'content-type': 'text/html' }, '<p>Sign in</p>'), { code: 'NO_ANSWER' }],
    ['a redirect', bare(302, { location: 'https://portal.test/' }), { code: 'NO_ANSWER' }],
    ['a proxy that takes less', bare(413, {}, 'too large'), { code: 'TOO_LARGE' }],
    ['another offset', bare(409, {}, 'conflict'), { code: 'CONFLICT' }],
    [
      'a server that is down',
      bare(503, { 'retry-after': '7' }),
      { code: 'NO_ANSWER', details: { retryAfterMs: 7_000 } },
    ],
    [
      'a full disk',
      refusal(503, 'UNAVAILABLE', { retryAfter: 3 }),
      { code: 'UNAVAILABLE', details: { retryAfterMs: 3_000 } },
    ],
  ])('is told %s in the words of the engine', async (_, told, error) => {
    answer = told;
    await expect(media.append(elsewhere, 0, BYTES, signal)).rejects.toMatchObject(error);
  });

  test('that nobody answers ends with the clock, and leaves no timer', async () => {
    let reached: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => (reached = resolve));
    answer = () => reached();
    const result = media.append(elsewhere, 0, BYTES, signal);
    result.catch(() => undefined);
    await arrived;
    clock.forward(30_000);
    expect(clock.waiting).toBe(1);
    clock.forward(1_000);
    await expect(result).rejects.toMatchObject({ code: 'NO_ANSWER' });
    expect(clock.waiting).toBe(0);
  });

  test('ends by its signal with the reason of it', async () => {
    const stop = new AbortController();
    answer = () => stop.abort(new Error('words go first'));
    await expect(media.append(elsewhere, 0, BYTES, stop.signal)).rejects.toThrow('words go first');
    expect(clock.waiting).toBe(0);
  });
});

describe('a signed URL', () => {
  const part = () => ({ url: `${url}/bucket/key?sign=1`, headers: { 'x-part': '1' }, from: 0, to: 1_000 });

  test('gets the bytes and its headers, and never the token', async () => {
    answer = bare(200);
    await media.put(part(), BYTES, signal);
    const [{ method, path, headers, body }] = asked as [Asked];
    expect([method, path, headers['x-part'], headers.authorization]).toEqual([
      'PUT',
      '/bucket/key?sign=1',
      '1',
      undefined,
    ]);
    expect(body.equals(BYTES)).toBe(true);
  });

  test.each([
    [403, 'NOT_FOUND'],
    [404, 'NOT_FOUND'],
    [503, 'NO_ANSWER'],
    [429, 'RATE_LIMITED'],
  ])('that is refused by %i is %s: only what has ended is asked for again', async (status, code) => {
    answer = bare(status, {}, '<Error/>');
    await expect(media.put(part(), BYTES, signal)).rejects.toMatchObject({ code });
  });
});

describe('a download', () => {
  const download = async (from = 0): Promise<Buffer> => read(await media.download(ID, from, FACTS.sha256, signal));

  test('of the whole asks for no range', async () => {
    answer = (response) => void response.writeHead(200, { 'content-type': 'image/png' }).end(BYTES);
    expect((await download()).equals(BYTES)).toBe(true);
    expect(asked[0]).toMatchObject({ method: 'GET', path: `/sync/media/${ID}` });
    expect(asked[0]?.headers).toMatchObject({ authorization: 'Bearer token-1' });
    expect(asked[0]?.headers.range).toBeUndefined();
    expect(clock.waiting).toBe(0);
  });

  test('goes on behind a byte, by a range of the same file', async () => {
    answer = (response) =>
      void response.writeHead(206, { 'content-range': 'bytes 400-999/1000' }).end(BYTES.subarray(400));
    expect((await download(400)).equals(BYTES.subarray(400))).toBe(true);
    expect(asked[0]?.headers).toMatchObject({ range: 'bytes=400-', 'if-range': `"${FACTS.sha256}"` });
  });

  test('from a server that knows no ranges leaves out what is there already', async () => {
    answer = (response) => {
      response.writeHead(200);
      for (const at of [0, 300, 600]) response.write(BYTES.subarray(at, at + 300));
      response.end(BYTES.subarray(900));
    };
    expect((await download(400)).equals(BYTES.subarray(400))).toBe(true);
  });

  test('that is cut says so behind what has come', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write(BYTES.subarray(0, 600), () => response.destroy());
    };
    const seen: Uint8Array[] = [];
    const reading = async (): Promise<void> => {
      for await (const bytes of await media.download(ID, 0, FACTS.sha256, signal)) seen.push(bytes);
    };
    await expect(reading()).rejects.toMatchObject({ code: 'NO_ANSWER' });
    expect(Buffer.concat(seen).equals(BYTES.subarray(0, 600))).toBe(true);
    expect(clock.waiting).toBe(0);
  });

  test('that stands still is given up, but not while nobody wants more of it', async () => {
    answer = (response) => void response.writeHead(200, { 'content-length': '1000' }).write(BYTES.subarray(0, 600));
    const stream = (await media.download(ID, 0, FACTS.sha256, signal))[Symbol.asyncIterator]();
    expect(Buffer.from((await stream.next()).value as Uint8Array)).toHaveLength(600);
    expect(clock.waiting).toBe(0);
    const next = stream.next();
    next.catch(() => undefined);
    clock.forward(30_000);
    await expect(next).rejects.toMatchObject({ code: 'NO_ANSWER' });
  });

  test('that nobody reads to its end lets go of the line', async () => {
    let closed: () => void = () => undefined;
    const isClosed = new Promise<void>((resolve) => (closed = resolve));
    answer = (response) => {
      response.once('close', closed);
      response.writeHead(200, { 'content-length': '1000' }).write(BYTES.subarray(0, 600));
    };
    for await (const bytes of await media.download(ID, 0, FACTS.sha256, signal)) if (bytes.length > 0) break;
    await isClosed;
    expect(clock.waiting).toBe(0);
  });

  test.each<[string, Answer, string]>([
    [
      'a page of a captive portal',
      bare(200, { 'content-type': 'text/html; charset=utf-8' }, '<p>Sign in</p>'),
      'NO_ANSWER',
    ],
    ['a file that is not there', refusal(404, 'NOT_FOUND'), 'NOT_FOUND'],
    ['a file of another user', refusal(403, 'FORBIDDEN'), 'FORBIDDEN'],
    ['a store that is away', refusal(503, 'UNAVAILABLE'), 'UNAVAILABLE'],
  ])('is told %s before any byte', async (_, told, code) => {
    answer = told;
    const error: unknown = await media.download(ID, 0, FACTS.sha256, signal).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ code });
    expect(clock.waiting).toBe(0);
  });
});
