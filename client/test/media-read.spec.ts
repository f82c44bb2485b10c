import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { addMedia } from '../src/media/add-media.js';
import { dropUpload, freeLocalCopies, UPLOAD_TABLES } from '../src/media/media-edits.js';
import { MediaQueue } from '../src/media/media-queue.js';
import { isStored, PIECE_BYTES } from '../src/media/pieces.js';
import { readMedia } from '../src/media/read-media.js';
import { StoreFullError, type LocalStore } from '../src/store.js';
import { TransportError, type ErrorCode } from '../src/transport.js';
import { bytesOf, deviceOver, FakeMediaServer, mediaDevice, read, type TestDevice } from './support/media-device.js';

const BYTES = bytesOf(3 * PIECE_BYTES + 1000);

let device: TestDevice;
let server: FakeMediaServer;
let id: string;
/** What each wait before a new try was. */
let waits: number[];
beforeEach(async () => {
  device = mediaDevice();
  server = new FakeMediaServer();
  waits = [];
  id = await addMedia(device.engine, { contentId: randomUUID(), fileName: 'a', mimeType: 'image/png', bytes: BYTES });
  const queue = new MediaQueue(device.engine, { transport: server, backoff });
  await queue.step(new AbortController().signal);
  // From here on it is as on another device: the row is there, the bytes are not.
  await freeLocalCopies(device.engine.store);
  server.calls.length = 0;
});

function backoff(failures: number, retryAfterMs: number): number {
  waits.push(failures, retryAfterMs);
  return 1_000;
}

const reading = ({ engine } = device, keep = true, signal = new AbortController().signal): AsyncGenerator<Uint8Array> =>
  readMedia(engine, id, { transport: server, backoff, signal, keep });

/** Reads to the end, moving the clock on whenever something waits for it. */
async function readPatiently(keep = true): Promise<Buffer> {
  let done = false;
  const result = read(reading(device, keep)).finally(() => void (done = true));
  result.catch(() => undefined);
  while (!done) {
    await new Promise((resolve) => setImmediate(resolve));
    if (device.clock.waiting > 0) device.clock.forward(1_000);
  }
  return result;
}

const blobs = (): number | undefined => device.storage.dump().rows.blobs?.length;
const isHere = (): Promise<boolean> =>
  device.engine.store.transaction('read', ['blobs'], (transaction) => isStored(transaction, id, BYTES.length));

describe('a file', () => {
  test('that is not on this device comes from the server, and is kept', async () => {
    expect((await read(reading())).equals(BYTES)).toBe(true);
    expect([server.calls[0], await isHere()]).toEqual(['download', true]);
    server.calls.length = 0;
    expect((await read(reading())).equals(BYTES)).toBe(true);
    expect(server.calls).toEqual([]);
  });

  test('is not kept where that is not wanted', async () => {
    expect((await read(reading(device, false))).equals(BYTES)).toBe(true);
    expect(blobs()).toBe(0);
  });

  test('that was kept in part comes from there on', async () => {
    for await (const bytes of reading()) if (bytes.length > 0 && (blobs() ?? 0) >= 2) break;
    expect([blobs(), await isHere()]).toEqual([2, false]);
    const from: unknown[] = [];
    server.script = (call, _id, at) => void (call === 'download' && from.push(at));
    expect((await read(reading())).equals(BYTES)).toBe(true);
    expect([from, await isHere()]).toEqual([[2 * PIECE_BYTES], true]);
  });

  test('that nobody knows, or that was deleted, is not found', async () => {
    await device.engine.store.transaction('write', UPLOAD_TABLES, async (transaction) => {
      const row = await transaction.get('rows', ['media', id]);
      if (row !== undefined) await transaction.put('rows', { ...row, status: 'deleted' });
    });
    await expect(read(reading())).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(server.calls).toEqual([]);
  });

  test('that is deleted while it arrives leaves no piece behind', async () => {
    let seen = 0;
    for await (const bytes of reading()) {
      seen += bytes.length;
      if (seen !== 300_000) continue;
      await device.engine.store.transaction('write', UPLOAD_TABLES, async (transaction) => {
        await dropUpload(transaction, id);
        await transaction.delete('rows', ['media', id]);
      });
    }
    expect([seen, blobs()]).toEqual([BYTES.length, 0]);
  });

  test('is read to its end though the device has no room to keep it', async () => {
    const { store } = device.engine;
    const full: LocalStore = {
      close: () => store.close(),
      destroy: () => store.destroy(),
      transaction: (mode, tables, body) =>
        mode === 'write' ? Promise.reject(new StoreFullError('full')) : store.transaction(mode, tables, body),
    };
    expect((await read(reading(deviceOver(full)))).equals(BYTES)).toBe(true);
    expect(blobs()).toBe(0);
  });
});

