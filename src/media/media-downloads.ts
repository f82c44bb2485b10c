import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import parseRange from 'range-parser';
import { BlobNotFoundError, BlobStore, type ByteRange } from '../blobs/blob-store.js';
import { ApiError, ErrorCode } from '../graphql/errors.js';
import type { Media } from './media.entity.js';

/** How long a signed URL of the store lasts. */
const SIGNED_SECONDS = 5 * 60;

/** The bytes of a row never change. */
const KEPT = { 'cache-control': 'private, max-age=31536000, immutable' };

/** Answers with the bytes of photos and recordings. */
@Injectable()
export class MediaDownloads {
  constructor(private readonly store: BlobStore) {}

  /**
   * The bytes, whole or a `Range` of them; HEAD tells without them. With `redirect` it redirects to a signed URL of the
   * store, where the store offers one.
   */
  async send(media: Media, request: FastifyRequest, reply: FastifyReply, redirect: boolean): Promise<void> {
    const { blobRef } = media;
    if (blobRef === null) throw new ApiError(ErrorCode.NOT_FOUND, 'The bytes have not arrived yet');

    const headers = safeHeaders(media);
    if (redirect) {
      const url = await this.store.signedDownload(blobRef, SIGNED_SECONDS, headers);
      if (url !== undefined) return void reply.header('cache-control', 'no-store').redirect(url, 302);
    }
    const lasting = { ...headers, ...KEPT, etag: `"${media.sha256}"`, 'accept-ranges': 'bytes' };
    if (matches(request.headers['if-none-match'], media.sha256)) return void reply.status(304).headers(lasting).send();

    const range = rangeOf(request, media);
    if (range === 'unsatisfiable') {
      return void reply.status(416).header('content-range', `bytes */${media.sizeBytes}`).send();
    }
    // Only when the store has the bytes: an error must not wear the headers of a picture, nor be kept for a year.
    const body = request.method === 'HEAD' ? Readable.from([]) : await this.bytesOf(blobRef, range);
    const length = range === undefined ? media.sizeBytes : range.end - range.start + 1;
    void reply.headers({ ...lasting, 'content-length': String(length) });
    if (range !== undefined) {
      void reply.status(206).header('content-range', `bytes ${range.start}-${range.end}/${media.sizeBytes}`);
    }
    return void reply.send(body);
  }

  private async bytesOf(blobRef: string, range?: ByteRange): Promise<Readable> {
    try {
      return await this.store.get(blobRef, range);
    } catch (error) {
      if (!(error instanceof BlobNotFoundError)) throw error;
      throw new ApiError(
        ErrorCode.NOT_FOUND,
        'The bytes of this row are missing in the store: verifyMedia tells which',
      );
    }
  }
}

/** Headers by which a browser saves the file and never runs it, whatever it holds. */
function safeHeaders({ fileName, mimeType }: Media): Record<string, string> {
  return {
    'content-type': mimeType,
    'content-disposition': `attachment; filename*=UTF-8''${encodeFileName(fileName)}`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
  };
}

/** RFC 5987: percent-encoded UTF-8. Path separators and control characters, also those that turn text, become `_`. */
function encodeFileName(name: string): string {
  const harmless = name.replace(/[\p{Cc}\p{Cf}/\\]/gu, '_');
  return encodeURIComponent(harmless).replace(
    /['()*!]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function matches(ifNoneMatch: string | undefined, sha256: string): boolean {
  return (ifNoneMatch ?? '').split(',').some((tag) => ['*', `"${sha256}"`].includes(tag.trim().replace(/^W\//, '')));
}

const ONE_RANGE = /^bytes=(\d+-\d*|-\d+)$/;

/** The one range asked for; several, or one that cannot be read, are answered with the whole. */
function rangeOf(
  { headers }: FastifyRequest,
  { sizeBytes, sha256 }: Media,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const { range } = headers;
  const ifRange = headers['if-range'];
  if (range === undefined || !ONE_RANGE.test(range) || (ifRange !== undefined && ifRange !== `"${sha256}"`))
    return undefined;
  // More than there is, from the end, is everything; the parser would call it nothing.
  const bounded = range.replace(/=-(\d+)$/, (_, last) => `=-${Math.min(Number(last), sizeBytes)}`);
  const ranges = parseRange(sizeBytes, bounded);
  if (ranges === -1) return 'unsatisfiable';
  if (ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return undefined;
  return ranges[0];
}
