import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { addMedia } from '../src/media/add-media.js';
import { dropUpload, freeLocalCopies, retryUpload, uploadAgain, UPLOAD_TABLES } from '../src/media/media-edits.js';
import { MediaQueue, type MediaQueueOptions } from '../src/media/media-queue.js';
import { storedPieces } from '../src/media/pieces.js';
import { WHOLE_BYTES } from '../src/media/upload.js';
import type { LocalRow, MediaEntry, RejectedRecord } from '../src/tables.js';
import { TransportError, type ErrorCode } from '../src/transport.js';
import { bytesOf, FakeMediaServer, mediaDevice, read, type TestDevice } from './support/media-device.js';

const MIB = 2 ** 20;
const LARGE = bytesOf(WHOLE_BYTES + MIB);
const SMALL = bytesOf(300_000);

let device: TestDevice;
let server: FakeMediaServer;
let queue: MediaQueue;
let signal: AbortSignal;
beforeEach(() => {
  device = mediaDevice();
  server = new FakeMediaServer();
  queue = queueOn(device);
  ({ signal } = new AbortController());
});

/** Each failure doubles the wait, from a second. */
const backoff = (failures: number, retryAfterMs: number): number => Math.max(retryAfterMs, 1_000 * 2 ** failures);

const queueOn = ({ engine }: TestDevice, options: Partial<MediaQueueOptions> = {}): MediaQueue =>
  new MediaQueue(engine, { transport: server, backoff, ...options });

/** The same device after a restart: nothing but what was stored is left. */
function restarted(): void {
  device = mediaDevice(device.storage, device.clock);
  queue = queueOn(device);
}

const add = (bytes: Uint8Array, more = {}): Promise<string> =>
  addMedia(device.engine, { contentId: randomUUID(), fileName: 'a.png', mimeType: 'image/png', bytes, ...more });

const entries = (): MediaEntry[] => device.storage.dump().rows.media as MediaEntry[];
const rowOf = (id: string): LocalRow | undefined =>
  (device.storage.dump().rows.rows as LocalRow[]).find((row) => row.id === id);
const refusals = (): RejectedRecord[] => device.storage.dump().rows.rejected as RejectedRecord[];
const blobs = (): number | undefined => device.storage.dump().rows.blobs?.length;
const bytesAtServer = (id: string): Uint8Array | undefined => server.uploads.get(id)?.bytes;
const isAtServer = (id: string, bytes: Uint8Array): boolean =>
  server.uploads.get(id)?.status === 'READY' && Buffer.compare(bytesAtServer(id) ?? Buffer.alloc(0), bytes) === 0;

/** Steps until nothing can be sent now. */
async function work(): Promise<number | null> {
  for (let steps = 0; steps < 1_000; steps += 1) {
    const { more, until } = await queue.step(signal);
    if (!more) return until;
  }
  throw new Error('the queue never comes to an end');
}

/** As a run does: a failure that concerns everything ends it, and the time of the next attempt comes. */
async function persist(): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    await work().catch((error: unknown) => {
      if (!(error instanceof TransportError)) throw error;
    });
    if (entries().every(({ state }) => state === 'quota' || state === 'refused')) return;
    device.clock.forward(60_000);
  }
  throw new Error('the queue never empties');
}

