/** Requests that are broken as bytes, and what a server says to them over a plain socket. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';

/** How long a server may think before the sender closes its side, as a device does that has said all it had to say. */
const PATIENCE_MS = 1_000;

/** A sound request of each sort, cut, doubled, overwritten and mixed with noise; or noise alone. */
export function brokenBytes(token: string): fc.Arbitrary<Buffer> {
  const noise = fc.uint8Array({ minLength: 1, maxLength: 400 }).map((bytes) => Buffer.from(bytes));
  const broken = fc
    .tuple(fc.constantFrom(...soundRequests(token)), fc.array(wounds, { minLength: 1, maxLength: 4 }))
    .map(([request, steps]) => steps.reduce<Buffer>((bytes, wound) => wound(bytes), Buffer.from(request)));
  return fc.oneof<fc.WeightedArbitrary<Buffer>[]>({ weight: 1, arbitrary: noise }, { weight: 9, arbitrary: broken });
}

type Wound = (bytes: Buffer) => Buffer;

const place = fc.double({ min: 0, max: 1, noNaN: true });

const wounds: fc.Arbitrary<Wound> = fc.oneof(
  fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 8 })).map(([at, bytes]): Wound => (whole) => {
    const from = Math.floor(at * whole.length);
    return Buffer.concat([whole.subarray(0, from), bytes, whole.subarray(from + bytes.length)]);
  }),
  fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 40 })).map(([at, bytes]): Wound => (whole) => {
    const from = Math.floor(at * whole.length);
    return Buffer.concat([whole.subarray(0, from), bytes, whole.subarray(from)]);
  }),
  fc.tuple(place, place).map(([one, other]): Wound => (whole) => {
    const [from, to] = [one, other].map((at) => Math.floor(at * whole.length)).toSorted((a, b) => a - b);
    return Buffer.concat([whole.subarray(0, from), whole.subarray(to)]);
  }),
  fc.tuple(place, place).map(([one, other]): Wound => (whole) => {
    const [from, to] = [one, other].map((at) => Math.floor(at * whole.length)).toSorted((a, b) => a - b);
    return Buffer.concat([whole.subarray(0, to), whole.subarray(from)]);
  }),
  place.map(
    (at): Wound =>
      (whole) =>
        whole.subarray(0, Math.floor(at * whole.length)),
  ),
);

function soundRequests(token: string): string[] {
  const id = randomUUID();
  const entry = JSON.stringify({ id, type: 'TEXT', content: 'x', mediaUri: null, createdAt: 1, lastUpdated: 1 });
  const document = 'mutation ($input: SaveJournalInput!) { saveJournal(input: $input) { id } }';
  const form = ['contentId', 'fileName', 'mimeType', 'sizeBytes', 'data"; filename="a']
    .map(
      (name) => `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${name === 'contentId' ? id : '3'}\r\n`,
    )
    .join('');
  const json = 'application/json';
  return [
    request(
      'POST /graphql',
      json,
      JSON.stringify({ query: document, variables: { input: { id, title: 'x', createdAt: 1 } } }),
    ),
    request('POST /sync/content', json, entry),
    request(`PUT /api/v1/contents/${id}`, json, entry),
    request(`PATCH /journals/${id}`, json, JSON.stringify({ title: 'x', lastUpdated: 1 })),
    request(
      'POST /sync/associations',
      json,
      JSON.stringify({ associations: [{ journalId: id, contentId: id, createdAt: 1 }] }),
    ),
    request('POST /sync/media', 'multipart/form-data; boundary=b', `${form}--b--\r\n`),
    request('GET /sync/content/changes?since=0&limit=5'),
    request(`GET /api/v1/media/${id}/binary`),
    request(`DELETE /contents/${id}`),
  ];

  function request(line: string, type?: string, body = ''): string {
    const described =
      type === undefined ? '' : `Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
    return `${line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer ${token}\r\n${described}\r\n${body}`;
  }
}

/** Sends the bytes, and answers with all that came back until the server closed. */
export async function sendBytes(url: string, bytes: Buffer, signal: AbortSignal): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  // A server may hang up on noise while it is being sent.
  socket.on('error', () => undefined);
  const received: Buffer[] = [];
  const answered = new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      received.push(chunk);
      resolve();
    });
    socket.once('close', () => resolve());
  });
  const closed = once(socket, 'close', { signal });
  socket.write(bytes);
  if (isWhole(bytes)) await Promise.race([answered, delay(PATIENCE_MS, undefined, { ref: false })]);
  socket.end();
  try {
    await closed;
  } finally {
    socket.destroy();
  }
  return Buffer.concat(received).toString('latin1');
}

/** Whether the server can have seen the end of a request: else it rightly waits for more of it. */
function isWhole(bytes: Buffer): boolean {
  const text = bytes.toString('latin1');
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head))?.[1] ?? '0';
  return text.length >= head + 4 + Number(length);
}
