import { open, rm } from 'node:fs/promises';
import { PassThrough, Readable } from 'node:stream';
import type { BucketItem } from 'minio';
import type { Config } from '../config.js';
import { BlobNotFoundError, BlobStore, type ByteRange, type SignedUpload, type StoredBlob } from './blob-store.js';
import { checkRange, segmentsOf } from './checked-arguments.js';
import { S3Client } from './s3-client.js';
import { blobError, s3Code } from './s3-errors.js';

const MIB = 1024 * 1024;
/** S3 counts parts up to here. */
const MOST_PARTS = 10_000;
const IDLE_MS = 60_000;
/** Whose bucket it is decides about the second; the third and fourth hide from us whether it is there. */
const BUCKET_IS_THERE = new Set(['BucketAlreadyOwnedByYou', 'BucketAlreadyExists', 'AccessDenied', 'Forbidden']);
/** What a signed URL can make the store say in its answer. */
const ANSWER_HEADERS = new Set([
  'content-type',
  'content-disposition',
  'content-language',
  'content-encoding',
  'cache-control',
  'expires',
]);

type S3Settings = Pick<
  Config,
  's3Endpoint' | 's3PublicEndpoint' | 's3Region' | 's3Bucket' | 's3AccessKey' | 's3SecretKey' | 's3PartBytes'
>;

/** Keeps each object in a bucket of MinIO, S3, or what speaks like it. */
export class S3BlobStore extends BlobStore {
  private readonly client: S3Client;
  /** Only signs: devices may know the store by another name than we do. */
  private readonly signer: S3Client;
  private readonly bucket: string;
  private readonly partBytes: number;
  private bucketIsThere: Promise<void> | undefined;

  constructor(settings: S3Settings, { idleMs = IDLE_MS }: { idleMs?: number } = {}) {
    super();
    const { s3Region: region, s3AccessKey: accessKey, s3SecretKey: secretKey } = settings;
    const access = { region, accessKey, secretKey, idleMs };
    this.client = new S3Client(settings.s3Endpoint, access);
    this.signer = new S3Client(settings.s3PublicEndpoint || settings.s3Endpoint, access);
    this.bucket = settings.s3Bucket;
    this.partBytes = settings.s3PartBytes;
  }

  /** Makes the bucket if it is missing. @throws BlobStoreUnavailableError */
  ensureBucket(): Promise<void> {
    this.bucketIsThere ??= this.ask('', async () => {
      try {
        if (!(await this.client.bucketExists(this.bucket))) await this.client.makeBucket(this.bucket);
      } catch (error) {
        if (!BUCKET_IS_THERE.has(s3Code(error) ?? '')) throw error;
      }
    }).catch((error: unknown) => {
      this.bucketIsThere = undefined;
      throw error;
    });
    return this.bucketIsThere;
  }