describe('a file', () => {
  test('up to 8 MiB goes with one request, and its row is the one of the server', async () => {
    const id = await add(SMALL);
    expect(await work()).toBeNull();
    expect(server.calls).toEqual(['uploadWhole']);
    expect(isAtServer(id, SMALL)).toBe(true);
    expect([entries(), refusals()]).toEqual([[], []]);
    const row = rowOf(id);
    expect(row).toMatchObject({ status: 'live', body: { status: 'READY' }, base: { version: 1 } });
    expect(row?.body).toEqual(row?.base?.body);
    expect(device.logged).toEqual(['media uploaded']);
  });

  test('over 8 MiB goes in chunks', async () => {
    const id = await add(LARGE);
    await work();
    expect(server.calls.slice(0, 3)).toEqual(['begin', 'arrived', 'append']);
    expect(server.calls.at(-1)).toBe('complete');
    expect(server.count('arrived')).toBe(1);
    expect(isAtServer(id, LARGE)).toBe(true);
    expect(rowOf(id)).toMatchObject({ body: { status: 'READY' } });
  });

  test('without a byte is uploaded too', async () => {
    const id = await add(new Uint8Array());
    await work();
    expect(server.uploads.get(id)?.status).toBe('READY');
  });

  test('whose bytes the server has already needs none of them sent', async () => {
    await add(LARGE);
    await work();
    server.calls.length = 0;
    const second = await add(LARGE);
    await work();
    expect(server.calls).toEqual(['begin']);
    expect(rowOf(second)).toMatchObject({ base: { status: 'live' }, body: { status: 'READY' } });
  });

  test('stays on this device, until its room is wanted', async () => {
    const id = await add(SMALL);
    await freeLocalCopies(device.engine.store);
    expect(blobs()).toBe(2);
    await work();
    expect((await read(storedPieces(device.engine.store, id))).equals(SMALL)).toBe(true);
    await freeLocalCopies(device.engine.store);
    expect(blobs()).toBe(0);
  });

  test('leaves this device once the server has it, where the person wants that', async () => {
    queue = queueOn(device, { keepsLocalCopies: () => false });
    await add(SMALL);
    await work();
    expect([blobs(), entries()]).toEqual([0, []]);
  });

  test('is not sent on a network that the person does not allow', async () => {
    let allowed = false;
    queue = queueOn(device, { mayUseNetwork: () => allowed });
    await add(SMALL);
    expect(await queue.step(signal)).toEqual({ more: false, until: null });
    expect([server.calls, entries()[0]?.state]).toEqual([[], 'waiting']);
    allowed = true;
    await work();
    expect(entries()).toEqual([]);
  });

  test('that the server lost after a restore is sent again from this device', async () => {
    const id = await add(SMALL);
    await work();
    server.forget(id);
    const again = await device.engine.store.transaction('write', UPLOAD_TABLES, (transaction) =>
      uploadAgain(transaction, id, randomUUID()),
    );
    expect(again).toBe(true);
    await work();
    expect(isAtServer(id, SMALL)).toBe(true);
    await freeLocalCopies(device.engine.store);
    const gone = await device.engine.store.transaction('write', UPLOAD_TABLES, (transaction) =>
      uploadAgain(transaction, id, randomUUID()),
    );
    expect(gone).toBe(false);
  });
});

describe('two files at once', () => {
  test('and no more are under way, in the order in which they were added', async () => {
    const ids = [await add(LARGE), await add(bytesOf(LARGE.length, 2)), await add(bytesOf(LARGE.length, 3))];
    let open = 0;
    let most = 0;
    const seen: string[] = [];
    server.script = async (call, subject) => {
      if (call === 'begin') seen.push(String(subject));
      most = Math.max(most, (open += 1));
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
    };
    await work();
    expect(most).toBe(2);
    expect(seen).toEqual(ids);
    expect(entries()).toEqual([]);
  });

  test('do not wait for each other when one of them is refused', async () => {
    const bad = await add(SMALL);
    const good = await add(bytesOf(1000, 3));
    server.script = (call, id) => {
      if (call === 'uploadWhole' && id === bad) throw new TransportError('BAD_USER_INPUT', 'the name is too long');
    };
    await work();
    expect(isAtServer(good, bytesOf(1000, 3))).toBe(true);
    expect(entries()).toMatchObject([{ id: bad, state: 'refused', lastError: 'BAD_USER_INPUT' }]);
  });
});

describe('chunks', () => {
  /** A line of so many bytes a second. */
  const line = (bytesASecond: number): void => {
    server.script = (call, _url, _offset, bytes) => {
      if (call === 'append') device.clock.forward(((bytes as Uint8Array).length / bytesASecond) * 1000);
    };
  };

  test.each([
    ['a fast line', 100 * MIB, [1, 2, 4, 8, 16]],
    ['a slow line', 64 * 2 ** 10, [1, 0.25, 0.25, 0.25, 0.25]],
    ['a line in between', MIB, [1, 2, 2, 2, 2]],
  ])('on %s aim at two seconds, from 256 KiB to 16 MiB', async (_, speed, expected) => {
    line(speed);
    await add(new Uint8Array(40 * MIB));
    for (let n = 0; n < 5; n += 1) await queue.step(signal);
    expect(server.chunks.map((bytes) => bytes / MIB)).toEqual(expected);
  });

  test('that something on the way calls too large become smaller, and the file is not refused for it', async () => {
    server.script = (call, _url, _offset, bytes) => {
      if (call === 'uploadWhole') throw new TransportError('TOO_LARGE', 'a proxy takes less', { httpStatus: 413 });
      if (call === 'append' && (bytes as Uint8Array).length > 500_000) {
        throw new TransportError('TOO_LARGE', 'a proxy takes less', { httpStatus: 413 });
      }
    };
    const bytes = bytesOf(2 * MIB);
    const id = await add(bytes);
    await work();
    expect(isAtServer(id, bytes)).toBe(true);
  });
});

