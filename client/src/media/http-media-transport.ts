// The way to the server for files: GraphQL for what is said of them, tus and signed URLs for their bytes.
import { systemClock, type Clock } from '../clock.js';
import { integer, rowOf, text } from '../graphql/answers.js';
import { Exchange } from '../graphql/exchange.js';
import {
  addressOf,
  answerOf,
  callerHeaders,
  codeOf,
  errorOf,
  post,
  request,
  textOf,
  TIMEOUT_MS,
  type Connection,
  type Fetch,
} from '../graphql/request.js';
import type { Operation } from '../graphql/typed-operation.js';
import type { RemoteRow } from '../resources.js';
import { authorised, tokensOf, type UserTokens } from '../tokens.js';
import { TransportError, type ErrorCode } from '../transport.js';
import { BEGIN, COMPLETE, ROW, UPLOAD, type BegunUpload, type MediaAnswer } from './media-operations.js';
import type { MediaFacts, MediaTransport, SignedPart, UploadPlan } from './media-transport.js';

export interface HttpMediaTransportOptions {
  /** Address of the server without the path of an endpoint, as `https://journal.example`. */
  url: string;
  auth: UserTokens;
  /** Whose files these are; when missing, the first who is signed in. Another user's token is never used. */
  userId?: string;
  /** The id that the engine writes with. */
  deviceId?: string;
  fetch?: Fetch;
  /** Milliseconds that the server may be silent, 30,000 when missing. */
  timeoutMs?: number;
  clock?: Clock;
}

const TUS = { 'tus-resumable': '1.0.0' };

/** Sends and reads files over HTTP, with the same session as the words. */
export function httpMediaTransport(options: HttpMediaTransportOptions): MediaTransport {
  const { url, auth, userId, deviceId, timeoutMs = TIMEOUT_MS, clock = systemClock } = options;
  const { fetch = (...request) => globalThis.fetch(...request) } = options;
  const connection: Connection = { url, fetch, timeoutMs, clock };
  const tokens = tokensOf(auth, userId);
  const ask = <R, V, T>(operation: Operation<R, V>, variables: V, read: (data: R) => T, signal: AbortSignal) =>
    authorised(tokens, (accessToken) =>
      request(connection, operation, variables, read, { accessToken, deviceId, signal }),
    );
  const send = <T>(asked: BytesRequest, signal: AbortSignal, read: (response: Response) => T): Promise<T> =>
    authorised(tokens, (accessToken) =>
      sendBytes(
        connection,
        { ...asked, headers: { ...asked.headers, ...callerHeaders({ accessToken }) } },
        signal,
        read,
      ),
    );
  /** Where an upload lies, whatever the server believes to be called: the token goes nowhere else. */
  const uploadAt = (uploadUrl: string): string => {
    const { pathname } = new URL(uploadUrl, url);
    return new URL(pathname, url).href;
  };

  return {
    uploadWhole: (file, bytes, signal) =>
      authorised(tokens, (accessToken) =>
        post(connection, multipart(inputOf(file), bytes), rowIn, { accessToken, deviceId, signal }),
      ),

    begin: (file, signal) => ask(BEGIN, { input: inputOf(file) }, ({ upload }) => planOf(upload, file.size), signal),

    async arrived(uploadUrl, signal) {
      const asked = { url: uploadAt(uploadUrl), method: 'HEAD', headers: TUS };
      try {
        return await send(asked, signal, offsetIn);
      } catch (error) {
        if (error instanceof TransportError && error.code === 'NOT_FOUND') return undefined;
        throw error;
      }
    },

    append(uploadUrl, offset, bytes, signal) {
      const headers = {
        ...TUS,
        'content-type': 'application/offset+octet-stream',
        'upload-offset': String(offset),
      };
      return send({ url: uploadAt(uploadUrl), method: 'PATCH', headers, body: bytes }, signal, offsetIn);
    },

    async put({ url: target, headers }, bytes, signal) {
      try {
        await sendBytes(connection, { url: target, headers, method: 'PUT', body: bytes }, signal, () => undefined);
      } catch (error) {
        throw ofStore(error);
      }
    },

    complete: (id, signal) => ask(COMPLETE, { id }, rowIn, signal),

    async row(id, signal) {
      try {
        return await ask(ROW, { id }, rowIn, signal);
      } catch (error) {
        if (error instanceof TransportError && error.code === 'NOT_FOUND') return undefined;
        throw error;
      }
    },

    download: (id, from, sha256, signal) =>
      authorised(tokens, (accessToken) =>
        download(connection, { id, from, sha256 }, callerHeaders({ accessToken }), signal),
      ),
  };
}

interface BytesRequest {
  url: string;
  method: string;
  headers: Readonly<Record<string, string>>;
  body?: Uint8Array<ArrayBuffer>;
}

