/** How the S3 store behaves towards a store that misbehaves; towards one that works, see the e2e spec. */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { BlobNotFoundError, BlobStore, BlobStoreUnavailableError } from '../src/blobs/blob-store.js';
import { BlobsModule } from '../src/blobs/blobs.module.js';
import { FileBlobStore } from '../src/blobs/file-blob-store.js';
import { S3BlobStore } from '../src/blobs/s3-blob-store.js';
import { ConfigModule } from '../src/config.module.js';
import { readConfig } from '../src/config.js';

const PART = 5 * 1024 * 1024;
const IDLE_MS = 1500;

type Answer = (call: IncomingMessage, answer: ServerResponse) => void;

let server: Server;
let folder: string;
let store: S3BlobStore;
/** What the store was asked, as `PUT /bucket/key?partNumber=1…`. */
let calls: string[];
let answerWith: Answer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'logdate-s3-'));
  calls = [];
  server = createServer((call, answer) => {
    calls.push(`${call.method} ${call.url}`);
    if (call.method === 'HEAD' && call.url === '/bucket') answer.end();
    else answerWith(call, answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  store = new S3BlobStore(configFor(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), { idleMs: IDLE_MS });
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  rmSync(folder, { recursive: true, force: true });
});

function configFor(endpoint: string) {
  return readConfig({
    BLOB_STORE: 's3',
    S3_ENDPOINT: endpoint,
    S3_BUCKET: 'bucket',
    S3_ACCESS_KEY: 'key',
    S3_SECRET_KEY: 'secret',
    S3_PART_BYTES: String(PART),
  });
}

function source(size: number): string {
  const path = join(folder, 'source');
  writeFileSync(path, Buffer.alloc(size, 'x'));
  return path;
}

const attempts: [string, () => Promise<unknown>][] = [
  ['putFile', () => store.putFile('a/b', source(10))],
  ['putFile in parts', () => store.putFile('a/b', source(PART + 1))],
  ['get', () => store.get('a/b')],
  ['get of a range', () => store.get('a/b', { start: 1, end: 2 })],
  ['stat', () => store.stat('a/b')],
  ['remove', () => store.remove('a/b')],
  ['move', () => store.move('a/b', 'c')],
  ['list', () => store.list()[Symbol.asyncIterator]().next()],
  ['beginSignedUpload', () => store.beginSignedUpload('a/b', 3 * PART, 60)],
  ['endSignedUpload', () => store.endSignedUpload('a/b', '1.id')],
  ['abortSignedUpload', () => store.abortSignedUpload('a/b', '1.id')],
];

const troubles: [string, Answer][] = [
  ['says nothing', () => {}],
  ['answers 500', (_, answer) => answer.writeHead(500).end()],
  ['answers 503 with a page', (_, answer) => answer.writeHead(503).end('<html>Busy</html>')],
  ['answers 507', (_, answer) => answer.writeHead(507).end('<Error><Code>StorageFull</Code></Error>')],
  ['answers 429', (_, answer) => answer.writeHead(429).end()],
  ['hangs up', (call) => call.socket.destroy()],
  ['speaks no HTTP', (call) => call.socket.end('220 mail.example ESMTP\r\n')],
  ['has lost the bucket', (_, answer) => answer.writeHead(404).end('<Error><Code>NoSuchBucket</Code></Error>')],
];

describe.each(troubles)('a store that %s', (trouble, answer) => {
  // Without a body it cannot say that it was the bucket.
  const asked = trouble.includes('bucket') ? attempts.filter(([name]) => name !== 'stat') : attempts;

  it.each(asked)('is unavailable for %s', async (name, attempt) => {
    answerWith = (call, reply) => void call.resume().on('end', () => answer(call, reply));
    if (trouble.startsWith('hangs') || trouble.startsWith('speaks')) answerWith = answer;
    const startedAt = Date.now();
    await expect(attempt()).rejects.toBeInstanceOf(BlobStoreUnavailableError);
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    if (name.startsWith('putFile')) expect(existsSync(join(folder, 'source'))).toBe(true);
  });
});

describe('a store that answers well', () => {
  it('loses the connection in the middle of an object', async () => {
    answerWith = (_, answer) => {
      answer.writeHead(200, { 'content-length': '1000' });
      answer.write('half', () => answer.destroy());
    };
    await expect(buffer(await store.get('a/b'))).rejects.toBeInstanceOf(BlobStoreUnavailableError);
  });

  it('falls silent in the middle of an object', async () => {
    answerWith = (_, answer) => void answer.writeHead(200, { 'content-length': '1000' }).write('half');
    await expect(buffer(await store.get('a/b'))).rejects.toBeInstanceOf(BlobStoreUnavailableError);
  });

  it('waits for a slow reader', async () => {
    const bytes = Buffer.alloc(8 * 1024 * 1024, 'y');
    answerWith = (_, answer) => void answer.end(bytes);
    const reader = await store.get('a/b');
    await new Promise((resolve) => setTimeout(resolve, 5 * IDLE_MS));
    expect((await buffer(reader)).equals(bytes)).toBe(true);
  });

  it('is asked once more when a kept connection turns out to be closed', async () => {
    answerWith = (call, answer) => {
      if (calls.length === 1) call.socket.destroy();
      else answer.end('bytes');
    };
    expect(String(await buffer(await store.get('a/b')))).toBe('bytes');
    expect(calls).toEqual(['GET /bucket/a/b', 'GET /bucket/a/b']);
  });

  it('is told to forget the parts of a file that became shorter', async () => {
    const path = source(2 * PART);
    answerWith = (call, answer) => {
      if (call.method === 'POST') {
        truncateSync(path, PART + 1);
        answer.end('<InitiateMultipartUploadResult><UploadId>a+b/c=</UploadId></InitiateMultipartUploadResult>');
      } else if (call.method === 'DELETE') answer.writeHead(204).end();
      else call.resume().on('end', () => answer.writeHead(200, { etag: '"1"' }).end());
    };
    await expect(store.putFile('a/b', path)).rejects.toThrow('shorter');
    expect(calls.at(-1)).toBe('DELETE /bucket/a/b?uploadId=a%2Bb%2Fc%3D');
    expect(calls.some((call) => call.startsWith('POST') && call.includes('uploadId'))).toBe(false);
    expect(existsSync(path)).toBe(true);
  });

  it('says inside an answer with 200 that parts could not be joined', async () => {
    answerWith = (call, answer) => {
      if (call.url?.endsWith('?uploads'))
        answer.end('<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>');
      else if (call.method === 'POST') answer.end('<Error><Code>InternalError</Code><Message>later</Message></Error>');
      else call.resume().on('end', () => answer.writeHead(call.method === 'DELETE' ? 204 : 200, { etag: '"1"' }).end());
    };
    await expect(store.putFile('a/b', source(PART + 1))).rejects.toBeInstanceOf(BlobStoreUnavailableError);
    expect(calls.at(-1)).toBe('DELETE /bucket/a/b?uploadId=u');
  });

  it('has joined the parts already, by a call whose answer was lost', async () => {
    answerWith = (call, answer) => {
      if (call.method === 'HEAD') answer.writeHead(200, { 'content-length': '7' }).end();
      else answer.writeHead(404).end('<Error><Code>NoSuchUpload</Code></Error>');
    };
    await store.endSignedUpload('a/b', '7.id');
    await expect(store.endSignedUpload('a/b', '8.id')).rejects.toBeInstanceOf(BlobNotFoundError);
  });

  it('refuses us, which is not its failure', async () => {
    answerWith = (_, answer) => answer.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>');
    for (const attempt of [store.get('a'), store.stat('a'), store.putFile('a', source(1))]) {
      await expect(attempt).rejects.toMatchObject({ code: 'AccessDenied' });
    }
  });

  it('has no such object', async () => {
    answerWith = (_, answer) => answer.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
    await expect(store.get('a')).rejects.toBeInstanceOf(BlobNotFoundError);
  });
});

it.each(['minio:9000', 'ftp://minio', 'http://minio/path', 'minio'])(
  'the address %s is refused at once',
  (endpoint) => {
    expect(() => new S3BlobStore(configFor(endpoint))).toThrow(TypeError);
  },
);

it('parts are made larger where S3 would need too many', async () => {
  answerWith = (_, answer) =>
    answer.end('<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>');
  const upload = await store.beginSignedUpload('a', 2 ** 40, 60);
  expect(upload.parts.length).toBeLessThanOrEqual(10_000);
  expect(upload.partSize! * upload.parts.length).toBeGreaterThanOrEqual(2 ** 40);
});

describe('BlobsModule', () => {
  it('gives the folder of the configuration, and S3 where it is wanted, even while that is down', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    const files = await storeOf({ DATA_DIR: folder });
    expect(files).toBeInstanceOf(FileBlobStore);
    await files.putFile('a', source(1));
    expect(existsSync(join(folder, 'blobs', 'a'))).toBe(true);
    const s3 = { BLOB_STORE: 's3', S3_BUCKET: 'bucket', S3_ACCESS_KEY: 'key', S3_SECRET_KEY: 'secret' };
    expect(await storeOf({ ...s3, S3_ENDPOINT: 'http://127.0.0.1:9' })).toBeInstanceOf(S3BlobStore);
    for (const deadline = Date.now() + 5_000; warn.mock.calls.length === 0 && Date.now() < deadline;) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(warn.mock.calls).toEqual([[expect.stringContaining('ECONNREFUSED')]]);
    warn.mockRestore();
  });
});

async function storeOf(environment: Record<string, string>): Promise<BlobStore> {
  const module = Test.createTestingModule({ imports: [ConfigModule.with(readConfig(environment)), BlobsModule] });
  return (await module.compile()).get(BlobStore);
}
