// Runs the words of this tab, one run after the other.
import type { Backoff } from './backoff.js';
import type { Waiting } from './gate.js';
import { HeldRun, RunStopped } from './held-run.js';
import type { RunContext } from './held-run.js';
import type { Progress } from './progress.js';
import { blockedUntil } from './retry.js';
import { endOf } from './run-end.js';
import type { RunEnd } from './run-end.js';
import type { Steps } from './steps.js';
import type { RunReport } from './sync-status.js';
import { TextRun } from './text-run.js';
import type { Directions } from './text-run.js';
import type { Trigger } from './triggers.js';
import { countSendable } from './unsynced.js';

/** Asked for during a run, these are not worth another one: it is as fresh as they want. */
const CONTENT_WITH_THE_RUN_UNDER_WAY: ReadonlySet<Trigger> = new Set([
  'start',
  'foreground',
  'connectivity',
  'timer',
  'retry',
]);
const END_A_BACKOFF: ReadonlySet<Trigger> = new Set(['foreground', 'connectivity', 'connected', 'sign-in', 'manual']);

export interface TextMachineContext extends RunContext {
  steps: Steps;
  backoff: Backoff;
  newId: () => string;
  log: (event: string, detail?: Record<string, unknown>) => void;
  gate: (manual: boolean) => Promise<Waiting | null>;
  /** Ends the backoff of words and files. */
  endBackoffs: () => Promise<void>;
  /** Whether runs begin by themselves. */
  automatic: () => boolean;
  entered: (phase: 'pushing' | 'pulling' | 'reconciling') => void;
  answered: (progress: Progress) => void;
  /** After each run, also one that only met the gate. */
  ended: (end: RunEnd, directions: Directions) => Promise<void>;
}

/** A run that was asked for. Its report never fails. */
export interface AskedRun {
  readonly trigger: Trigger;
  readonly directions: Directions;
  readonly report: Promise<RunReport>;
}

interface Request extends AskedRun {
  answer: (report: RunReport) => void;
}

/**
 *   idle ─ask─► gate ─open─► lock ─free─► recover ─► TextRun ─► idle, or the one run that was asked for meanwhile
 *                │            └ busy: the other tab's run is joined
 *                └ signed out · backup off · paused · offline · retry later ─► idle, and again at that time
 */
export class TextMachine {
  readonly #context: TextMachineContext;
  #next: Request | undefined;
  #current: { request: Request; held: HeldRun } | undefined;
  #loop: Promise<void> | undefined;
  #closed = false;
  #lastEnd: RunReport['ended'] | undefined;
  #cancelRetry: () => void = () => undefined;

  constructor(context: TextMachineContext) {
    this.#context = context;
  }

  /** Asks for a run; several that wait are one. */
  ask(trigger: Trigger, directions: Directions = 'both'): AskedRun {
    if (this.#current !== undefined && CONTENT_WITH_THE_RUN_UNDER_WAY.has(trigger)) return this.#current.request;
    this.#next = merged(this.#next, trigger, directions);
    const asked = this.#next;
    this.#loop ??= this.#work();
    return asked;
  }

  /** Ends the run under way at its next step. */
  stop(reason: RunStopped): void {
    this.#current?.held.stop(reason);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.stop(new RunStopped('closed'));
    await this.#loop;
    this.#cancelRetry();
  }

  async #work(): Promise<void> {
    while (this.#next !== undefined) {
      const request = this.#next;
      this.#next = undefined;
      const report = await this.#run(request);
      this.#current = undefined;
      request.answer(report);
    }
    this.#loop = undefined;
  }

  async #run(request: Request): Promise<RunReport> {
    const { clock, newId, log, backoff } = this.#context;
    const { trigger, directions } = request;
    const now = clock.now();
    const record = { runId: newId(), kind: 'text', trigger, phase: 'lock', startedAt: now, heartbeatAt: now } as const;
    const held = new HeldRun(this.#context, { ...record, report: null });
    const run = this.#textRun(held);
    this.#current = { request, held };
    let end: RunEnd & { joined?: RunReport };
    try {
      end = await this.#attempt(request, held, run);
    } catch (error) {
      end = endOf(error, held.signal);
      if (end.wait !== undefined) await backoff.failed(end.wait);
    }
    const { ended, error } = end;
    const report = end.joined ?? { runId: record.runId, trigger, ended, ...run.tally, error };
    await held.end(report).catch(() => log('run-not-closed', { runId: record.runId }));
    this.#logEnd(report);
    await this.#context.ended(end, directions);
    await this.#retryLater();
    return report;
  }

  /** Throws what stopped the run. */
  async #attempt(request: Request, held: HeldRun, run: TextRun): Promise<RunEnd & { joined?: RunReport }> {
    const { store, gate, endBackoffs, log } = this.#context;
    if (this.#closed) return { ended: 'closed', error: null };
    if (END_A_BACKOFF.has(request.trigger)) await endBackoffs();
    const waiting = await gate(request.trigger === 'manual');
    if (waiting !== null) return { ended: waiting.reason, error: null };
    const begun = await held.beginOrJoin();
    if ('joined' in begun) {
      // The other run may have been past its push when this tab saved.
      if ((await countSendable(store)) > 0) this.ask('save');
      return { ended: 'joined', error: null, joined: begun.joined };
    }
    for (const { runId, trigger, phase } of begun.cutOff) log('run-cut-off', { runId, trigger, phase });
    await run.go(request.directions);
    return { ended: 'done', error: null };
  }

  #textRun(held: HeldRun): TextRun {
    const { store, steps, backoff, entered, answered } = this.#context;
    return new TextRun({
      steps,
      held,
      entered,
      sendable: () => countSendable(store),
      answered: async (progress) => {
        answered(progress);
        await backoff.reset();
      },
    });
  }

  /** A look that found nothing is no news: one a minute would push everything else out of the log. */
  #logEnd(report: RunReport): void {
    const { ended, pushed, pulled, conflicts, refused, error } = report;
    const moved = pushed + pulled + conflicts + refused > 0;
    if (moved || error !== null || ended !== this.#lastEnd) this.#context.log('run-ended', { ...report });
    this.#lastEnd = ended;
  }

  /** Looks again when the backoff, of this tab or another, has ended. */
  async #retryLater(): Promise<void> {
    const { backoff, clock, automatic } = this.#context;
    this.#cancelRetry();
    if (this.#closed || !automatic()) return;
    const state = await backoff.read().catch(() => undefined);
    const until = blockedUntil(state, clock.now());
    if (until === undefined || this.#closed) return;
    this.#cancelRetry = clock.after(until - clock.now(), () => void this.ask('retry'));
  }
}

/** One request for all that wait: a person's own try counts as one, and up and down together are both. */
function merged(waiting: Request | undefined, trigger: Trigger, directions: Directions): Request {
  if (waiting === undefined) return newRequest(trigger, directions);
  return {
    ...waiting,
    trigger: trigger === 'manual' ? trigger : waiting.trigger,
    directions: directions === waiting.directions ? directions : 'both',
  };
}

function newRequest(trigger: Trigger, directions: Directions): Request {
  let answer: (report: RunReport) => void = () => undefined;
  const report = new Promise<RunReport>((resolve) => {
    answer = resolve;
  });
  return { trigger, directions, report, answer };
}
