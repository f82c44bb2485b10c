// The second machine: files go up while no words wait, in runs and under a lock of their own.
import { HeldRun, RunStopped } from './held-run.js';
import type { RunContext } from './held-run.js';
import { endOf } from './run-end.js';
import type { RunEnd } from './run-end.js';
import type { Steps } from './steps.js';

export interface MediaMachineContext extends RunContext {
  steps: Steps;
  newId: () => string;
  log: (event: string, detail?: Record<string, unknown>) => void;
  /** Whether nothing holds files back: the gate is open, no words wait, and a file does. */
  mayRun: () => Promise<boolean>;
  /** After each step that the server answered. */
  answered: () => Promise<void>;
  failed: (end: RunEnd) => Promise<void>;
  /** Whether files are under way. */
  runs: (on: boolean) => void;
  /** Asks again at this time, in milliseconds since 1970. */
  retryAt: (until: number) => void;
}

/**
 *   idle ─kick─► may run? ─yes─► lock ─free─► step* ── nothing more, or words wait ──► idle
 *                 └ no ─► idle    └ busy: another tab sends ─► idle
 *
 * It is kicked at the end of each text run, which is how it goes on after words came between.
 */
export class MediaMachine {
  private run: HeldRun | undefined;
  private loop: Promise<void> | undefined;
  private again = false;

  constructor(private readonly context: MediaMachineContext) {}

  /** Looks for files to send. */
  kick(): void {
    this.again = true;
    this.loop ??= this.work();
  }

  stop(reason: RunStopped): void {
    this.again = false;
    this.run?.stop(reason);
  }

  /** Stops the run under way and answers once it has ended. */
  async close(): Promise<void> {
    this.stop(new RunStopped('closed'));
    await this.loop;
  }

  /** Answers once no file is under way. */
  async idle(): Promise<void> {
    await this.loop;
  }

  private async work(): Promise<void> {
    while (this.again) {
      this.again = false;
      await this.runOnce();
    }
    this.loop = undefined;
  }

  private async runOnce(): Promise<void> {
    const { clock, newId, log, failed, runs } = this.context;
    const now = clock.now();
    const record = { runId: newId(), kind: 'media', trigger: 'media', phase: 'media', startedAt: now } as const;
    const held = new HeldRun(this.context, { ...record, heartbeatAt: now, report: null });
    this.run = held;
    let end: RunEnd = { ended: 'done', error: null };
    try {
      if (!(await this.context.mayRun()) || (await held.begin()) === undefined) return;
      runs(true);
      await this.steps(held);
    } catch (error) {
      end = endOf(error, held.signal);
      log('media-stopped', { ended: end.ended, ...end.error });
      await failed(end);
    } finally {
      this.run = undefined;
      runs(false);
      const { ended, error } = end;
      await held.end({ runId: record.runId, trigger: 'media', ended, ...NOTHING_COUNTED, error }).catch(() => {
        log('run-not-closed', { runId: record.runId });
      });
    }
  }

  private async steps(held: HeldRun): Promise<void> {
    const { steps, mayRun, answered, retryAt } = this.context;
    while (await mayRun()) {
      await held.enter('media');
      const step = await steps.mediaStep?.(held.signal);
      await answered();
      if (step?.until != null) retryAt(step.until);
      if (step?.more !== true) return;
    }
  }
}

/** The report of a media run counts nothing: what happened to each file is in its row. */
const NOTHING_COUNTED = { pushed: 0, pulled: 0, conflicts: 0, refused: 0 };