describe('an upload that is cut', () => {
  /** Takes in half of each chunk but the last ones, and then breaks. */
  const halves = (): void => {
    server.script = async (call, url, offset, bytes) => {
      if (call !== 'append' || (bytes as Uint8Array).length < 300_000) return;
      const upload = server.uploads.get(String(url).slice(-36));
      const half = (bytes as Uint8Array).subarray(0, (bytes as Uint8Array).length / 2);
      if (upload !== undefined && upload.bytes.length === offset) upload.bytes = Buffer.concat([upload.bytes, half]);
      throw new TransportError('NO_ANSWER', 'cut');
    };
  };

  test('goes on at once behind what has arrived, without a failure', async () => {
    halves();
    const id = await add(LARGE);
    await work();
    expect(isAtServer(id, LARGE)).toBe(true);
    expect(server.count('begin')).toBe(1);
  });

  test('waits when nothing of it arrives any more', async () => {
    server.fails('append', 'NO_ANSWER');
    const id = await add(LARGE);
    await expect(work()).rejects.toMatchObject({ code: 'NO_ANSWER' });
    expect(entries()).toMatchObject([{ id, state: 'sending', retryCount: 1 }]);
    expect(await queue.step(signal)).toEqual({ more: false, until: device.clock.now() + 1_000 });
    device.clock.forward(1_000);
    expect(await work()).toBeNull();
    expect(isAtServer(id, LARGE)).toBe(true);
  });

  test('goes on after a restart where the server says, and progress never runs backwards', async () => {
    const id = await add(LARGE);
    await queue.step(signal);
    await queue.step(signal);
    const before = entries()[0]?.offset ?? 0;
    expect(before).toBeGreaterThan(2 * MIB);
    // The server lost the last bytes; the device stored more than that.
    const upload = server.uploads.get(id);
    if (upload !== undefined) upload.bytes = upload.bytes.subarray(0, 1000);
    restarted();
    const seen: number[] = [];
    for (let step = await queue.step(signal); step.more; step = await queue.step(signal)) {
      seen.push(entries()[0]?.offset ?? 0);
    }
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
    expect(seen[0]).toBeGreaterThanOrEqual(before);
    expect(server.count('begin')).toBe(1);
    expect(isAtServer(id, LARGE)).toBe(true);
  });

  test('of a small file goes on in the way that can be taken up again, under the same mutation', async () => {
    const id = await add(SMALL);
    server.fails('uploadWhole', 'NO_ANSWER');
    await persist();
    expect(server.calls).toEqual(['uploadWhole', 'begin', 'arrived', 'append', 'complete']);
    expect(isAtServer(id, SMALL)).toBe(true);
  });

  test('only in its last answer is known to be done', async () => {
    const id = await add(LARGE);
    let lost = false;
    const complete = server.complete.bind(server);
    server.complete = async (...args) => {
      const row = await complete(...args);
      if (lost) return row;
      lost = true;
      throw new TransportError('NO_ANSWER', 'the answer was lost');
    };
    server.arrived = async (url) => {
      if (server.uploads.get(url.slice(-36))?.status === 'READY') throw new TransportError('CONFLICT', 'completed');
      return server.uploads.get(url.slice(-36))?.bytes.length;
    };
    await persist();
    expect(rowOf(id)).toMatchObject({ body: { status: 'READY' } });
    expect(server.chunks.reduce((sum, bytes) => sum + bytes, 0)).toBe(LARGE.length);
  });

  test('by the end of the run leaves everything as it is', async () => {
    const id = await add(LARGE);
    const stop = new AbortController();
    server.script = (call) => {
      if (call !== 'append') return;
      stop.abort(new Error('words go first'));
      stop.signal.throwIfAborted();
    };
    await expect(queue.step(stop.signal)).rejects.toThrow('words go first');
    expect(entries()).toMatchObject([{ id, state: 'sending', retryCount: 0, nextAttemptAt: 0, lastError: null }]);
    server.script = () => undefined;
    await work();
    expect(isAtServer(id, LARGE)).toBe(true);
  });

  test.each(['before', 'after'])('because its URL is gone %s bytes were sent begins anew from 0', async (when) => {
    const id = await add(LARGE);
    await queue.step(signal);
    server.forget(id);
    if (when === 'before') restarted();
    await persist();
    expect(server.count('begin')).toBe(2);
    expect(isAtServer(id, LARGE)).toBe(true);
  });
});

