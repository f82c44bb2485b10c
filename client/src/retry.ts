// What an answer of the server means for the work under way, and how long a run waits after a failure.
import type { TransportError } from './transport.js';

/** The first backoff ends within this many milliseconds; each further one may be twice as long. */
export const BACKOFF_BASE_MS = 1_000;
/** The longest wait while a person looks at the app, in milliseconds. */
export const BACKOFF_CAP_VISIBLE_MS = 5 * 60_000;
/** The longest wait while nobody looks, in milliseconds. */
export const BACKOFF_CAP_HIDDEN_MS = 60 * 60_000;

/** What was asked of the server when it failed. */
export type Asked = { kind: 'push'; /** Mutations in the request. */ items: number } | { kind: 'pull' };

/** The whole run waits; nothing is dropped. */
export interface Wait {
  kind: 'wait';
  reason: 'backoff' | 'rate-limited';
  /** Milliseconds that the server asked for, 0 where it asked for none. */
  retryAfterMs: number;
}

/** What becomes of a failed request. */
export type Decision =
  | Wait
  /** The session ended, after the one refresh that the transport tries itself; everything is kept. */
  | { kind: 'signed-out' }
  /** The server was restored: read everything again from 0. */
  | { kind: 'reconcile' }
  /** One mutation of the batch is at fault: send half of it. */
  | { kind: 'halve' }
  /** This one mutation or file is listed as refused; the others go on. */
  | { kind: 'refuse' }
  /** The row is gone on the server: as a remote delete. */
  | { kind: 'gone' }
  /** The file waits for room, words go on. */
  | { kind: 'quota' }
  /** Hash the file again and send it from 0. */
  | { kind: 'hash-again' }
  /** Ask for a new upload and send the file from 0. */
  | { kind: 'new-upload' };

/**
 * The table of answers. Outcomes of single mutations are not failures of a request: settle.ts judges them.
 * Of a pull it answers only what a whole run does: wait, signed-out or reconcile.
 */
export function decide(error: TransportError, asked: Asked): Decision {
  return decideAny(error) ?? (asked.kind === 'push' ? ofPush(error, asked.items) : wait(error));
}

/**
 * The rows of the table for a file.
 * @param hashedAgain whether it was hashed and sent from 0 once more already
 */
export function decideUpload(error: TransportError, hashedAgain: boolean): Decision {
  return decideAny(error) ?? ofUpload(error, hashedAgain);
}

/** What an answer means whatever was asked, undefined where that matters. */
function decideAny(error: TransportError): Decision | undefined {
  const { httpStatus = 0 } = error.details;
  if (httpStatus === 408 || httpStatus === 425 || httpStatus >= 500) return wait(error);
  switch (error.code) {
    case 'UNAUTHENTICATED':
    case 'SIGNED_OUT':
      return { kind: 'signed-out' };
    case 'EPOCH_CHANGED':
      return { kind: 'reconcile' };
    case 'NO_ANSWER':
    case 'INTERNAL':
    case 'UNAVAILABLE':
    case 'RATE_LIMITED':
      return wait(error);
    default:
      return undefined;
  }
}

function ofPush(error: TransportError, items: number): Decision {
  if (error.code === 'QUOTA_EXCEEDED') return wait(error);
  if (items > 1) return { kind: 'halve' };
  return { kind: error.code === 'NOT_FOUND' ? 'gone' : 'refuse' };
}

function ofUpload(error: TransportError, hashedAgain: boolean): Decision {
  if (error.details.httpStatus === 410 || error.code === 'NOT_FOUND') return { kind: 'new-upload' };
  if (error.code === 'QUOTA_EXCEEDED') return { kind: 'quota' };
  if (error.code === 'DIGEST_MISMATCH' && !hashedAgain) return { kind: 'hash-again' };
  return { kind: 'refuse' };
}

function wait(error: TransportError): Wait {
  const reason = error.code === 'RATE_LIMITED' ? 'rate-limited' : 'backoff';
  return { kind: 'wait', reason, retryAfterMs: error.details.retryAfterMs ?? 0 };
}

/** How a device stands after failures in a row; missing after any acknowledgement. Kept in the store, as JSON. */
export interface RetryState {
  /** Failures since the last acknowledgement. */
  failures: number;
  /** No automatic run before this time, in milliseconds since 1970. */
  until: number;
  /** No run at all before this time: the server asked for it. 0 where it did not. */
  retryAfterUntil: number;
  reason: Wait['reason'];
}

/** Where a wait is measured from. */
export interface Moment {
  now: number;
  visible: boolean;
  /** From 0 to 1: the spread that keeps many devices from coming back at once. */
  random: number;
}

/** The state after one more failure. */
export function afterFailure(before: RetryState | undefined, { reason, retryAfterMs }: Wait, at: Moment): RetryState {
  const failures = before?.failures ?? 0;
  return {
    failures: failures + 1,
    until: at.now + delayAfter(failures, retryAfterMs, at),
    retryAfterUntil: retryAfterMs > 0 ? at.now + Math.min(capOf(at), retryAfterMs) : 0,
    reason,
  };
}

/** Milliseconds to wait after `failures` earlier ones in a row, at least what the server asked for. */
export function delayAfter(failures: number, retryAfterMs: number, at: Omit<Moment, 'now'>): number {
  const cap = capOf(at);
  const spread = at.random * Math.min(cap, BACKOFF_BASE_MS * 2 ** failures);
  return Math.min(cap, Math.max(retryAfterMs, spread));
}

function capOf({ visible }: Pick<Moment, 'visible'>): number {
  return visible ? BACKOFF_CAP_VISIBLE_MS : BACKOFF_CAP_HIDDEN_MS;
}

/** The state once `online`, the foreground or a person ended the backoff: a Retry-After stays. */
export function withoutBackoff(state: RetryState): RetryState {
  return { ...state, until: state.retryAfterUntil };
}

/** When the next run may begin, undefined for now. A time beyond every cap comes from a clock that was set back. */
export function blockedUntil(state: RetryState | undefined, now: number): number | undefined {
  if (state === undefined || state.until <= now) return undefined;
  return state.until - now > BACKOFF_CAP_HIDDEN_MS ? undefined : state.until;
}
