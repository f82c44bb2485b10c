import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { addMedia, MAX_MEDIA_BYTES, sweepCopies } from '../src/media/add-media.js';
import { dropUnsentMedia, dropUpload, freeLocalCopies, UPLOAD_TABLES } from '../src/media/media-edits.js';
import { PIECE_BYTES, readBytes, storedPieces, type MediaBytes } from '../src/media/pieces.js';
import { StoreFullError, type LocalStore } from '../src/store.js';
import { bytesOf, deviceOver, mediaDevice, read, sha256Of, type TestDevice } from './support/media-device.js';

let device: TestDevice;
beforeEach(async () => {
  device = mediaDevice();
  // A store is made with its first transaction.
  await device.engine.store.transaction('read', ['rows'], (transaction) => transaction.count('rows'));
});

const contentId = randomUUID();
const file = (bytes: MediaBytes, more = {}) => ({
  contentId,
  fileName: 'beans.png',
  mimeType: 'image/png',
  bytes,
  ...more,
});

async function* inBites(bytes: Uint8Array, bite: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += bite) yield bytes.subarray(at, at + bite);
}

/** What the tables of files hold. */
function stored({ storage }: TestDevice = device) {
  const { rows } = storage.dump();
  return { media: rows.media, rows: rows.rows, blobs: rows.blobs?.length, settings: rows.settings };
}
const NOTHING = { media: [], rows: [], blobs: 0 };

describe('a file that is added', () => {
  const bytes = bytesOf(2 * PIECE_BYTES + 77);

  test.each<[string, () => MediaBytes]>([
    ['bytes', () => bytes],
    ['a view into a larger buffer', () => Buffer.concat([Buffer.alloc(99), bytes]).subarray(99)],
    ['a Blob', () => new Blob([bytes])],
    ['bytes that come in small bites', () => inBites(bytes, 10_007)],
    ['bytes that come all at once', () => inBites(bytes, bytes.length)],
  ])('as %s is on this device piece by piece, with its row and its upload', async (_, source) => {
    const id = await addMedia(device.engine, file(source(), { createdAt: -5 }));
    expect((await read(storedPieces(device.engine.store, id))).equals(bytes)).toBe(true);
    const { media, rows, blobs } = stored();
    const facts = { contentId, fileName: 'beans.png', mimeType: 'image/png', createdAt: -5, sha256: sha256Of(bytes) };
    expect(media).toMatchObject([{ ...facts, id, seq: 1, size: bytes.length, state: 'waiting', offset: 0 }]);
    expect(rows).toMatchObject([
      { type: 'media', id, status: 'live', base: null, body: { ...facts, sizeBytes: bytes.length, status: 'PENDING' } },
    ]);
    expect([blobs, device.changes()]).toEqual([3, 1]);
  });

  test('leaves a store without bytes beside its pieces', async () => {
    await addMedia(device.engine, file(inBites(bytes, 1000)));
    for (const piece of device.storage.dump().rows.blobs as { bytes: Uint8Array }[]) {
      expect(piece.bytes.buffer.byteLength).toBe(piece.bytes.length);
    }
  });

  test('with no bytes at all has a row and an upload', async () => {
    const id = await addMedia(device.engine, file(new Uint8Array()));
    expect(stored()).toMatchObject({ media: [{ id, size: 0, sha256: sha256Of(new Uint8Array()) }], blobs: 0 });
  });

  test('is sent in the order in which it was added', async () => {
    for (let n = 0; n < 3; n += 1) await addMedia(device.engine, file(bytesOf(10, n)));
    expect((stored().media as { seq: number }[]).map(({ seq }) => seq).sort((a, b) => a - b)).toEqual([1, 2, 3]);
  });

  test('under an id that is here already changes nothing', async () => {
    const id = randomUUID();
    await addMedia(device.engine, file(bytes, { id }));
    const before = stored();
    expect(await addMedia(device.engine, file(bytesOf(5, 3), { id }))).toBe(id);
    expect(stored()).toEqual(before);
    expect((await read(storedPieces(device.engine.store, id))).equals(bytes)).toBe(true);
  });

  test('can be read from any byte to any other', async () => {
    const id = await addMedia(device.engine, file(bytes));
    const ends = [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES, bytes.length];
    for (const from of ends) {
      for (const to of ends.filter((end) => end >= from)) {
        const part = await readBytes(device.engine.store, id, from, to);
        expect([from, to, Buffer.compare(part ?? bytes, bytes.subarray(from, to))]).toEqual([from, to, 0]);
      }
    }
    expect(await readBytes(device.engine.store, id, 0, bytes.length + 1)).toBeUndefined();
  });
});

