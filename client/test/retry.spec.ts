import { describe, expect, test } from '@jest/globals';
import {
  afterFailure,
  BACKOFF_CAP_HIDDEN_MS,
  BACKOFF_CAP_VISIBLE_MS,
  blockedUntil,
  decide,
  decideUpload,
  withoutBackoff,
} from '../src/retry.js';
import type { Asked as AskedOfWords, Decision, Moment, RetryState, Wait } from '../src/retry.js';
import { TransportError } from '../src/transport.js';
import type { ErrorCode } from '../src/transport.js';

type Asked = AskedOfWords | { kind: 'upload'; hashedAgain: boolean };
const BATCH: Asked = { kind: 'push', items: 500 };
const ONE: Asked = { kind: 'push', items: 1 };
const PULL = { kind: 'pull' } as const;
const UPLOAD: Asked = { kind: 'upload', hashedAgain: false };
const HASHED_UPLOAD: Asked = { kind: 'upload', hashedAgain: true };
const EVERYTHING = [BATCH, ONE, PULL, UPLOAD, HASHED_UPLOAD];

function judged(error: TransportError, asked: Asked): Decision {
  return asked.kind === 'upload' ? decideUpload(error, asked.hashedAgain) : decide(error, asked);
}

function failure(code: ErrorCode, details: TransportError['details'] = {}): TransportError {
  return new TransportError(code, 'a message that nothing may depend on', details);
}

const plainWait: Decision = { kind: 'wait', reason: 'backoff', retryAfterMs: 0 };

interface TableRow {
  answer: string;
  error: TransportError;
  asked: readonly Asked[];
  decision: Decision;
}

const TABLE: TableRow[] = [
  {
    answer: 'no answer, a timeout or a captive portal',
    error: failure('NO_ANSWER'),
    asked: EVERYTHING,
    decision: plainWait,
  },
  { answer: '408', error: failure('BAD_USER_INPUT', { httpStatus: 408 }), asked: EVERYTHING, decision: plainWait },
  { answer: '425', error: failure('BAD_USER_INPUT', { httpStatus: 425 }), asked: EVERYTHING, decision: plainWait },
  { answer: '500', error: failure('INTERNAL', { httpStatus: 500 }), asked: EVERYTHING, decision: plainWait },
  {
    answer: '502 of a proxy',
    error: failure('NOT_FOUND', { httpStatus: 502 }),
    asked: EVERYTHING,
    decision: plainWait,
  },
  {
    answer: '401 after the refresh',
    error: failure('UNAUTHENTICATED', { httpStatus: 401 }),
    asked: EVERYTHING,
    decision: { kind: 'signed-out' },
  },
  { answer: 'an ended session', error: failure('SIGNED_OUT'), asked: EVERYTHING, decision: { kind: 'signed-out' } },
  {
    answer: '400 on a batch',
    error: failure('BAD_USER_INPUT', { httpStatus: 400 }),
    asked: [BATCH],
    decision: { kind: 'halve' },
  },
  {
    answer: '400 on a single item',
    error: failure('BAD_USER_INPUT', { httpStatus: 400 }),
    asked: [ONE, UPLOAD],
    decision: { kind: 'refuse' },
  },
  {
    answer: '413 on a batch',
    error: failure('TOO_LARGE', { httpStatus: 413 }),
    asked: [BATCH],
    decision: { kind: 'halve' },
  },
  {
    answer: '413 on a single item',
    error: failure('TOO_LARGE', { httpStatus: 413 }),
    asked: [ONE, UPLOAD],
    decision: { kind: 'refuse' },
  },
  {
    answer: '403 on a batch',
    error: failure('FORBIDDEN', { httpStatus: 403 }),
    asked: [BATCH],
    decision: { kind: 'halve' },
  },
  {
    answer: '403 on a single item',
    error: failure('FORBIDDEN', { httpStatus: 403 }),
    asked: [ONE, UPLOAD],
    decision: { kind: 'refuse' },
  },
  {
    answer: '402 on a file',
    error: failure('QUOTA_EXCEEDED', { httpStatus: 402 }),
    asked: [UPLOAD],
    decision: { kind: 'quota' },
  },
  {
    answer: '402 on words',
    error: failure('QUOTA_EXCEEDED', { httpStatus: 402 }),
    asked: [BATCH, ONE, PULL],
    decision: plainWait,
  },
  {
    answer: '404 on an update',
    error: failure('NOT_FOUND', { httpStatus: 404 }),
    asked: [ONE],
    decision: { kind: 'gone' },
  },
  {
    answer: 'EPOCH_CHANGED',
    error: failure('EPOCH_CHANGED', { httpStatus: 409 }),
    asked: EVERYTHING,
    decision: { kind: 'reconcile' },
  },
  {
    answer: '422 DIGEST_MISMATCH',
    error: failure('DIGEST_MISMATCH', { httpStatus: 422 }),
    asked: [UPLOAD],
    decision: { kind: 'hash-again' },
  },
  {
    answer: '422 DIGEST_MISMATCH once more',
    error: failure('DIGEST_MISMATCH', { httpStatus: 422 }),
    asked: [HASHED_UPLOAD],
    decision: { kind: 'refuse' },
  },
  {
    answer: '404 on an upload URL',
    error: failure('NOT_FOUND', { httpStatus: 404 }),
    asked: [UPLOAD],
    decision: { kind: 'new-upload' },
  },
  {
    answer: '410 on an upload URL',
    error: failure('NOT_FOUND', { httpStatus: 410 }),
    asked: [UPLOAD],
    decision: { kind: 'new-upload' },
  },
  {
    answer: '429',
    error: failure('RATE_LIMITED', { httpStatus: 429, retryAfterMs: 7_000 }),
    asked: EVERYTHING,
    decision: { kind: 'wait', reason: 'rate-limited', retryAfterMs: 7_000 },
  },
  {
    answer: '503',
    error: failure('UNAVAILABLE', { httpStatus: 503, retryAfterMs: 9_000 }),
    asked: EVERYTHING,
    decision: { kind: 'wait', reason: 'backoff', retryAfterMs: 9_000 },
  },
  {
    answer: 'anything else while reading',
    error: failure('BAD_USER_INPUT', { httpStatus: 400 }),
    asked: [PULL],
    decision: plainWait,
  },
];