describe('bytes that are wrong', () => {
  const flip = (at: number): void => {
    const bytes = server.uploads.get(id)?.bytes;
    if (bytes !== undefined) bytes[at] = (bytes[at] ?? 0) ^ 1;
  };

  test.each([0, PIECE_BYTES, BYTES.length - 1])('at %i are refused, and nothing of them is kept', async (at) => {
    flip(at);
    await expect(read(reading())).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
    expect(blobs()).toBe(0);
    flip(at);
    expect((await read(reading())).equals(BYTES)).toBe(true);
  });

  test('on this device are thrown away, and come from the server the next time', async () => {
    await read(reading());
    await device.engine.store.transaction('write', ['blobs'], async (transaction) => {
      await transaction.put('blobs', { id, part: 1, bytes: bytesOf(PIECE_BYTES, 9) });
    });
    await expect(read(reading())).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
    expect((await read(reading())).equals(BYTES)).toBe(true);
  });

  test('of a file that was never uploaded stay, as there are no others', async () => {
    const bytes = bytesOf(10);
    id = await addMedia(device.engine, { contentId: randomUUID(), fileName: 'b', mimeType: 'image/png', bytes });
    const before = blobs();
    await device.engine.store.transaction('write', ['blobs'], async (transaction) => {
      await transaction.put('blobs', { id, part: 0, bytes: bytesOf(10, 9) });
    });
    await expect(read(reading())).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
    expect(blobs()).toBe(before);
  });

  test('beyond the end are refused', async () => {
    const upload = server.uploads.get(id);
    if (upload !== undefined) upload.bytes = Buffer.concat([upload.bytes, Buffer.alloc(1)]);
    await expect(read(reading())).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
  });
});

describe('a download that is cut', () => {
  test('goes on behind what has arrived', async () => {
    const from: unknown[] = [];
    let pieces = 0;
    server.script = (call, ...args) => {
      if (call === 'download') from.push(args[1]);
      if (call === 'bytes' && (pieces += 1) % 2 === 0) throw new TransportError('NO_ANSWER', 'cut');
    };
    expect((await readPatiently()).equals(BYTES)).toBe(true);
    expect(from).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((cuts) => cuts * 100_000));
    expect(await isHere()).toBe(true);
  });

  test('goes on also when it ends too early without an error', async () => {
    const download = server.download.bind(server);
    let short = true;
    server.download = async (file, from) => {
      const whole = await download(file, from);
      if (!short) return whole;
      short = false;
      return (async function* (): AsyncGenerator<Uint8Array> {
        for await (const bytes of whole) return yield bytes;
      })();
    };
    expect((await readPatiently()).equals(BYTES)).toBe(true);
    expect(server.count('download')).toBe(2);
  });

  test('is given up after five tries that brought nothing, each later than the one before', async () => {
    server.fails('download', 'UNAVAILABLE', 99, { retryAfterMs: 7 });
    await expect(readPatiently()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(waits).toEqual([0, 7, 1, 7, 2, 7, 3, 7, 4, 7]);
    expect(device.clock.waiting).toBe(0);
  });

  test.each<ErrorCode>(['NOT_FOUND', 'FORBIDDEN', 'SIGNED_OUT', 'UNAUTHENTICATED'])(
    'by %s is given up at once',
    async (code) => {
      server.fails('download', code);
      await expect(readPatiently()).rejects.toMatchObject({ code });
      expect(server.count('download')).toBe(1);
    },
  );

  test('ends while it waits when nobody wants it any more, and leaves no timer', async () => {
    server.fails('download', 'NO_ANSWER');
    const stop = new AbortController();
    const result = read(reading(device, true, stop.signal));
    result.catch(() => undefined);
    while (device.clock.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
    stop.abort(new Error('closed'));
    await expect(result).rejects.toThrow('closed');
    expect(device.clock.waiting).toBe(0);
  });
});
