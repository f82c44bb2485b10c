// One run at a time over all tabs and processes of a journal. Saving needs no lock, only running does.
import { isFrozen, openRun, runUnderWay } from './run-records.js';
import type { LocalStore } from './store.js';
import type { RunRecord } from './tables.js';

/** Web Locks, as far as they are needed. */
export interface Locks {
  /** `work` gets null where the lock is held and `ifAvailable` was asked for. */
  request(name: string, options: LockRequest, work: (lock: object | null) => Promise<void> | void): Promise<unknown>;
}

interface LockRequest {
  ifAvailable?: boolean;
  steal?: boolean;
}

/** The lock of a run's kind. */
export interface RunLock {
  /**
   * Takes the lock and opens the run in the store, or answers who has it. A holder without a heartbeat is robbed.
   * @param options.rob also take it from a holder that has not even opened its run
   * @param options.onRobbed called when another one takes the lock away
   */
  take(run: RunRecord, options: { rob: boolean; onRobbed: () => void }): Promise<TakenLock | BusyLock>;
}

export interface TakenLock {
  busy: false;
  /** Runs that ended without a report. */
  cutOff: RunRecord[];
  release(): Promise<void>;
}

export interface BusyLock {
  busy: true;
  /** Null between lock and run: the holder has just begun, has just ended, or froze there. */
  runId: string | null;
}

/** A lease in the store itself: for several processes on one file, and for browsers without Web Locks. */
export function storeLease(store: LocalStore): RunLock {
  return {
    async take(run) {
      const opened = await openRun(store, run, (other) => isFrozen(other, run.heartbeatAt));
      if ('alive' in opened) return { busy: true, runId: opened.alive.runId };
      // The report, or the next run, ends the lease.
      return { busy: false, cutOff: opened.cutOff, release: () => Promise.resolve() };
    },
  };
}

/** Web Locks: the browser frees the lock of a tab that is closed or crashes, at once. */
export function webLocks(locks: Locks, name: string, store: LocalStore): RunLock {
  return {
    async take(run, { rob, onRobbed }) {
      const lockName = `logdate-run:${run.kind}:${name}`;
      let release = await requestLock(locks, lockName, { ifAvailable: true }, onRobbed);
      if (release === undefined) {
        const other = await runUnderWay(store, run.kind);
        const frozen = other === undefined ? rob : isFrozen(other, run.heartbeatAt);
        if (!frozen) return { busy: true, runId: other?.runId ?? null };
        release = await requestLock(locks, lockName, { steal: true }, onRobbed);
      }
      if (release === undefined) return { busy: true, runId: null };
      return openUnder(release, store, run);
    },
  };
}

/** Who has the Web Lock is alone: every open run of its kind is dead. */
async function openUnder(release: () => Promise<void>, store: LocalStore, run: RunRecord): Promise<TakenLock> {
  try {
    const opened = await openRun(store, run, () => true);
    return { busy: false, cutOff: 'cutOff' in opened ? opened.cutOff : [], release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Answers how to release the lock, undefined where it is held by another. */
function requestLock(
  locks: Locks,
  name: string,
  options: LockRequest,
  onRobbed: () => void,
): Promise<(() => Promise<void>) | undefined> {
  return new Promise((resolve, reject) => {
    const released = locks
      .request(name, options, (lock) => {
        if (lock === null) return resolve(undefined);
        return new Promise<void>((letGo) => {
          // Awaits the browser too: asked again a moment earlier, the lock would still be held, by ourselves.
          resolve(() => {
            letGo();
            return released;
          });
        });
      })
      .then(
        () => undefined,
        (error: unknown) => {
          // The request of a robbed holder fails; before the lock was given this is the answer.
          onRobbed();
          reject(error);
        },
      );
  });
}
