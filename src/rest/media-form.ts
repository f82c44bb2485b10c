/** Multipart uploads, read as they come: nothing is held back in memory, whatever the order of the parts. */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import busboy from 'busboy';
import { ApiError, ErrorCode } from '../graphql/errors.js';

/** The part with the bytes. */
const FILE_PART = 'data';

/** What is held in memory of one form is bounded by these two, 2 MiB. */
const MOST_FIELDS = 32;
const MOST_FIELD_BYTES = 64 * 1024;

/** A form whose file has begun to arrive. */
export interface MediaForm {
  file: AsyncIterable<Buffer>;
  /** The fields so far; all of them when `ended` is there. */
  fields: Record<string, string>;
  /** Settled when the form is read to its end. @throws ApiError BAD_USER_INPUT for a broken one */
  ended: Promise<void>;
  /** Stops reading; the rest of the request is thrown away. */
  stop(): void;
}

/** Reads up to the file. @throws ApiError BAD_USER_INPUT when there is none, or the form is broken */
export async function readMediaForm(request: IncomingMessage): Promise<MediaForm> {
  const parser = parserOf(request);
  const fields: Record<string, string> = {};
  const ended = new Promise<void>((resolve, reject) => {
    parser.once('close', resolve).on('error', (error) => reject(broken(error)));
    parser.on('field', (name, value, { valueTruncated }) => {
      if (valueTruncated) parser.destroy(new Error(`${name} is too long`));
      else fields[name] = value;
    });
    parser.once('fieldsLimit', () => parser.destroy(new Error('it has too many fields')));
  });
  // Whoever reads the file learns of it there; looked at again when the file has been read.
  ended.catch(() => undefined);
  request.once('close', () => {
    if (!request.readableEnded) parser.destroy(new Error('it ends too early'));
  });
  const stop = (): void => {
    request.unpipe(parser).resume();
    parser.destroy();
  };
  const arriving = firstFile(parser, ended);
  request.pipe(parser);
  try {
    return { file: bytesIn(await arriving), fields, ended, stop };
  } catch (error) {
    stop();
    throw error;
  }
}

function parserOf({ headers }: IncomingMessage): busboy.Busboy {
  const read = { fieldSize: MOST_FIELD_BYTES, fields: MOST_FIELDS };
  try {
    return busboy({ headers, defParamCharset: 'utf8', limits: read });
  } catch (error) {
    throw broken(error);
  }
}

function firstFile(parser: busboy.Busboy, ended: Promise<void>): Promise<Readable> {
  return new Promise((resolve, reject) => {
    let isThere = false;
    parser.on('file', (name, stream) => {
      // It may break while nobody reads it, which would end the process.
      stream.on('error', () => undefined);
      if (name !== FILE_PART || isThere) return void stream.resume();
      isThere = true;
      resolve(stream);
    });
    const missing = new ApiError(ErrorCode.BAD_USER_INPUT, `${FILE_PART} must be a file part of the form`, {
      fields: [FILE_PART],
    });
    ended.then(() => reject(missing), reject);
  });
}

async function* bytesIn(stream: Readable): AsyncGenerator<Buffer> {
  try {
    yield* stream as AsyncIterable<Buffer>;
  } catch (error) {
    throw broken(error);
  }
}

function broken(error: unknown): ApiError {
  const reason = error instanceof Error ? error.message : String(error);
  return new ApiError(ErrorCode.BAD_USER_INPUT, `The form cannot be read: ${reason}`, { fields: ['body'] });
}
