// The second machine: files go up while no words wait, in runs and under a lock of their own.
import type { Backoff } from '../backoff.js';
import type { FileRuns, FileRunsContext } from '../files-part.js';
import { HeldRun, RunStopped } from '../held-run.js';
import { blockedUntil } from '../retry.js';
import { endOf, type RunEnd } from '../run-end.js';
import type { MediaStep } from '../steps.js';
import type { LocalStore } from '../store.js';
import { getSetting } from '../sync-settings.js';

export interface MediaMachineContext extends FileRunsContext {
  backoff: Backoff;
  /** Moves files on by one request. */
  step: (signal: AbortSignal) => Promise<MediaStep>;
}

/** At least so long between two looks at files that could not be sent, in milliseconds. */
const PAUSE_MS = 1_000;

/**
 *   idle ─kick─► may run? ─yes─► lock ─free─► step* ── nothing more, or words wait ──► idle
 *                 └ no ─► idle    └ busy: another tab sends ─► idle
 *
 * It is kicked at the end of each text run, which is how it goes on after words came between.
 */
export class MediaMachine implements FileRuns {
  private run: HeldRun | undefined;
  private loop: Promise<void> | undefined;
  private again = false;
  private closed = false;
  private cancelRetry: () => void = () => undefined;

  constructor(private readonly context: MediaMachineContext) {}

  kick(): void {
    this.again = true;
    this.loop ??= this.work();
  }

  endBackoff(): Promise<void> {
    return this.context.backoff.end();
  }

  stop(reason: RunStopped): void {
    this.again = false;
    this.run?.stop(reason);
  }

  async idle(): Promise<void> {
    await this.loop;
  }

  async close(): Promise<void> {
    this.closed = true;
    this.stop(new RunStopped('closed'));
    await this.loop;
    this.cancelRetry();
  }

  private async work(): Promise<void> {
    while (this.again) {
      this.again = false;
      await this.runOnce();
    }
    this.loop = undefined;
  }

  private async runOnce(): Promise<void> {
    const { clock, newId, log, runs } = this.context;
    const now = clock.now();
    const record = { runId: newId(), kind: 'media', trigger: 'media', phase: 'media', startedAt: now } as const;
    const held = new HeldRun(this.context, { ...record, heartbeatAt: now, report: null });
    this.run = held;
    let end: RunEnd = { ended: 'done', error: null };
    try {
      if (!(await this.mayRun()) || (await held.begin()) === undefined) return;
      runs(true);
      await this.steps(held);
    } catch (error) {
      end = endOf(error, held.signal);
      log('media-stopped', { ended: end.ended, ...end.error });
      await this.failed(end);
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
    const { step, backoff, changed } = this.context;
    while (await this.mayRun()) {
      await held.enter('media');
      const { more, until } = await step(held.signal);
      await backoff.reset();
      changed();
      if (until !== null) this.kickAt(until);
      if (!more) return;
    }
  }

  /** Whether nothing holds files back: the gate is open, they are not paused, no words wait, and a file does. */
  private async mayRun(): Promise<boolean> {
    const { store, clock, gate, backoff } = this.context;
    if (this.closed) return false;
    const waiting = await whatWaits(store);
    if (waiting.paused || waiting.words || !waiting.files) return false;
    return blockedUntil(await backoff.read(), clock.now()) === undefined && (await gate()) === null;
  }

  /** A file that fails holds back files only, unless the server asked everybody to wait. */
  private async failed({ wait }: RunEnd): Promise<void> {
    const { clock, backoff, changed, holdBack } = this.context;
    if (wait === undefined) return;
    await backoff.failed(wait);
    if (wait.retryAfterMs > 0) await holdBack(wait);
    const until = blockedUntil(await backoff.read(), clock.now());
    if (until !== undefined) this.kickAt(until);
    changed();
  }

  private kickAt(until: number): void {
    const { clock, automatic } = this.context;
    this.cancelRetry();
    if (!automatic()) return;
    this.cancelRetry = clock.after(Math.max(PAUSE_MS, until - clock.now()), () => this.kick());
  }
}

/** Whether words wait to be sent, whether files do, and whether the person lets files wait. */
function whatWaits(store: LocalStore): Promise<{ words: boolean; files: boolean; paused: boolean }> {
  return store.transaction('read', ['outbox', 'media', 'settings'], async (transaction) => {
    const refused = await transaction.count('media', { index: 'inOrder', prefix: ['refused'] });
    return {
      words: (await transaction.count('outbox', { index: 'inOrder', prefix: ['no'] })) > 0,
      files: (await transaction.count('media')) > refused,
      paused: (await getSetting(transaction, 'media-paused')) ?? false,
    };
  });
}

/** The report of a media run counts nothing: what happened to each file is in its row. */
const NOTHING_COUNTED = { pushed: 0, pulled: 0, conflicts: 0, refused: 0 };
