import type { Readable } from 'node:stream';
import { ApiError, ErrorCode } from '../graphql/errors.js';

const RETRY_AFTER_SECONDS = 10;

/** The store cannot be reached, or has no room, just now: the same call may go through later. Nothing was half written. */
export class BlobStoreUnavailableError extends ApiError {
  constructor(
    readonly detail: string,
    options?: { cause?: unknown },
  ) {
    const message = 'The store of photos and recordings cannot be reached just now; nothing was half written';
    super(ErrorCode.UNAVAILABLE, message, { retryAfter: RETRY_AFTER_SECONDS });
    this.cause = options?.cause;
  }
}

/** One object of the store. */
export interface StoredBlob {
  key: string;
  /** Bytes. */
  size: number;
  /** Milliseconds since 1970-01-01 UTC. */
  modifiedAt: number;
}

/** Both ends are inside, counted in bytes from 0. */
export interface ByteRange {
  start: number;
  end: number;
}

/** How a device sends bytes straight to the store: one URL, or one for each part of `partSize` bytes. */
export interface SignedUpload {
  url?: string;
  /** Bytes of each part but the last. */
  partSize?: number;
  parts: { number: number; url: string; headers: { name: string; value: string }[] }[];
  /** What the store calls an upload in parts; undefined for a whole one. */
  uploadId?: string;
}

/**
 * Where the bytes of photos and recordings lie. Keys are made by the server, of letters, digits and `-_./`.
 * An object is there whole or not at all, and it never changes.
 */
export abstract class BlobStore {
  /** Takes a finished local file in under `key`; the file is gone afterwards. @throws BlobStoreUnavailableError */
  abstract putFile(key: string, path: string): Promise<void>;

  /** The bytes, or a part of them. @throws BlobNotFoundError, BlobStoreUnavailableError */
  abstract get(key: string, range?: ByteRange): Promise<Readable>;

  /** Size and age; undefined when there is no such object. */
  abstract stat(key: string): Promise<StoredBlob | undefined>;

  /** Removes an object; one that is not there is no error. */
  abstract remove(key: string): Promise<void>;

  /** Gives an object another key; afterwards it is under the new one only. @throws BlobNotFoundError */
  abstract move(from: string, to: string): Promise<void>;

  /** Every object whose key begins with `prefix`, in no order. */
  abstract list(prefix?: string): AsyncIterable<StoredBlob>;

  /** A URL that answers with the bytes for some seconds; undefined where the store offers none. */
  abstract signedDownload(key: string, seconds: number, headers: Record<string, string>): Promise<string | undefined>;

  /** URLs by which a device sends `size` bytes to `key` itself; undefined where the store offers none. */
  abstract beginSignedUpload(key: string, size: number, seconds: number): Promise<SignedUpload | undefined>;

  /** Joins the parts that were sent. Whole uploads need no end. @throws BlobNotFoundError when parts are missing */
  abstract endSignedUpload(key: string, uploadId: string | undefined): Promise<void>;

  /** Forgets an upload and what was sent of it. */
  abstract abortSignedUpload(key: string, uploadId: string | undefined): Promise<void>;
}

/** There is no such object. */
export class BlobNotFoundError extends Error {
  constructor(readonly key: string) {
    super(`There is no object ${key} in the store`);
  }
}