async function sendBytes<T>(
  connection: Connection,
  { url, body, ...init }: BytesRequest,
  signal: AbortSignal,
  read: (response: Response) => T,
): Promise<T> {
  const exchange = new Exchange(connection, signal);
  try {
    const response = await exchange.send(url, { ...init, ...(body && { body }) }, body?.length ?? 0);
    const answer = await textOf(response, exchange.progressed);
    if (!response.ok) throw errorOf(response, answerOf(answer), connection.clock, codeOfBytes);
    return read(response);
  } catch (error) {
    throw exchange.failure(error);
  } finally {
    exchange.close();
  }
}

/** The answer to a download, and its bytes as they come. */
async function download(
  connection: Connection,
  { id, from, sha256 }: { id: string; from: number; sha256: string },
  caller: Record<string, string>,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const exchange = new Exchange(connection, signal);
  const range = from > 0 && { range: `bytes=${from}-`, 'if-range': `"${sha256}"` };
  try {
    const headers = { ...caller, ...range };
    const response = await exchange.send(`${addressOf(connection)}/sync/media/${id}`, { headers }, 0);
    if (!response.ok) {
      const answer = await textOf(response, exchange.progressed);
      throw errorOf(response, answerOf(answer), connection.clock, codeOfBytes);
    }
    // No file is served as a page; a captive portal is.
    if (response.headers.get('content-type')?.startsWith('text/html')) throw new TypeError('A page instead of a file');
    return bytesIn(exchange, response, response.status === 206 ? 0 : from);
  } catch (error) {
    exchange.close();
    throw exchange.failure(error);
  }
}

/** The body behind its first `skipped` bytes: a server that knows no ranges sends everything again. */
async function* bytesIn(exchange: Exchange, response: Response, skipped: number): AsyncGenerator<Uint8Array> {
  try {
    let left = skipped;
    for await (const bytes of chunksOf(response)) {
      const wanted = bytes.subarray(left);
      left -= bytes.length - wanted.length;
      exchange.rest();
      if (wanted.length > 0) yield wanted;
      exchange.progressed();
    }
  } catch (error) {
    throw exchange.failure(error);
  } finally {
    exchange.close();
  }
}

async function* chunksOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  // React Native has no streams.
  if (reader === undefined) return yield new Uint8Array(await response.arrayBuffer());
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

/** What a status means where no code comes with it, as in an answer to HEAD or from the part that takes in bytes. */
function codeOfBytes(httpStatus: number): ErrorCode {
  if (httpStatus === 401) return 'UNAUTHENTICATED';
  if (httpStatus === 404 || httpStatus === 410) return 'NOT_FOUND';
  return httpStatus === 409 ? 'CONFLICT' : codeOf(httpStatus);
}

/** The store is not our server: whatever it refuses, a new plan has URLs that it takes. */
function ofStore(error: unknown): unknown {
  if (!(error instanceof TransportError)) return error;
  const { httpStatus = 0 } = error.details;
  const isRefusal = httpStatus >= 400 && httpStatus < 500 && httpStatus !== 408 && httpStatus !== 429;
  return isRefusal ? new TransportError('NOT_FOUND', error.message, error.details) : error;
}

function offsetIn({ headers }: Response): number {
  return integer(Number(headers.get('upload-offset') ?? NaN));
}

function rowIn({ media }: MediaAnswer): RemoteRow {
  return rowOf('media', media);
}

function inputOf({ size: sizeBytes, ...file }: MediaFacts) {
  const { id, contentId, fileName, mimeType, createdAt, mutationId, sha256 } = file;
  return { id, contentId, fileName, mimeType, createdAt, mutationId, sha256, sizeBytes };
}

/** As the specification of multipart requests for GraphQL has it. */
function multipart(input: ReturnType<typeof inputOf>, bytes: Uint8Array<ArrayBuffer>) {
  const content = new FormData();
  content.append('operations', JSON.stringify({ query: UPLOAD, variables: { input, file: null } }));
  content.append('map', '{"file":["variables.file"]}');
  content.append('file', new Blob([bytes]));
  // Without it the server takes the request for one that a foreign page made.
  return { content, bytes: bytes.length, headers: { 'apollo-require-preflight': '1' } };
}

function planOf({ method, url, partSize, parts, media }: BegunUpload, size: number): UploadPlan {
  if (method === 'ALREADY_STORED') return { method, row: rowOf('media', media) };
  if (method === 'TUS') return { method, url: text(url) };
  if (parts.length === 0) return { method, parts: [{ url: text(url), headers: {}, from: 0, to: size }] };
  const bytes = integer(partSize);
  return {
    method,
    parts: parts.map((part, at): SignedPart => {
      const headers = Object.fromEntries(part.headers.map(({ name, value }) => [text(name), text(value)]));
      return { url: text(part.url), headers, from: at * bytes, to: Math.min((at + 1) * bytes, size) };
    }),
  };
}