describe('signed URLs', () => {
  beforeEach(() => void (server.method = 'SIGNED'));

  test('take the file in parts', async () => {
    const id = await add(LARGE);
    await work();
    expect(server.count('put')).toBe(Math.ceil(LARGE.length / server.partBytes));
    expect(isAtServer(id, LARGE)).toBe(true);
  });

  test('go on with the part that was cut', async () => {
    const id = await add(LARGE);
    let cuts = 0;
    server.script = (call, _url, from) => {
      if (call === 'put' && Number(from) > 2 * MIB && cuts < 3) {
        cuts += 1;
        throw new TransportError('NO_ANSWER', 'cut');
      }
    };
    await persist();
    expect([server.count('begin'), cuts]).toEqual([1, 3]);
    expect(server.count('put')).toBe(Math.ceil(LARGE.length / server.partBytes) + 3);
    expect(isAtServer(id, LARGE)).toBe(true);
  });

  test('that have ended, or were lost with the process, are asked for again', async () => {
    const id = await add(LARGE);
    server.fails('put', 'NOT_FOUND');
    await persist();
    expect(server.count('begin')).toBe(2);
    expect(isAtServer(id, LARGE)).toBe(true);
    const other = await add(bytesOf(LARGE.length, 5));
    await queue.step(signal);
    restarted();
    await persist();
    expect(isAtServer(other, bytesOf(LARGE.length, 5))).toBe(true);
  });
});

describe('what the server refuses', () => {
  test.each<ErrorCode>(['TOO_LARGE', 'BAD_USER_INPUT', 'FORBIDDEN'])(
    'with %s is listed, and can be tried again',
    async (code) => {
      const id = await add(LARGE);
      server.fails('begin', code);
      expect(await work()).toBeNull();
      expect(refusals()).toMatchObject([{ type: 'media', id, code, at: device.clock.now() }]);
      expect(await work()).toBeNull();
      expect(server.count('begin')).toBe(1);
      await device.engine.store.transaction('write', UPLOAD_TABLES, (transaction) => retryUpload(transaction, id));
      await work();
      expect([refusals(), isAtServer(id, LARGE)]).toEqual([[], true]);
    },
  );

  test('can be given up with its bytes', async () => {
    const id = await add(SMALL);
    server.fails('uploadWhole', 'FORBIDDEN');
    await work();
    await device.engine.store.transaction('write', UPLOAD_TABLES, (transaction) => dropUpload(transaction, id));
    expect([refusals(), entries(), blobs()]).toEqual([[], [], 0]);
  });

  describe('because other bytes arrived', () => {
    /** Turns a bit of each first chunk on the way, so many times. */
    const flip = (times: number): void => {
      let left = times;
      const append = server.append.bind(server);
      server.append = (url, offset, bytes) => {
        const sent = bytes.slice();
        if (offset === 0 && left > 0) {
          left -= 1;
          sent[7] = (sent[7] ?? 0) ^ 1;
        }
        return append(url, offset, sent);
      };
    };

    test('is sent from 0 once more', async () => {
      flip(1);
      const id = await add(LARGE);
      await persist();
      expect(isAtServer(id, LARGE)).toBe(true);
      expect(server.count('complete')).toBe(2);
    });

    test('a second time is listed', async () => {
      flip(9);
      const id = await add(LARGE);
      await persist();
      expect(refusals()).toMatchObject([{ id, code: 'DIGEST_MISMATCH' }]);
      expect(server.count('complete')).toBe(2);
      // What the person has is kept.
      expect(blobs()).toBe(36);
    });

    test('a second time is listed also when the line was cut in between', async () => {
      flip(9);
      const id = await add(LARGE);
      while (server.count('complete') === 0) await queue.step(signal);
      server.fails('begin', 'NO_ANSWER');
      await persist();
      expect(server.count('complete')).toBe(2);
      expect(refusals()).toMatchObject([{ id, code: 'DIGEST_MISMATCH' }]);
    });

    test('is listed at once when the bytes on this device are no longer the ones that were added', async () => {
      const id = await add(LARGE);
      await device.engine.store.transaction('write', ['blobs'], async (transaction) => {
        const piece = await transaction.get('blobs', [id, 0]);
        if (piece !== undefined)
          await transaction.put('blobs', { ...piece, bytes: piece.bytes.map((byte) => byte ^ 1) });
      });
      await persist();
      expect(server.count('complete')).toBe(1);
      expect(refusals()).toMatchObject([{ id, code: 'DIGEST_MISMATCH' }]);
    });

    test('and bytes that are missing on this device are listed, not sent', async () => {
      const id = await add(LARGE);
      await device.engine.store.transaction('write', ['blobs'], (transaction) => transaction.delete('blobs', [id, 3]));
      await persist();
      expect(refusals()).toMatchObject([{ id, code: 'DIGEST_MISMATCH' }]);
    });
  });
});

