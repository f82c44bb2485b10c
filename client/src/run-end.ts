// Why a run stopped before it was done.
import { RunStopped } from './held-run.js';
import { decide } from './retry.js';
import type { Wait } from './retry.js';
import { StoreFullError, StoreLostError } from './store.js';
import type { RunReport } from './sync-status.js';
import { TransportError } from './transport.js';

export interface RunEnd {
  ended: RunReport['ended'];
  /** How long the next run waits; undefined where waiting is not what helps. */
  wait?: Wait;
  error: RunReport['error'];
}

/** What an error thrown by a step, or an aborted signal, means for the run. */
export function endOf(thrown: unknown, signal: AbortSignal): RunEnd {
  const cause: unknown = signal.aborted ? signal.reason : thrown;
  if (cause instanceof RunStopped) return { ended: cause.why === 'robbed' ? 'joined' : cause.why, error: null };
  const message = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof StoreFullError) return { ended: 'store-full', error: { code: 'STORE_FULL', message } };
  if (cause instanceof StoreLostError) return { ended: 'store-lost', error: { code: 'STORE_LOST', message } };
  if (!(cause instanceof TransportError)) {
    // A fault of our own: said, waited out, and nothing is dropped.
    return { ended: 'backoff', wait: PLAIN_WAIT, error: { code: 'INTERNAL', message } };
  }
  const error = { code: cause.code, message };
  const decision = decide(cause, { kind: 'pull' });
  if (decision.kind === 'signed-out') return { ended: 'signed-out', error };
  const wait = decision.kind === 'wait' ? decision : PLAIN_WAIT;
  return { ended: wait.reason, wait, error };
}

const PLAIN_WAIT: Wait = { kind: 'wait', reason: 'backoff', retryAfterMs: 0 };
