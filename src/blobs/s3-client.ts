/**
 * The S3 client with what the store needs beside it: errors that say whether another attempt makes sense, time limits,
 * and sending a file in pieces. (The client's own upload of files goes on with parts that another upload of the same
 * key has left, holds a whole part in memory, and never ends when the file cannot be read.)
 */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'minio';
import { isWorthAnotherTry } from './s3-errors.js';
import { transportTo } from './s3-transport.js';

const CHUNK_BYTES = 256 * 1024;
const SECOND_TRY_MS = 100;

/** Bytes `start` to `end` of a file; `end` is outside. */
export interface FileSection {
  file: FileHandle;
  start: number;
  end: number;
}

export interface S3Access {
  region: string;
  accessKey: string;
  secretKey: string;
  /** After so many milliseconds without a byte the store counts as down. */
  idleMs: number;
}

type RequestOf = Client['makeRequestStreamAsync'];

export class S3Client extends Client {
  constructor(endpoint: string, { idleMs, ...access }: S3Access) {
    if (!URL.canParse(endpoint) || !/^https?:\/\/[^/?#]+\/?$/.test(endpoint)) {
      throw new TypeError(`The address of the store must be http://host:port or https://host:port, not ${endpoint}`);
    }
    const { hostname, port, protocol } = new URL(endpoint);
    super({
      ...access,
      endPoint: hostname,
      ...(port !== '' && { port: Number(port) }),
      useSSL: protocol === 'https:',
      transport: transportTo(protocol, idleMs),
      retryOptions: { disableRetry: true },
    });
  }

  /** Sends bytes of a file as an object or, with a query that says so, as a part of one. @returns the ETag */
  async putSection(bucketName: string, objectName: string, section: FileSection, query = ''): Promise<string> {
    const headers = { 'content-length': String(section.end - section.start) };
    // Over TLS the client signs no digest of the body.
    const sha256 = this.enableSHA256 ? await digestOf(section) : '';
    return orAgain(async () => {
      const body = Readable.from(bytesOf(section), { objectMode: false });
      const options = { method: 'PUT', bucketName, objectName, headers, query };
      const response = await super.makeRequestStreamAsync(options, body, sha256, [200], '');
      await finished(response.resume());
      return response.headers.etag?.replaceAll('"', '') ?? '';
    });
  }

  /** Sends a large file in parts. An object that never was complete is never seen; what was sent of it is given up. */
  async putParts(bucket: string, key: string, { file, start, end }: FileSection, partSize: number): Promise<void> {
    const uploadId = await this.initiateNewMultipartUpload(bucket, key, {});
    try {
      const parts: { part: number; etag: string }[] = [];
      for (let from = start; from < end; from += partSize) {
        const part = parts.length + 1;
        const query = `partNumber=${part}&uploadId=${encodeURIComponent(uploadId)}`;
        const section = { file, start: from, end: Math.min(from + partSize, end) };
        parts.push({ part, etag: await this.putSection(bucket, key, section, query) });
      }
      await this.completeMultipartUpload(bucket, key, uploadId, parts);
    } catch (error) {
      await this.abortMultipartUpload(bucket, key, uploadId).catch(() => undefined);
      throw error;
    }
  }

  /** The parts of an upload that have arrived, by number. */
  async partsOf(
    bucket: string,
    key: string,
    uploadId: string,
  ): Promise<{ part: number; etag: string; size: number }[]> {
    const parts = await this.listParts(bucket, key, uploadId);
    return parts.toSorted((a, b) => a.part - b.part);
  }

  override abortMultipartUpload(bucket: string, key: string, uploadId: string): Promise<void> {
    // The client puts it into the query as it is.
    return super.abortMultipartUpload(bucket, key, encodeURIComponent(uploadId));
  }

  /** Every request of the client that has no stream as its body ends up here. */
  override makeRequestStreamAsync(...request: Parameters<RequestOf>): ReturnType<RequestOf> {
    return orAgain(() => super.makeRequestStreamAsync(...request));
  }
}

/** A connection that was kept open may be closed by the store in the moment we use it: one more try tells. */
async function orAgain<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isWorthAnotherTry(error)) throw error;
    await delay(SECOND_TRY_MS);
    return work();
  }
}

async function* bytesOf({ file, start, end }: FileSection): AsyncGenerator<Buffer> {
  for (let position = start; position < end;) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end - position));
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) throw new Error('The file became shorter while it was being sent');
    yield chunk.subarray(0, bytesRead);
    position += bytesRead;
  }
}

async function digestOf(section: FileSection): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of bytesOf(section)) hash.update(chunk);
  return hash.digest('hex');
}