describe('a copy that fails', () => {
  async function* breaking(): AsyncGenerator<Uint8Array> {
    yield bytesOf(3 * PIECE_BYTES);
    throw new Error('the card was pulled out');
  }

  test('because its source breaks leaves nothing behind', async () => {
    await expect(addMedia(device.engine, file(breaking()))).rejects.toThrow('the card was pulled out');
    expect(stored()).toMatchObject({ ...NOTHING, settings: [] });
  });

  test('because it is over the limit leaves nothing behind', async () => {
    const piece = new Uint8Array(64 * 2 ** 20);
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield piece;
    }
    // A store that keeps no bytes: the limit is 2 GiB.
    const { store } = device.engine;
    const forgetful: LocalStore = {
      ...store,
      close: () => store.close(),
      destroy: () => store.destroy(),
      transaction: (mode, tables, body) =>
        store.transaction(mode, tables, (transaction) =>
          body({
            get: (table, key) => transaction.get(table, key),
            list: (table, range) => transaction.list(table, range),
            count: (table, range) => transaction.count(table, range),
            delete: (table, key) => transaction.delete(table, key),
            put: (table, row) => (table === 'blobs' ? Promise.resolve() : transaction.put(table, row)),
          }),
        ),
    };
    const { engine } = deviceOver(forgetful, device.storage);
    const hasher = { update: () => undefined, hex: () => '' };
    await expect(addMedia({ ...engine, newHasher: () => hasher }, file(endless()))).rejects.toMatchObject({
      code: 'TOO_LARGE',
      details: { limit: MAX_MEDIA_BYTES },
    });
    expect(stored()).toMatchObject({ ...NOTHING, settings: [] });
  });

  test.each([0, 1, 2, 3, 4])('because the device is full at write %i leaves nothing behind', async (room) => {
    let left = room;
    const { store } = device.engine;
    const full: LocalStore = {
      close: () => store.close(),
      destroy: () => store.destroy(),
      transaction: (mode, tables, body) => {
        const isCopy = tables.includes('settings');
        if (isCopy && mode === 'write') left -= 1;
        if (left === -1) return Promise.reject(new StoreFullError('full'));
        return store.transaction(mode, tables, body);
      },
    };
    const { engine } = deviceOver(full, device.storage);
    await expect(addMedia(engine, file(bytesOf(3 * PIECE_BYTES)))).rejects.toThrow(StoreFullError);
    expect(stored()).toMatchObject({ ...NOTHING, settings: [] });
  });
});

describe('a copy that a crash cut off', () => {
  /** A source that never ends: its copy stands as a dead process left it. */
  async function cutOff(id: string): Promise<void> {
    let reached: () => void = () => undefined;
    const two = new Promise<void>((resolve) => (reached = resolve));
    async function* stuck(): AsyncGenerator<Uint8Array> {
      yield bytesOf(2 * PIECE_BYTES);
      reached();
      await new Promise(() => undefined);
    }
    void addMedia(device.engine, file(stuck(), { id })).catch(() => undefined);
    await two;
  }

  test('is swept an hour later, and not while it may be under way in another tab', async () => {
    await cutOff(randomUUID());
    const { clock, storage } = device;
    await sweepCopies(mediaDevice(storage, clock).engine);
    expect(stored().blobs).toBe(2);
    clock.forward(60 * 60_000);
    await sweepCopies(mediaDevice(storage, clock).engine);
    expect(stored()).toMatchObject({ ...NOTHING, settings: [] });
  });

  test('is taken over by the same file added again, whole and once', async () => {
    const id = randomUUID();
    await cutOff(id);
    const bytes = bytesOf(10, 5);
    const { engine } = mediaDevice(device.storage);
    await addMedia(engine, file(bytes, { id }));
    expect((await read(storedPieces(engine.store, id))).equals(bytes)).toBe(true);
    expect(stored()).toMatchObject({ media: [{ id }], blobs: 1 });
  });

  test('that goes on after it was swept says so instead of losing the file in silence', async () => {
    const { engine, clock } = device;
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield bytesOf(PIECE_BYTES);
      clock.forward(2 * 60 * 60_000);
      await sweepCopies(engine);
      yield bytesOf(PIECE_BYTES);
    }
    await expect(addMedia(engine, file(slow()))).rejects.toThrow('given up');
    expect(stored()).toMatchObject(NOTHING);
  });

  test('leaves the files that are whole alone when it is swept', async () => {
    await addMedia(device.engine, file(bytesOf(10)));
    device.clock.forward(2 * 60 * 60_000);
    await sweepCopies(device.engine);
    expect(stored()).toMatchObject({ blobs: 1, media: [{}] });
  });
});

describe('files of an entry that is dropped before it was sent', () => {
  const inTransaction = <T>(body: Parameters<typeof device.engine.store.transaction<T>>[2]) =>
    device.engine.store.transaction('write', UPLOAD_TABLES, body);

  test('go with it, and those of other entries stay', async () => {
    await addMedia(device.engine, file(bytesOf(PIECE_BYTES + 1)));
    const other = await addMedia(device.engine, file(bytesOf(10), { contentId: randomUUID() }));
    expect(await inTransaction((transaction) => dropUnsentMedia(transaction, contentId))).toEqual([]);
    expect(stored()).toMatchObject({ media: [{ id: other }], rows: [{ id: other }], blobs: 1 });
  });

  test('stay when the server may know of them, and are named', async () => {
    const id = await addMedia(device.engine, file(bytesOf(10)));
    await inTransaction(async (transaction) => {
      const entry = await transaction.get('media', [id]);
      if (entry !== undefined) await transaction.put('media', { ...entry, state: 'sending' });
    });
    expect(await inTransaction((transaction) => dropUnsentMedia(transaction, contentId))).toEqual([id]);
    expect(stored()).toMatchObject({ media: [{ id }], blobs: 1 });
    expect(await inTransaction((transaction) => dropUpload(transaction, id))).toBe('known');
    expect(stored()).toMatchObject({ media: [], rows: [{ id }], blobs: 0 });
  });

  test('that are not uploaded keep their bytes when room is freed', async () => {
    await addMedia(device.engine, file(bytesOf(10)));
    await freeLocalCopies(device.engine.store);
    expect(stored().blobs).toBe(1);
  });
});
