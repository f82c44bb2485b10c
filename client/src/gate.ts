// Whether a run may begin.
import { blockedUntil } from './retry.js';
import type { RetryState } from './retry.js';
import type { WaitingReason } from './sync-status.js';

/** How things stand before a run. */
export interface Standing {
  signedIn: boolean;
  backupOn: boolean;
  paused: boolean;
  online: boolean;
  retry: RetryState | undefined;
}

export interface Waiting {
  reason: WaitingReason;
  /** Milliseconds since 1970, null where only an event ends it. */
  until: number | null;
}

/**
 * Why no run may begin, or null. A person's own try goes on although the app is paused or seems offline;
 * it does not overrule "backup off", and not what the server asked to wait.
 */
export function gate(standing: Standing, now: number, manual: boolean): Waiting | null {
  if (!standing.signedIn) return { reason: 'signed-out', until: null };
  if (!standing.backupOn) return { reason: 'backup-off', until: null };
  if (standing.paused && !manual) return { reason: 'paused', until: null };
  if (!standing.online && !manual) return { reason: 'offline', until: null };
  const until = blockedUntil(standing.retry, now);
  return until === undefined ? null : { reason: standing.retry?.reason ?? 'backoff', until };
}
