/** The troubles that the tests of the app rely on. */
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Line, type Trouble } from './support/line.js';

const BYTES = 300_000;
const HALF = 100_000;

/** Bytes of the last request that arrived so far, and moments: `bytes`, `whole`, `broken`. */
const arrived = { bytes: 0 };
const moments = new EventEmitter<{ bytes: []; whole: []; broken: [] }>();
const server = createServer((request, response) => {
  arrived.bytes = 0;
  request.on('data', (piece: Buffer) => {
    arrived.bytes += piece.length;
    moments.emit('bytes');
  });
  request.on('error', () => moments.emit('broken'));
  request.on('end', () => {
    moments.emit('whole');
    response.writeHead(201, { 'x-method': request.method }).end(String(arrived.bytes));
  });
});
let line: Line;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  line = await Line.open();
  line.leadTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterEach(() => line.heal());
afterAll(async () => {
  await line.close();
  server.closeAllConnections();
  server.close();
});

const meet = (trouble: Trouble) => {
  line.trouble = ({ url }: IncomingMessage) => (url === '/chosen' ? trouble : undefined);
};
const upload = (path: string, signal?: AbortSignal): Promise<Response> =>
  fetch(`${line.url}${path}`, { method: 'PATCH', body: new Uint8Array(BYTES), ...(signal && { signal }) });
const untilArrived = async (bytes: number): Promise<void> => {
  while (arrived.bytes < bytes) await once(moments, 'bytes');
};

test('a sound line passes requests and answers as they are', async () => {
  const response = await upload('/any');
  expect([response.status, response.headers.get('x-method'), await response.text()]).toEqual([
    201,
    'PATCH',
    `${BYTES}`,
  ]);
});

test('a line that answers does so in place of the server, for the requests chosen', async () => {
  meet({ kind: 'answer', status: 429, retryAfterSeconds: 7 });
  const before = line.troubled;
  const response = await upload('/chosen');
  expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
  expect((await upload('/another')).status).toBe(201);
  expect(line.troubled - before).toBe(1);
});

test('a line that cuts lets through so many bytes and no more', async () => {
  meet({ kind: 'cut', after: HALF });
  const broken = once(moments, 'broken');
  await expect(upload('/chosen')).rejects.toThrow('fetch failed');
  await broken;
  expect(arrived.bytes).toBe(HALF);
});

test('a line that holds lets the rest through when it is healed', async () => {
  meet({ kind: 'hold', after: HALF });
  const answer = upload('/chosen');
  await line.untilHeld();
  await untilArrived(HALF);
  expect(arrived.bytes).toBe(HALF);
  line.heal();
  expect(await (await answer).text()).toBe(`${BYTES}`);
});

test('a request that is held ends at the server when the browser has gone', async () => {
  meet({ kind: 'hold', after: HALF });
  const leaving = new AbortController();
  const answer = upload('/chosen', leaving.signal);
  await line.untilHeld();
  await untilArrived(HALF);
  const broken = once(moments, 'broken');
  leaving.abort();
  await expect(answer).rejects.toThrow('aborted');
  await broken;
});
