// One GraphQL request over fetch, and what its answer means.
import type { Clock } from '../clock.js';
import { TransportError, type ErrorCode } from '../transport.js';
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

/** The slowest line that still counts as one: a request has this much longer for each byte that it sends. */
const SLOWEST_BYTES_PER_MS = 8;
/** A date in `Retry-After` is read with clocks that may be wrong. */
const LONGEST_DATED_WAIT_MS = 3_600_000;

const CODES: Readonly<Record<ServerErrorCode, true>> = {
  UNAUTHENTICATED: true,
  FORBIDDEN: true,
  NOT_FOUND: true,
  BAD_USER_INPUT: true,
  CONFLICT: true,
  EPOCH_CHANGED: true,
  DIGEST_MISMATCH: true,
  TOO_LARGE: true,
  QUOTA_EXCEEDED: true,
  RATE_LIMITED: true,
  UNAVAILABLE: true,
  INTERNAL: true,
};

/** Whether a value is a code of the server's catalogue. */
export function isServerCode(code: unknown): code is ServerErrorCode {
  return typeof code === 'string' && Object.hasOwn(CODES, code);
}

/**
 * Sends an operation once. `read` makes of `data` what the caller wants; it throws where the shape is not as asked.
 * @throws TransportError, or the reason of `signal`
 */
export async function request<Result, Variables, T>(
  { url, fetch, timeoutMs, clock }: Connection,
  operation: Operation<Result, Variables>,
  variables: Variables,
  read: (data: Result) => T,
  { accessToken, deviceId, signal }: RequestOptions = {},
): Promise<T> {
  signal?.throwIfAborted();
  const body = JSON.stringify({ query: operation, variables });
  const ending = new AbortController();
  const end = (): void => ending.abort();
  let cancel = clock.after(timeoutMs + body.length / SLOWEST_BYTES_PER_MS, end);
  signal?.addEventListener('abort', end);
  try {
    const response = await fetch(`${url.replace(/\/$/, '')}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(accessToken && { authorization: `Bearer ${accessToken}` }),
        ...(deviceId && { 'x-device-id': deviceId }),
      },
      body,
      signal: ending.signal,
      cache: 'no-store',
      credentials: 'omit',
      // Words and token go to this server and no other: a captive portal answers with a redirect too.
      redirect: 'error',
    });
    const text = await textOf(response, () => {
      cancel();
      cancel = clock.after(timeoutMs, end);
    });
    return read(dataOf<Result>(response, text, clock));
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof TransportError) throw error;
    throw new TransportError('NO_ANSWER', 'The server did not answer, or not as asked', {}, { cause: error });
  } finally {
    cancel();
    signal?.removeEventListener('abort', end);
  }
}

/** The whole body; `progressed` is called with each piece, so that a slow line is not taken for a dead one. */
async function textOf(response: Response, progressed: () => void): Promise<string> {
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

interface Answer {
  data?: unknown;
  errors?: {
    message?: string;
    path?: unknown;
    extensions?: { code?: unknown; limit?: unknown; retryAfter?: unknown };
  }[];
}

function dataOf<Result>(response: Response, text: string, clock: Clock): Result {
  const { data, errors: [error] = [] } = answerOf(text);
  if (response.ok && error === undefined && data != null) return data as Result;
  const { code, limit, retryAfter } = error?.extensions ?? {};
  const retryAfterMs =
    retryAfterOf(response.headers, clock) ?? (typeof retryAfter === 'number' ? retryAfter * 1000 : undefined);
  throw new TransportError(
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
function answerOf(text: string): Answer {
  try {
    return Object(JSON.parse(text)) as Answer;
  } catch {
    return {};
  }
}

/** What came from something before the server, a proxy or a captive portal: a 401 or 400 of theirs says nothing of us. */
function codeOf(httpStatus: number): ErrorCode {
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
