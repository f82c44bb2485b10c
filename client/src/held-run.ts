// A run that has the lock: it beats as long as it lives, and stops when it is robbed or told to.
import type { Clock } from './clock.js';
import { beat, closeRun, reportOf } from './run-records.js';
import type { RunLock, TakenLock } from './run-lock.js';
import type { LocalStore } from './store.js';
import type { RunReport } from './sync-status.js';
import type { RunRecord } from './tables.js';

const BEAT_EVERY_MS = 5_000;
const LOOK_EVERY_MS = 1_000;
/** Looks at a lock whose holder has not opened a run, before it counts as frozen there. */
const PATIENT_LOOKS = 20;

/** Why a run was stopped from outside; it is the reason of its aborted signal. */
export class RunStopped extends Error {
  override name = 'RunStopped';

  constructor(readonly why: 'robbed' | 'closed' | 'paused' | 'backup-off' | 'signed-out') {
    super(`the run was stopped: ${why}`);
  }
}

export interface RunContext {
  store: LocalStore;
  clock: Clock;
  lock: RunLock;
}

/** A run under way. */
export class HeldRun {
  readonly #context: RunContext;
  readonly #stopper = new AbortController();
  #phase: string;
  #beating: Promise<void> = Promise.resolve();
  #cancelBeat: () => void = () => undefined;
  #taken: TakenLock | undefined;

  constructor(
    context: RunContext,
    readonly record: RunRecord,
  ) {
    this.#context = context;
    this.#phase = record.phase;
  }

  /** Aborted, with RunStopped or the store's error as its reason, when nothing more may be done. */
  get signal(): AbortSignal {
    return this.#stopper.signal;
  }

  stop(reason: Error): void {
    this.#stopper.abort(reason);
  }

  /**
   * Takes the lock. Where another tab or process has it, waits until that run has ended.
   * @returns the runs that were cut off before this one, or the report of the other run
   */
  async beginOrJoin(): Promise<{ cutOff: RunRecord[] } | { joined: RunReport }> {
    let other: string | null = null;
    for (let looks = 0; ;) {
      const report = other === null ? undefined : await reportOf(this.#context.store, other);
      if (report !== undefined) return { joined: { ...report, ended: 'joined' } };
      const taken = await this.#take(looks >= PATIENT_LOOKS);
      if (!taken.busy) return { cutOff: taken.cutOff };
      other = taken.runId;
      looks = other === null ? looks + 1 : 0;
      await pause(this.#context.clock, LOOK_EVERY_MS, this.signal);
    }
  }

  /** Takes the lock, or answers undefined where another tab or process has it. */
  async begin(): Promise<{ cutOff: RunRecord[] } | undefined> {
    const taken = await this.#take(false);
    return taken.busy ? undefined : { cutOff: taken.cutOff };
  }

  /** Before each step: says that this run is alive, and throws when it may not go on. */
  async enter(phase: string): Promise<void> {
    this.#phase = phase;
    this.signal.throwIfAborted();
    await this.#beat();
    this.signal.throwIfAborted();
  }

  /** Stores the report and lets the next run begin. */
  async end(report: RunReport): Promise<void> {
    this.#cancelBeat();
    await this.#beating;
    try {
      await closeRun(this.#context.store, report);
    } finally {
      await this.#taken?.release();
    }
  }

  async #take(rob: boolean): ReturnType<RunLock['take']> {
    const now = this.#context.clock.now();
    const onRobbed = (): void => this.stop(new RunStopped('robbed'));
    const taken = await this.#context.lock.take(
      { ...this.record, startedAt: now, heartbeatAt: now },
      { rob, onRobbed },
    );
    if (!taken.busy) {
      this.#taken = taken;
      this.#beatLater();
    }
    return taken;
  }

  async #beat(): Promise<void> {
    const alive = { phase: this.#phase, now: this.#context.clock.now() };
    if (!(await beat(this.#context.store, this.record.runId, alive))) this.stop(new RunStopped('robbed'));
  }

  #beatLater(): void {
    this.#cancelBeat = this.#context.clock.after(BEAT_EVERY_MS, () => {
      this.#beatLater();
      this.#beating = this.#beating
        .then(() => this.#beat())
        .catch((error: unknown) => {
          this.stop(error instanceof Error ? error : new Error(String(error)));
        });
    });
  }
}

/** Waits, and throws the signal's reason as soon as it is aborted. */
function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stopped = (): void => {
      cancel();
      reject(signal.reason as Error);
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', stopped);
      resolve();
    });
    if (signal.aborted) stopped();
    else signal.addEventListener('abort', stopped, { once: true });
  });
}
