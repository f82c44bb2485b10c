import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, type BucketItem } from 'minio';
import { BlobNotFoundError, BlobStoreUnavailableError } from '../src/blobs/blob-store.js';
import { S3BlobStore } from '../src/blobs/s3-blob-store.js';
import type { Config } from '../src/config.js';
import { describeBlobStore } from './contracts/blob-store.js';
import { describeWith, startSwift, type Swift } from './support/swift.js';

const MIB = 1024 * 1024;
const PART = 5 * MIB;

// oxlint-disable-next-line jest/valid-title, jest/no-disabled-tests -- the name is the caller's
describeWith(describe, describe.skip)('S3BlobStore on OpenStack Swift', () => {
  let swift: Swift;
  let folder: string;
  let settings: Config;
  let store: S3BlobStore;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'logdate-s3-'));
    swift = await startSwift();
    settings = { ...swift.settings('journals'), s3PartBytes: PART };
    store = new S3BlobStore(settings);
    await store.ensureBucket();
  }, 180_000);

  afterAll(async () => {
    await swift.close();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  const source = async (bytes: Buffer): Promise<string> => {
    const path = join(folder, randomUUID());
    await writeFile(path, bytes);
    return path;
  };

  describeBlobStore(
    'S3BlobStore',
    // Its bucket is made by the first object.
    async () => ({ store: new S3BlobStore(swift.settings('contract')), close: async () => {} }),
    { many: 210 },
  );

  it('makes the bucket once, however many ask for it', async () => {
    const others = [1, 2, 3].map(() => new S3BlobStore(swift.settings('made-at-once')));
    await Promise.all(others.map((other) => other.ensureBucket()));
    await store.ensureBucket();
  });

  describe('a file of 66 MiB', () => {
    const bytes = randomBytes(66 * MIB + 7);
    const key = 'large/film';

    it('is sent in parts, moves as a whole, and is read across its parts', async () => {
      const path = await source(bytes);
      await store.putFile('staged/film', path);
      expect(existsSync(path)).toBe(false);
      await store.move('staged/film', key);
      expect(await keysOf(store, 'staged/')).toEqual([]);
      expect(await store.stat(key)).toMatchObject({ size: bytes.length });
      expect(sha256(await buffer(await store.get(key)))).toBe(sha256(bytes));
      for (const [start, end] of [
        [0, 0],
        [PART - 1, PART],
        [3 * PART - 100, 5 * PART + 100],
        [bytes.length - 1, bytes.length - 1],
        [bytes.length - 5, bytes.length + 5],
      ] as const) {
        const part = await buffer(await store.get(key, { start, end }));
        expect(part.equals(bytes.subarray(start, end + 1))).toBe(true);
      }
      expect(await keysOf(store, 'large/')).toEqual([key]);
      await store.remove(key);
      expect(await store.stat(key)).toBeUndefined();
    }, 120_000);

    it('leaves nothing in the store when a part fails, and goes through later', async () => {
      const refused: string[] = [];
      const between = await proxyTo(settings.s3Endpoint, (call) => {
        const isRefused = /partNumber=3/.test(call.url ?? '') && refused.length < 2;
        if (isRefused) refused.push(call.url ?? '');
        return isRefused;
      });
      const cut = new S3BlobStore({ ...settings, s3Endpoint: between.url });
      const path = await source(bytes.subarray(0, 4 * PART));
      await expect(cut.putFile('cut/film', path)).rejects.toBeInstanceOf(BlobStoreUnavailableError);
      expect(refused).toHaveLength(2);
      expect(existsSync(path)).toBe(true);
      expect(await store.stat('cut/film')).toBeUndefined();
      expect(await keysOf(store, 'cut/')).toEqual([]);
      expect(await uploadsOf(settings)).toEqual([]);
      await cut.putFile('cut/film', path);
      expect(sha256(await buffer(await store.get('cut/film')))).toBe(sha256(bytes.subarray(0, 4 * PART)));
      await between.close();
    }, 120_000);
  });

  describe('a signed URL', () => {
    const key = 'signed/photo';
    const bytes = randomBytes(100_000);
    beforeAll(async () => store.putFile(key, await source(bytes)));

    it('answers with the bytes, or a part of them, under the name and type that were signed', async () => {
      const disposition = `attachment; filename="a b(1)'*.jpg"; filename*=UTF-8''%C3%A4%20%26%3D%2B%23.jpg`;
      const headers = { 'Content-Disposition': disposition, 'content-type': 'image/jpeg', 'x-other': 'left out' };
      const url = await store.signedDownload(key, 60, headers);
      const answer = await fetch(url);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-disposition')).toBe(disposition);
      expect(answer.headers.get('content-type')).toMatch(/^image\/jpeg/);
      expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
      const part = await fetch(url, { headers: { range: 'bytes=10-19' } });
      expect(part.status).toBe(206);
      expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(10, 20))).toBe(true);
    });

    it('is refused when anything in it was changed, and for another method', async () => {
      const url = await store.signedDownload(key, 60, { 'content-type': 'image/jpeg' });
      const changed: [string, RequestInit?][] = [
        [url.replace(/Signature=(.)/, (_, first) => `Signature=${first === '0' ? '1' : '0'}`)],
        [url.replace('signed/photo', 'signed/other')],
        [url.replace('X-Amz-Expires=60', 'X-Amz-Expires=6000')],
        [url.replace('image%2Fjpeg', 'text%2Fhtml')],
        [url, { method: 'PUT', body: 'mine now' }],
        [url, { method: 'DELETE' }],
      ];
      for (const [address, init] of changed) {
        const answer = await fetch(address, init);
        await answer.arrayBuffer();
        expect([address, init?.method, answer.status]).toEqual([address, init?.method, 403]);
      }
      const unsigned = await fetch(url.replace(/\?.*/, ''));
      await unsigned.arrayBuffer();
      expect(unsigned.ok).toBe(false);
      expect((await buffer(await store.get(key))).equals(bytes)).toBe(true);
    });

    it('is refused when its time is over', async () => {
      const [download, upload] = [
        await store.signedDownload(key, 1, {}),
        await store.beginSignedUpload('signed/late', 5, 1),
      ];
      await delay(2_100);
      expect((await fetch(download)).status).toBe(403);
      expect((await fetch(upload.url!, { method: 'PUT', body: 'later' })).status).toBe(403);
      expect(await store.stat('signed/late')).toBeUndefined();
    });

    it('takes a whole file, which an abort forgets', async () => {
      const upload = await store.beginSignedUpload('signed/whole', 100_000, 60);
      expect(upload).toEqual({ url: expect.any(String), parts: [] });
      expect((await fetch(upload.url!, { method: 'PUT', body: bytes })).status).toBe(200);
      await store.endSignedUpload('signed/whole', upload.uploadId);
      expect((await buffer(await store.get('signed/whole'))).equals(bytes)).toBe(true);
      await store.abortSignedUpload('signed/whole', upload.uploadId);
      expect(await store.stat('signed/whole')).toBeUndefined();
    });

    it('needs no network, and names the address by which devices reach the store', async () => {
      const away = new S3BlobStore({
        ...settings,
        s3Endpoint: 'http://127.0.0.1:9',
        s3PublicEndpoint: settings.s3Endpoint,
      });
      const answer = await fetch(await away.signedDownload(key, 60, {}));
      expect(answer.status).toBe(200);
      await answer.arrayBuffer();
      const named = new S3BlobStore({ ...settings, s3PublicEndpoint: 'https://photos.example' });
      expect(await named.signedDownload(key, 60, {})).toMatch(/^https:\/\/photos\.example\/journals\/signed\/photo\?/);
      expect((await named.beginSignedUpload('signed/a', 1, 60)).url).toMatch(/^https:\/\/photos\.example\//);
    });
  });

  describe('a signed upload in parts', () => {
    const bytes = randomBytes(2 * PART + 12_345);
    const partsOf = (upload: { partSize?: number }): Buffer[] =>
      [0, 1, 2].map((index) => bytes.subarray(index * upload.partSize!, (index + 1) * upload.partSize!));

    it('is an object when it ends, and only then', async () => {
      const key = 'parts/film';
      const upload = await store.beginSignedUpload(key, bytes.length, 60);
      expect(upload).toMatchObject({ partSize: PART, parts: [{ number: 1 }, { number: 2 }, { number: 3 }] });
      const chunks = partsOf(upload);
      await expect(store.endSignedUpload(key, upload.uploadId)).rejects.toBeInstanceOf(BlobNotFoundError);
      for (const { number, url, headers } of upload.parts.toReversed()) {
        await expect(store.endSignedUpload(key, upload.uploadId)).rejects.toBeInstanceOf(BlobNotFoundError);
        const init = {
          method: 'PUT',
          body: chunks[number - 1]!,
          headers: headers.map(({ name, value }) => [name, value]),
        };
        expect((await fetch(url, init as RequestInit)).status).toBe(200);
      }
      expect(await store.stat(key)).toBeUndefined();
      await store.endSignedUpload(key, upload.uploadId);
      // The answer may have been lost.
      await store.endSignedUpload(key, upload.uploadId);
      expect((await buffer(await store.get(key))).equals(bytes)).toBe(true);
    });

    it('does not end while the last part is missing, or one is too short', async () => {
      const key = 'parts/missing';
      const upload = await store.beginSignedUpload(key, bytes.length, 60);
      const chunks = partsOf(upload);
      const put = (number: number, body: Buffer) => fetch(upload.parts[number - 1]!.url, { method: 'PUT', body });
      await put(1, chunks[0]!);
      await put(2, chunks[1]!);
      await expect(store.endSignedUpload(key, upload.uploadId)).rejects.toBeInstanceOf(BlobNotFoundError);
      await put(3, chunks[2]!.subarray(1));
      await expect(store.endSignedUpload(key, upload.uploadId)).rejects.toBeInstanceOf(BlobNotFoundError);
      await put(3, chunks[2]!);
      await store.endSignedUpload(key, upload.uploadId);
      expect(await store.stat(key)).toMatchObject({ size: bytes.length });
    });

    it('is forgotten when it is aborted, however often', async () => {
      const key = 'parts/aborted';
      const upload = await store.beginSignedUpload(key, bytes.length, 60);
      const [first] = upload.parts;
      await fetch(first!.url, { method: 'PUT', body: partsOf(upload)[0]! });
      await store.abortSignedUpload(key, upload.uploadId);
      await store.abortSignedUpload(key, upload.uploadId);
      await expect(store.endSignedUpload(key, upload.uploadId)).rejects.toBeInstanceOf(BlobNotFoundError);
      expect(await uploadsOf(settings)).toEqual([]);
      expect((await fetch(first!.url, { method: 'PUT', body: partsOf(upload)[0]! })).status).toBe(404);
    });
  });

  it('says that the store is down while it is, loses nothing, and goes on afterwards', async () => {
    await store.putFile('down/before', await source(Buffer.from('before')));
    const path = await source(randomBytes(PART + 1));
    swift.down();
    const attempts: (() => Promise<unknown>)[] = [
      () => store.putFile('down/meanwhile', path),
      () => store.get('down/before'),
      () => store.stat('down/before'),
      () => store.remove('down/before'),
      () => store.move('down/before', 'down/moved'),
      () => keysOf(store, 'down/'),
      () => store.beginSignedUpload('down/parts', 3 * PART, 60),
      () => new S3BlobStore(settings).ensureBucket(),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toBeInstanceOf(BlobStoreUnavailableError);
    expect(existsSync(path)).toBe(true);
    swift.up();
    expect(String(await buffer(await store.get('down/before')))).toBe('before');
    await store.putFile('down/meanwhile', path);
    expect((await keysOf(store, 'down/')).sort()).toEqual(['down/before', 'down/meanwhile']);
  }, 180_000);
});

async function keysOf(store: S3BlobStore, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}

/** Uploads in parts that the store has not forgotten. */
async function uploadsOf(settings: Config): Promise<unknown[]> {
  const { hostname, port } = new URL(settings.s3Endpoint);
  const client = new Client({
    endPoint: hostname,
    port: Number(port),
    useSSL: false,
    region: settings.s3Region,
    accessKey: settings.s3AccessKey,
    secretKey: settings.s3SecretKey,
  });
  return client.listIncompleteUploads(settings.s3Bucket, '', true).toArray() as Promise<BucketItem[]>;
}

/** Passes requests on as they are, but answers 500 to those that are refused. */
async function proxyTo(
  target: string,
  isRefused: (call: IncomingMessage) => boolean,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((call, answer) => {
    if (isRefused(call)) {
      call.resume().on('end', () => answer.writeHead(500).end());
      return;
    }
    const { hostname, port } = new URL(target);
    const { method, url: path, headers } = call;
    const passed = request({ hostname, port, method, path, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    call.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