describe('the table of answers', () => {
  test.each(TABLE)('$answer', ({ error, asked, decision }) => {
    for (const each of asked) expect(judged(error, each)).toEqual(decision);
  });

  test('a whole run does nothing but wait, end the session or reconcile', () => {
    for (const { error } of TABLE) expect(['wait', 'signed-out', 'reconcile']).toContain(decide(error, PULL).kind);
  });
});

const WAIT: Wait = { kind: 'wait', reason: 'backoff', retryAfterMs: 0 };
const NOW = 1_000_000;

function delays(failures: number, at: Partial<Moment>): number[] {
  const seen: number[] = [];
  let state: RetryState | undefined;
  for (let i = 0; i < failures; i++) {
    state = afterFailure(state, WAIT, { now: NOW, visible: true, random: 1, ...at });
    seen.push(state.until - NOW);
  }
  return seen;
}

describe('the backoff', () => {
  test('doubles from one second to five minutes while a person looks', () => {
    expect(delays(11, {})).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map((seconds) => seconds * 1000));
  });

  test('goes to one hour while nobody looks', () => {
    expect(delays(13, { visible: false }).slice(-3)).toEqual([1_024_000, 2_048_000, BACKOFF_CAP_HIDDEN_MS]);
  });

  test('is spread over the whole time, so that devices do not come back at once', () => {
    expect(delays(3, { random: 0 })).toEqual([0, 0, 0]);
    expect(delays(3, { random: 0.25 })).toEqual([250, 500, 1_000]);
  });

  test('stays a number after two thousand failures', () => {
    expect(delays(2_000, { random: 0 }).at(-1)).toBe(0);
    expect(delays(2_000, {}).at(-1)).toBe(BACKOFF_CAP_VISIBLE_MS);
  });

  test('is never shorter than Retry-After, and never longer than the cap', () => {
    const wait = (retryAfterMs: number): number =>
      afterFailure(undefined, { ...WAIT, retryAfterMs }, { now: NOW, visible: true, random: 0.5 }).until - NOW;
    expect(wait(30_000)).toBe(30_000);
    expect(wait(100)).toBe(500);
    expect(wait(3_600_000)).toBe(BACKOFF_CAP_VISIBLE_MS);
  });

  test('ends when it is worth a try, but a Retry-After does not', () => {
    const at = { now: NOW, visible: true, random: 1 };
    const backoff = withoutBackoff(afterFailure(undefined, WAIT, at));
    expect(blockedUntil(backoff, NOW)).toBeUndefined();
    expect(backoff.failures).toBe(1);
    const asked = withoutBackoff(afterFailure(undefined, { ...WAIT, retryAfterMs: 400 }, at));
    expect(blockedUntil(asked, NOW)).toBe(NOW + 400);
  });

  test('holds nothing back once its time has come, or when the clock was set back', () => {
    const state = afterFailure(undefined, WAIT, { now: NOW, visible: true, random: 1 });
    expect(blockedUntil(state, NOW + 999)).toBe(NOW + 1_000);
    expect(blockedUntil(state, NOW + 1_000)).toBeUndefined();
    expect(blockedUntil(state, NOW - 2 * BACKOFF_CAP_HIDDEN_MS)).toBeUndefined();
    expect(blockedUntil(undefined, NOW)).toBeUndefined();
  });
});
