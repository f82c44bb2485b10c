// One GraphQL request over fetch, and what its answer means.
import type { Clock } from '../clock.js';
import { TransportError, type ErrorCode } from '../transport.js';
import { Exchange } from './exchange.js';
import type { ServerErrorCode } from './operations.js';
import type { Operation } from './typed-operation.js';

export type Fetch = typeof globalThis.fetch;

/** Where the server is and how it is reached. */
export interface Connection {
  /** Address of the server without the path of an endpoint, as `https://journal.example`. */
  url: string;
  fetch: Fetch;
  /** Milliseconds that the server may be silent. */
  timeoutMs: number;
  clock: Clock;
}

export interface RequestOptions {
  accessToken?: string;
  deviceId?: string | undefined;
  signal?: AbortSignal | undefined;
}

export const TIMEOUT_MS = 30_000;

/** A date in `Retry-After` is read with clocks that may be wrong. */
const LONGEST_DATED_WAIT_MS = 3_600_000;

const CODES: readonly ServerErrorCode[] = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'BAD_USER_INPUT',
  'CONFLICT',
  'EPOCH_CHANGED',
  'DIGEST_MISMATCH',
  'TOO_LARGE',
  'QUOTA_EXCEEDED',
  'RATE_LIMITED',
  'UNAVAILABLE',
  'INTERNAL',
];

/** Whether a value is a code of the server's catalogue. */
export function isServerCode(code: unknown): code is ServerErrorCode {
  return (CODES as readonly unknown[]).includes(code);
}

/**
 * Sends an operation once. `read` makes of `data` what the caller wants; it throws where the shape is not as asked.
 * @throws TransportError, or the reason of `signal`
 */
export function request<Result, Variables, T>(
  connection: Connection,
  operation: Operation<Result, Variables>,
  variables: Variables,
  read: (data: Result) => T,
  options: RequestOptions = {},
): Promise<T> {
  const text = JSON.stringify({ query: operation, variables });
  const body = { content: text, bytes: text.length, headers: { 'content-type': 'application/json' } };
  return post(connection, body, read, options);
}

/** What a request to the GraphQL endpoint carries. */
export interface PostBody {
  content: BodyInit;
  bytes: number;
  headers: Record<string, string>;
}

/** As `request`, for a body that is made already. */
export async function post<Result, T>(
  connection: Connection,
  { content: body, bytes, headers }: PostBody,
  read: (data: Result) => T,
  options: RequestOptions,
): Promise<T> {
  const exchange = new Exchange(connection, options.signal);
  try {
    const init = { method: 'POST', headers: { ...headers, ...callerHeaders(options) }, body };
    const response = await exchange.send(`${addressOf(connection)}/graphql`, init, bytes);
    return read(dataOf<Result>(response, await textOf(response, exchange.progressed), connection.clock));
  } catch (error) {
    throw exchange.failure(error);
  } finally {
    exchange.close();
  }
}

/** Address of the server, to which a path can be added. */
export function addressOf({ url }: Connection): string {
  return url.replace(/\/$/, '');
}

/** Who asks. */
export function callerHeaders({ accessToken, deviceId }: RequestOptions): Record<string, string> {
  return {
    ...(accessToken && { authorization: `Bearer ${accessToken}` }),
    ...(deviceId && { 'x-device-id': deviceId }),
  };
}

/** The whole body; `progressed` is called with each piece, so that a slow line is not taken for a dead one. */
export async function textOf(response: Response, progressed: () => void): Promise<string> {
  progressed();
  const reader = response.body?.getReader();
  // React Native has no streams.
  if (reader === undefined) return response.text();
  const decoder = new TextDecoder();
  for (let text = ''; ; progressed()) {
    const { done, value } = await reader.read();
    text += decoder.decode(value, { stream: !done });
    if (done) return text;
  }
}

/** What a body may hold. */
export interface Answer {
  data?: unknown;
  errors?: {
    message?: string;
    path?: unknown;
    extensions?: { code?: unknown; limit?: unknown; retryAfter?: unknown };
  }[];
}

function dataOf<Result>(response: Response, text: string, clock: Clock): Result {
  const answer = answerOf(text);
  if (response.ok && answer.errors?.[0] === undefined && answer.data != null) return answer.data as Result;
  throw errorOf(response, answer, clock, codeOf);
}

/** The refusal that an answer is; `codeOf` says what a status means without a code of the server's catalogue. */
export function errorOf(
  response: Response,
  { errors: [error] = [] }: Answer,
  clock: Clock,
  codeOf: (httpStatus: number) => ErrorCode,
): TransportError {
  const { code, limit, retryAfter } = error?.extensions ?? {};
  const retryAfterMs =
    retryAfterOf(response.headers, clock) ?? (typeof retryAfter === 'number' ? retryAfter * 1000 : undefined);
  return new TransportError(
    // NOT_FOUND of no field is the address, not a row: taken for a row's, it would count as deleted.
    isServerCode(code) && (code !== 'NOT_FOUND' || error?.path) ? code : codeOf(response.status),
    String(error?.message ?? `HTTP ${response.status}`),
    {
      httpStatus: response.status,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(typeof limit === 'number' && { limit }),
    },
  );
}

/** What is no object has neither data nor errors. */
export function answerOf(text: string): Answer {
  try {
    return Object(JSON.parse(text)) as Answer;
  } catch {
    return {};
  }
}

/** What came from something before the server, a proxy or a captive portal: a 401 or 400 of theirs says nothing of us. */
export function codeOf(httpStatus: number): ErrorCode {
  if (httpStatus === 413) return 'TOO_LARGE';
  return httpStatus === 429 ? 'RATE_LIMITED' : 'NO_ANSWER';
}

/** Milliseconds to wait: given in seconds, or as a date, which is compared with the answer's own where it has one. */
function retryAfterOf(headers: Headers, clock: Clock): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (!value) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const answeredAt = Date.parse(headers.get('date') ?? '') || clock.now();
  const wait = Date.parse(value) - answeredAt;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), LONGEST_DATED_WAIT_MS);
}