describe('a full storage plan', () => {
  test('holds back the files that are no smaller, and a smaller one goes', async () => {
    const first = await add(SMALL);
    const larger = await add(bytesOf(SMALL.length + 1));
    const smaller = await add(bytesOf(10));
    server.script = (call, id) => {
      if (call === 'uploadWhole' && id !== smaller) throw new TransportError('QUOTA_EXCEEDED', 'full');
    };
    await work();
    expect(entries().map(({ id, state }) => [id, state])).toEqual([first, larger].sort().map((id) => [id, 'quota']));
    expect(isAtServer(smaller, bytesOf(10))).toBe(true);
    expect(refusals()).toEqual([]);
  });

  test('is met by the files under way, and by none behind them', async () => {
    for (let n = 1; n <= 6; n += 1) await add(bytesOf(1_000, n));
    server.fails('uploadWhole', 'QUOTA_EXCEEDED', 99);
    await work();
    expect(server.count('uploadWhole')).toBe(2);
    expect(entries().map(({ state }) => state)).toEqual(Array.from({ length: 6 }, () => 'quota'));
  });

  test.each<[string, () => Promise<void> | void]>([
    ['the person wants it or something was deleted', () => queue.roomAgain()],
    ['an hour has passed', () => device.clock.forward(60 * 60_000)],
    ['the device is started again', () => restarted()],
  ])('is asked again when %s, and no file is sent only to be refused', async (_, happens) => {
    const ids = [await add(SMALL), await add(bytesOf(SMALL.length, 2))];
    server.script = (call) => {
      if (call === 'uploadWhole' || call === 'begin') throw new TransportError('QUOTA_EXCEEDED', 'full');
    };
    const until = await work();
    expect(until).toBe(device.clock.now() + 60 * 60_000);
    const before = server.calls.length;
    await work();
    expect(server.calls).toHaveLength(before);
    await happens();
    await work();
    expect(server.calls.slice(before)).toContain('begin');
    server.script = () => undefined;
    await queue.roomAgain();
    await work();
    expect(ids.map((id) => server.uploads.get(id)?.status)).toEqual(['READY', 'READY']);
  });
});