  /** Putting the same key again replaces the object as a whole; who reads the former one goes on reading it. */
  async putFile(key: string, path: string): Promise<void> {
    segmentsOf(key);
    await this.ensureBucket();
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const whole = { file, start: 0, end: size };
      await this.ask(key, async () => {
        if (size <= this.partBytes) await this.client.putSection(this.bucket, key, whole);
        else await this.client.putParts(this.bucket, key, whole, this.partSizeFor(size));
      });
    } finally {
      await file.close();
    }
    await rm(path, { force: true });
  }

  /** A range that ends behind the last byte gives what there is: nothing, if it begins there too. */
  async get(key: string, range?: ByteRange): Promise<Readable> {
    segmentsOf(key);
    if (range) checkRange(range);
    const [start, length] = range ? [range.start, range.end - range.start + 1] : [0, 0];
    return this.ask(key, async () => {
      try {
        return readable(await this.client.getPartialObject(this.bucket, key, start, length), key);
      } catch (error) {
        if (s3Code(error) === 'InvalidRange') return Readable.from([]);
        throw error;
      }
    });
  }

  async stat(key: string): Promise<StoredBlob | undefined> {
    segmentsOf(key);
    try {
      const found = await this.ask(key, () => this.client.statObject(this.bucket, key));
      return { key, size: found.size, modifiedAt: found.lastModified.getTime() };
    } catch (error) {
      if (error instanceof BlobNotFoundError) return undefined;
      throw error;
    }
  }

  async remove(key: string): Promise<void> {
    segmentsOf(key);
    await orNothing(this.ask(key, () => this.client.removeObject(this.bucket, key)));
  }

  async move(from: string, to: string): Promise<void> {
    segmentsOf(from);
    segmentsOf(to);
    if (from === to) {
      if (!(await this.stat(from))) throw new BlobNotFoundError(from);
      return;
    }
    await this.ask(from, () => this.client.copyObject(this.bucket, to, `/${this.bucket}/${from}`));
    await this.remove(from);
  }

  async *list(prefix = ''): AsyncGenerator<StoredBlob> {
    const found = this.client.listObjectsV2(this.bucket, prefix, true) as unknown as AsyncIterable<BucketItem>;
    try {
      for await (const { name: key, size, lastModified } of found) {
        if (key !== undefined) yield { key, size, modifiedAt: lastModified.getTime() };
      }
    } catch (error) {
      throw blobError(error, prefix);
    }
  }

  /** Of the headers, the store can answer with type, disposition, language, encoding, expiry and `cache-control` only. */
  async signedDownload(key: string, seconds: number, headers: Record<string, string>): Promise<string> {
    segmentsOf(key);
    const known = Object.entries(headers).filter(([name]) => ANSWER_HEADERS.has(name.toLowerCase()));
    const answer = Object.fromEntries(known.map(([name, value]) => [`response-${name.toLowerCase()}`, value]));
    return this.signer.presignedGetObject(this.bucket, key, seconds, answer);
  }

  async beginSignedUpload(key: string, size: number, seconds: number): Promise<SignedUpload> {
    segmentsOf(key);
    await this.ensureBucket();
    if (size <= this.partBytes) {
      return { url: await this.signer.presignedPutObject(this.bucket, key, seconds), parts: [] };
    }
    const partSize = this.partSizeFor(size);
    const uploadId = await this.ask(key, () => this.client.initiateNewMultipartUpload(this.bucket, key, {}));
    const sign = async (number: number) => {
      const query = { uploadId, partNumber: String(number) };
      return { number, url: await this.signer.presignedUrl('PUT', this.bucket, key, seconds, query), headers: [] };
    };
    const parts = await Promise.all(Array.from({ length: Math.ceil(size / partSize) }, (_, index) => sign(index + 1)));
    // The store does not know how much is to come, so the id carries it.
    return { partSize, parts, uploadId: `${size}.${uploadId}` };
  }

  async endSignedUpload(key: string, uploadId: string | undefined): Promise<void> {
    segmentsOf(key);
    if (uploadId === undefined) return;
    const [size, id] = readUploadId(uploadId);
    await this.ask(key, async () => {
      const parts = await this.client.partsOf(this.bucket, key, id);
      const partSize = parts[0]?.size ?? 0;
      const isWhole = parts.every((each, index) => {
        const start = index * partSize;
        return each.part === index + 1 && each.size === Math.min(partSize, size - start);
      });
      if (!isWhole || partSize * parts.length < size) throw new BlobNotFoundError(key);
      await this.client.completeMultipartUpload(this.bucket, key, id, parts);
    }).catch(async (error: unknown) => {
      // Joined before, by a call whose answer was lost.
      if (error instanceof BlobNotFoundError && (await this.stat(key))?.size === size) return;
      throw error;
    });
  }

  async abortSignedUpload(key: string, uploadId: string | undefined): Promise<void> {
    segmentsOf(key);
    if (uploadId !== undefined) {
      const [, id] = readUploadId(uploadId);
      await orNothing(this.ask(key, () => this.client.abortMultipartUpload(this.bucket, key, id)));
    }
    await this.remove(key);
  }

  private partSizeFor(size: number): number {
    return Math.max(this.partBytes, Math.ceil(size / MOST_PARTS / MIB) * MIB);
  }

  private async ask<T>(key: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      // Made again by the next that wants to write.
      if (s3Code(error) === 'NoSuchBucket') this.bucketIsThere = undefined;
      throw blobError(error, key);
    }
  }
}

/** The bytes, failing as a BlobStore fails also when the store goes down midway. */
function readable(response: Readable, key: string): Readable {
  const bytes = new PassThrough();
  response.on('error', (error) => bytes.destroy(blobError(error, key) as Error));
  bytes.on('close', () => response.destroy());
  return response.pipe(bytes);
}

async function orNothing(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof BlobNotFoundError)) throw error;
  });
}

function readUploadId(text: string): [size: number, id: string] {
  const dot = text.indexOf('.');
  return [Number(text.slice(0, dot)), text.slice(dot + 1)];
}
