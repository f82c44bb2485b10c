// The `runs` table: who runs, whether it is alive, and what it did. A row without a report is the crash marker.
import type { LocalStore, Transaction } from './store.js';
import type { RunReport } from './sync-status.js';
import type { RunRecord } from './tables.js';

/** A run that showed no sign of life for so long is taken for frozen, in milliseconds. */
export const FROZEN_AFTER_MS = 20_000;
/** Runs that have ended, of all kinds: enough to see what happened lately. */
const KEPT_RUNS = 50;

/** Whether a run has stopped without saying so. A heartbeat in the future comes from a clock that was set back. */
export function isFrozen(run: RunRecord, now: number): boolean {
  return Math.abs(now - run.heartbeatAt) >= FROZEN_AFTER_MS;
}

/**
 * Opens a run unless another one of its kind is under way; those that are dead get the report `cut-off`.
 * @returns the run that is alive, or the dead ones that were found
 */
export function openRun(
  store: LocalStore,
  run: RunRecord,
  isDead: (other: RunRecord) => boolean,
): Promise<{ alive: RunRecord } | { cutOff: RunRecord[] }> {
  return store.transaction('write', ['runs'], async (transaction) => {
    const others = await openRuns(transaction, run.kind);
    const alive = others.find((other) => !isDead(other));
    if (alive !== undefined) return { alive };
    for (const other of others) await transaction.put('runs', { ...other, report: cutOffReport(other) });
    await transaction.put('runs', run);
    const old = await transaction.list('runs', { index: 'byStart', reverse: true });
    for (const { runId, report } of old.slice(KEPT_RUNS)) {
      if (report !== null) await transaction.delete('runs', [runId]);
    }
    return { cutOff: others };
  });
}

/** Shows that a run is alive; false once another run has taken its place. */
export function beat(store: LocalStore, runId: string, alive: { phase: string; now: number }): Promise<boolean> {
  return store.transaction('write', ['runs'], async (transaction) => {
    const run = await transaction.get('runs', [runId]);
    if (run === undefined || run.report !== null) return false;
    await transaction.put('runs', { ...run, phase: alive.phase, heartbeatAt: alive.now });
    return true;
  });
}

/** Stores what a run did, unless another one has taken its place. */
export function closeRun(store: LocalStore, report: RunReport): Promise<void> {
  return store.transaction('write', ['runs'], async (transaction) => {
    const run = await transaction.get('runs', [report.runId]);
    if (run?.report === null) await transaction.put('runs', { ...run, report });
  });
}

/** The run of this kind that is under way, or seems to be. */
export function runUnderWay(store: LocalStore, kind: RunRecord['kind']): Promise<RunRecord | undefined> {
  return store.transaction('read', ['runs'], async (transaction) => (await openRuns(transaction, kind))[0]);
}

/** What a run did; undefined while it is under way or when it was cut off. */
export async function reportOf(store: LocalStore, runId: string): Promise<RunReport | undefined> {
  const run = await store.transaction('read', ['runs'], (transaction) => transaction.get('runs', [runId]));
  return run?.report == null || run.report.ended === 'cut-off' ? undefined : run.report;
}

async function openRuns(transaction: Transaction, kind: RunRecord['kind']): Promise<RunRecord[]> {
  const runs = await transaction.list('runs');
  return runs.filter((run) => run.kind === kind && run.report === null);
}

/** What is known of a run that ended without a report. */
export function cutOffReport({ runId, trigger }: RunRecord): RunReport {
  return { runId, trigger, ended: 'cut-off', pushed: 0, pulled: 0, conflicts: 0, refused: 0, error: null };
}
