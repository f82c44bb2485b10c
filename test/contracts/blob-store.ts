/** What every BlobStore promises, whatever it keeps the bytes in. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { BlobNotFoundError, type BlobStore, type StoredBlob } from '../../src/blobs/blob-store.js';

const PARALLEL = 8;

/** In memory where the machine has such a folder: a disk makes each of the many objects wait. */
export const FAST_FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

interface OpenStore {
  store: BlobStore;
  close(): Promise<void>;
}

/** `many` objects should be more than two pages of the store's list. */
export function describeBlobStore(name: string, open: () => Promise<OpenStore>, { many = 2_010 } = {}): void {
  describe(`${name} keeps the contract of a blob store`, () => {
    let opened: OpenStore;
    let store: BlobStore;
    let folder: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(FAST_FOLDER, 'logdate-source-'));
      opened = await open();
      store = opened.store;
    });

    afterAll(async () => {
      await opened.close();
      await rm(folder, { recursive: true, force: true });
    });

    const source = async (bytes: Buffer): Promise<string> => {
      const path = join(folder, randomUUID());
      await writeFile(path, bytes);
      return path;
    };
    /** Puts bytes under a new key. */
    const put = async (bytes: Buffer, key = `put/${randomUUID()}`): Promise<string> => {
      await store.putFile(key, await source(bytes));
      return key;
    };
    const read = async (...args: Parameters<BlobStore['get']>): Promise<Buffer> => buffer(await store.get(...args));
    const listed = async (prefix?: string): Promise<StoredBlob[]> => Readable.from(store.list(prefix)).toArray();

    it.each([0, 1, 255, 70_000, 3_000_001])('gives back the %d bytes it took, and the file is gone', async (size) => {
      const bytes = randomBytes(size);
      const path = await source(bytes);
      const key = `sizes/${size}`;
      await store.putFile(key, path);
      expect(sha256(await read(key))).toBe(sha256(bytes));
      expect(existsSync(path)).toBe(false);
      expect(await store.stat(key)).toMatchObject({ key, size });
      expect(await listed(key)).toMatchObject([{ key, size }]);
    });

    it('takes keys of every allowed character', async () => {
      const key = `Aa-Zz_09.bin/..x/-/_/${'long-'.repeat(40)}/.hidden/a.b..c.`;
      await put(Buffer.from('here'), key);
      expect(String(await read(key))).toBe('here');
      expect((await listed('Aa-Zz_09.bin/')).map((blob) => blob.key)).toEqual([key]);
      await store.move(key, `moved/${key}`);
      expect(String(await read(`moved/${key}`))).toBe('here');
    });

    it.each(['', '/etc/passwd', '../up', 'a/../../b', 'a//b', 'a/', './a', 'a\0b', 'a\\b', 'ä', 'a b', 'a~b', 'a\n'])(
      'refuses the key %j everywhere',
      async (key) => {
        const path = await source(Buffer.from('x'));
        await expect(async () => store.putFile(key, path)).rejects.toBeInstanceOf(RangeError);
        await expect(async () => store.get(key)).rejects.toBeInstanceOf(RangeError);
        await expect(async () => store.stat(key)).rejects.toBeInstanceOf(RangeError);
        await expect(async () => store.remove(key)).rejects.toBeInstanceOf(RangeError);
        await expect(async () => store.move(key, 'good')).rejects.toBeInstanceOf(RangeError);
        await expect(async () => store.move('good', key)).rejects.toBeInstanceOf(RangeError);
        expect(existsSync(path)).toBe(true);
      },
    );

    describe('ranges', () => {
      const bytes = randomBytes(200_000);
      let key: string;
      beforeAll(async () => void (key = await put(bytes)));

      it.each([
        ['the first byte', 0, 0],
        ['the middle', 99_000, 101_234],
        ['the last byte', 199_999, 199_999],
        ['everything', 0, 199_999],
        ['more than there is', 199_990, 300_000],
        ['from the end on', 200_000, 200_000],
        ['far behind the end', 1_000_000, 1_000_001],
      ])('gives %s', async (_name, start, end) => {
        const part = await read(key, { start, end });
        expect(part.equals(bytes.subarray(start, end + 1))).toBe(true);
      });

      it('gives nothing of an empty object', async () => {
        expect(await read(await put(Buffer.alloc(0)), { start: 0, end: 10 })).toHaveLength(0);
      });

      it.each([
        [-1, 5],
        [5, 4],
        [0.5, 3],
        [0, Number.NaN],
        [0, Number.POSITIVE_INFINITY],
      ])('refuses %d to %d', async (start, end) => {
        await expect(async () => store.get(key, { start, end })).rejects.toBeInstanceOf(RangeError);
      });

      it('says that an object is missing, not its range', async () => {
        await expect(store.get('not/there', { start: 0, end: 1 })).rejects.toBeInstanceOf(BlobNotFoundError);
      });
    });

    it('says of a missing object that it is missing', async () => {
      await put(Buffer.from('x'), 'folder/of/one');
      for (const key of ['not/there', 'folder/of', 'folder/of/one/more']) {
        await expect(store.get(key)).rejects.toBeInstanceOf(BlobNotFoundError);
        await expect(store.move(key, 'never')).rejects.toBeInstanceOf(BlobNotFoundError);
        expect(await store.stat(key)).toBeUndefined();
        await store.remove(key);
      }
      expect(String(await read('folder/of/one'))).toBe('x');
      expect(await store.stat('never')).toBeUndefined();
    });

    it('removes an object, and again without complaint', async () => {
      const key = await put(Buffer.from('x'));
      await store.remove(key);
      await store.remove(key);
      await expect(store.get(key)).rejects.toBeInstanceOf(BlobNotFoundError);
      expect(await listed(key)).toEqual([]);
    });

    it('moves an object, over another too, and to its own key', async () => {
      const bytes = randomBytes(100_000);
      const [from, to] = [await put(bytes), `moved/${randomUUID()}`];
      await store.move(from, to);
      expect(await store.stat(from)).toBeUndefined();
      expect((await read(to)).equals(bytes)).toBe(true);
      await store.move(await put(Buffer.from('other')), to);
      await store.move(to, to);
      expect(String(await read(to))).toBe('other');
      await expect(store.move(from, from)).rejects.toBeInstanceOf(BlobNotFoundError);
    });

    it('replaces an object as a whole, while a reader keeps the bytes it began with', async () => {
      const [former, latter] = [randomBytes(4_000_000), randomBytes(1_000)];
      const key = await put(former);
      const reader = await store.get(key);
      await put(latter, key);
      expect((await buffer(reader)).equals(former)).toBe(true);
      expect((await read(key)).equals(latter)).toBe(true);
      expect(await listed(key)).toMatchObject([{ key, size: 1_000 }]);
    });

    it('takes one of many that put the same key at once', async () => {
      const candidates = Array.from({ length: PARALLEL }, () => randomBytes(300_000));
      const key = `race/${randomUUID()}`;
      const readers: Promise<Buffer | undefined>[] = [];
      await Promise.all(
        candidates.map(async (bytes) => {
          await put(bytes, key);
          readers.push(read(key));
        }),
      );
      const digests = new Set(candidates.map(sha256));
      for (const bytes of await Promise.all(readers)) expect(digests.has(sha256(bytes ?? Buffer.alloc(0)))).toBe(true);
      expect(await listed(key)).toHaveLength(1);
    });

    it(`lists ${many} objects by prefix`, async () => {
      const keys = Array.from({ length: many }, (_, index) => `many/${index % 10}/${index}`);
      await inParallel(keys, (key) => put(Buffer.from(key), key));
      await put(Buffer.from('x'), 'manyother');
      const all = await listed('many/');
      expect(all.map((blob) => blob.key).sort()).toEqual(keys.toSorted());
      expect(all.every((blob) => blob.size === Buffer.byteLength(blob.key))).toBe(true);
      expect((await listed('many/3/1')).map((blob) => blob.key).sort()).toEqual(
        keys.filter((key) => key.startsWith('many/3/1')).sort(),
      );
      expect(await listed('many/77')).toEqual([]);
      expect((await listed()).length).toBeGreaterThan(many);
      for await (const { key } of store.list('many')) {
        expect(key).toMatch(/^many/);
        break;
      }
    });

    it('tells when an object came', async () => {
      const before = Date.now();
      const key = await put(Buffer.from('x'));
      const [stated, [found]] = [await store.stat(key), await listed(key)];
      // S3 says it in whole seconds.
      for (const modifiedAt of [stated!.modifiedAt, found!.modifiedAt]) {
        expect(Number.isInteger(modifiedAt)).toBe(true);
        expect(modifiedAt).toBeGreaterThan(before - 2_000);
        expect(modifiedAt).toBeLessThan(Date.now() + 2_000);
      }
    });

    it('shows nothing of a file that is not there', async () => {
      await expect(store.putFile('vanished/one', join(folder, 'vanished'))).rejects.toMatchObject({ code: 'ENOENT' });
      expect(await store.stat('vanished/one')).toBeUndefined();
      expect(await listed('vanished')).toEqual([]);
    });

    it('lets go of what it holds when a reader goes away', async () => {
      const key = await put(randomBytes(4_000_000));
      const abandon = async (): Promise<void> => {
        const reader = await store.get(key);
        await firstBytesOf(reader);
        reader.destroy();
      };
      await abandon();
      await delay(200);
      const before = openHandles();
      for (let index = 0; index < 20; index += 1) await abandon();
      for (const deadline = Date.now() + 5_000; openHandles() > before + 3 && Date.now() < deadline;) await delay(50);
      expect(openHandles()).toBeLessThanOrEqual(before + 3);
    });
  });
}

async function inParallel<T>(items: T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const left = items.values();
  const worker = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
}

async function firstBytesOf(reader: Readable): Promise<void> {
  await new Promise((resolve, reject) => reader.once('readable', resolve).once('error', reject));
  reader.read(1);
}

/** Files and sockets of this process; where the system does not tell, the test passes by itself. */
function openHandles(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0;
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