describe('what concerns everything', () => {
  test.each<ErrorCode>(['NO_ANSWER', 'UNAVAILABLE', 'INTERNAL', 'RATE_LIMITED'])(
    '%s ends the step, and the file waits as long as the server asks',
    async (code) => {
      const id = await add(SMALL);
      server.fails('uploadWhole', code, 1, { retryAfterMs: 90_000 });
      await expect(queue.step(signal)).rejects.toMatchObject({ code });
      expect(entries()).toMatchObject([
        { id, lastError: code, retryCount: 1, nextAttemptAt: device.clock.now() + 90_000 },
      ]);
    },
  );

  test.each<ErrorCode>(['UNAUTHENTICATED', 'SIGNED_OUT'])('%s only pauses', async (code) => {
    const id = await add(SMALL);
    server.fails('uploadWhole', code);
    await expect(queue.step(signal)).rejects.toMatchObject({ code });
    expect(entries()).toMatchObject([{ id, retryCount: 0, nextAttemptAt: 0, lastError: null }]);
    expect((await queue.step(signal)).more).toBe(false);
    expect(entries()).toEqual([]);
  });

  test('each failure of a file doubles its wait, and bytes that arrive end that', async () => {
    await add(LARGE);
    server.fails('begin', 'UNAVAILABLE', 3);
    const waits: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      await expect(queue.step(signal)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      const at = entries()[0]?.nextAttemptAt ?? 0;
      waits.push(at - device.clock.now());
      device.clock.time = at;
    }
    expect(waits).toEqual([1_000, 2_000, 4_000]);
    await queue.step(signal);
    expect(entries()).toMatchObject([{ retryCount: 0 }]);
  });
});

describe('a row that was deleted meanwhile', () => {
  const deleteRow = (id: string, deviceId: string): Promise<void> =>
    device.engine.store.transaction('write', ['rows'], async (transaction) => {
      const row = await transaction.get('rows', ['media', id]);
      if (row === undefined) throw new Error('no row');
      const base = {
        ...row,
        status: 'deleted' as const,
        body: null,
        version: 9,
        updatedAt: 9,
        deviceId,
        mutationId: '',
      };
      await transaction.put('rows', { ...row, status: 'deleted', base });
    });

  test('on another device takes its upload and bytes with it', async () => {
    const id = await add(LARGE);
    await queue.step(signal);
    await deleteRow(id, 'device-b');
    await work();
    expect([entries(), blobs(), server.uploads.get(id)?.status]).toEqual([[], 0, 'PENDING']);
  });

  test('by the server, which gave the upload up after a week, is uploaded under a new id', async () => {
    const id = await add(LARGE);
    await queue.step(signal);
    const upload = server.uploads.get(id);
    if (upload !== undefined) upload.status = 'deleted';
    await deleteRow(id, 'server');
    await work();
    const [renewed] = [...server.uploads.values()].filter(({ status }) => status === 'READY');
    const { contentId, fileName, mimeType, createdAt, sha256, mutationId } = upload?.facts ?? {};
    expect(renewed?.facts).toMatchObject({ contentId, fileName, mimeType, createdAt, sha256 });
    expect([id, mutationId]).not.toContain(renewed?.facts.id);
    expect(renewed?.facts.mutationId).not.toBe(mutationId);
    expect(isAtServer(renewed?.facts.id ?? '', LARGE)).toBe(true);
    expect([entries(), rowOf(id)?.status, rowOf(renewed?.facts.id ?? '')?.status]).toEqual([[], 'deleted', 'live']);
    expect(blobs()).toBe(36);
  });

  test('at the server, before the feed has said so, waits for the feed', async () => {
    const id = await add(LARGE);
    await queue.step(signal);
    const upload = server.uploads.get(id);
    if (upload !== undefined) upload.status = 'deleted';
    restarted();
    server.arrived = () => Promise.resolve(undefined);
    await work();
    expect(entries()).toMatchObject([{ id, state: 'sending', lastError: 'CONFLICT', retryCount: 1 }]);
    expect(blobs()).toBe(36);
  });

  test('while its upload was completed stays deleted', async () => {
    const id = await add(SMALL);
    server.script = async (call) => {
      if (call !== 'uploadWhole') return;
      await device.engine.store.transaction('write', UPLOAD_TABLES, (transaction) => dropUpload(transaction, id));
      await device.engine.store.transaction('write', ['rows'], async (transaction) => {
        const row = await transaction.get('rows', ['media', id]);
        if (row !== undefined) await transaction.put('rows', { ...row, status: 'deleted' });
      });
    };
    await work();
    expect([rowOf(id)?.status, entries(), blobs()]).toEqual(['deleted', [], 0]);
  });
});
