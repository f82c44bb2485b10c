import type { Writable } from 'node:stream';
import type { FileUpload } from 'graphql-upload/processRequest.mjs';
import { ApiError, ErrorCode } from '../graphql/errors.js';

/** Its types keep back the file that it writes on the way. */
type Buffered = FileUpload & { capacitor: Writable };

/**
 * The bytes of a file of a multipart request. It is opened when its first byte is asked for and not before: a stream
 * that breaks while nobody listens to it would end the process.
 * @throws ApiError TOO_LARGE over `limit` bytes, BAD_USER_INPUT when the request is broken or ends too early
 */
export async function* bytesOf(file: Promise<FileUpload>, limit: number): AsyncGenerator<Buffer> {
  try {
    const { createReadStream, capacitor } = (await file) as Buffered;
    if (capacitor.errored) throw capacitor.errored;
    const reading = createReadStream();
    // The file on the way has no room: its reader would wait for the rest for ever.
    capacitor.once('error', (error) => reading.destroy(error));
    yield* reading as AsyncIterable<Buffer>;
  } catch (error) {
    throw asRefusal(error, limit);
  }
}

/** What the reader of the request says, in the words of the catalogue; an error of the system as it is. */
function asRefusal(error: unknown, limit: number): unknown {
  if (!(error instanceof Error) || 'errno' in error) return error;
  if ('status' in error && error.status === 413) {
    return new ApiError(ErrorCode.TOO_LARGE, `A file may have at most ${limit} bytes`, { limit });
  }
  return new ApiError(ErrorCode.BAD_USER_INPUT, `The file cannot be read: ${error.message}`, { fields: ['file'] });
}
