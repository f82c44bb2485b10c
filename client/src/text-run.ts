// One run of the words: the outbox up, the feeds down.
import type { HeldRun } from './held-run.js';
import { RunProgress } from './progress.js';
import type { Progress } from './progress.js';
import { decide } from './retry.js';
import type { PullStep, Steps } from './steps.js';
import { TransportError } from './transport.js';

/** What is sent and read: both, only up, or only down. */
export type Directions = 'both' | 'up' | 'down';

/** Pulling may make something sendable (a merge); after so many rounds the rest is left to the next run. */
const ROUNDS = 3;
/** A server that answers every reconcile with another epoch is a fault to wait out. */
const RECONCILES = 2;
/** Steps in a row that moved nothing. Halving a batch of 500 down to one takes nine. */
const IDLE_STEPS = 32;

export interface TextRunContext {
  steps: Steps;
  held: HeldRun;
  /** Outbox entries that can be sent now. */
  sendable: () => Promise<number>;
  /** Before each step. */
  entered: (phase: 'pushing' | 'pulling' | 'reconciling') => void;
  /** After each step: the server answered. */
  answered: (progress: Progress) => Promise<void>;
}

/**
 *        ┌──────────── something to send, at most 3 rounds ───────────┐
 *        ▼                                                            │
 *   ─► push* ── no more ──► pull* ── no more ─────────────────────────┴──► done
 *        │                   ▲ │
 *        └─ EPOCH_CHANGED ─► reconcile: beginReconcile, then pull* from 0 (at most 2 a run)
 *
 * Any other error ends the run where it is: the next one goes on from what the steps have stored.
 */
export class TextRun {
  readonly #context: TextRunContext;
  /** Kept up while it runs, so that a run that fails tells what it did. */
  readonly tally = { pushed: 0, pulled: 0, conflicts: 0, refused: 0 };
  readonly #progress = new RunProgress();
  #reconciles = 0;
  #idleSteps = 0;

  constructor(context: TextRunContext) {
    this.#context = context;
  }

  async go(directions: Directions): Promise<void> {
    for (let round = 1; ; round++) {
      if (directions !== 'down') await this.#orReconcile(() => this.#push());
      if (directions !== 'up') await this.#orReconcile(() => this.#pull());
      if (directions !== 'both' || round >= ROUNDS || (await this.#context.sendable()) === 0) return;
    }
  }

  /** A restored server is read again from 0 wherever it was met; what was to be sent goes in the next round. */
  async #orReconcile(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const met = error instanceof TransportError && decide(error, { kind: 'pull' }).kind === 'reconcile';
      if (!met || this.#reconciles >= RECONCILES) throw error;
      this.#reconciles += 1;
      await this.#enter('reconciling');
      await this.#context.steps.beginReconcile(this.#context.held.signal);
      await this.#orReconcile(() => this.#pull('reconciling'));
    }
  }

  async #push(): Promise<void> {
    const { steps, held, sendable, answered } = this.#context;
    let left = await sendable();
    for (let more = left > 0; more;) {
      await this.#enter('pushing');
      const step = await steps.pushBatch(held.signal);
      more = step.more;
      this.tally.pushed += step.acknowledged;
      this.tally.conflicts += step.conflicts;
      this.tally.refused += step.refused;
      const worked = step.acknowledged + step.conflicts + step.refused;
      left = Math.max(0, left - worked);
      await answered(this.#progress.advance('up', worked, left));
      this.#mustMove(worked);
    }
  }

  async #pull(phase: 'pulling' | 'reconciling' = 'pulling'): Promise<void> {
    const { steps, held, answered } = this.#context;
    for (let step: Pick<PullStep, 'hasMore' | 'reconciling'> = { hasMore: true }; step.hasMore;) {
      await this.#enter(step.reconciling === true ? 'reconciling' : phase);
      const page = await steps.pullPage(held.signal);
      this.tally.pulled += page.applied;
      await answered(this.#progress.advance('down', page.applied, page.remaining));
      this.#mustMove(page.applied);
      step = page;
    }
  }

  async #enter(phase: 'pushing' | 'pulling' | 'reconciling'): Promise<void> {
    await this.#context.held.enter(phase);
    this.#context.entered(phase);
  }

  #mustMove(worked: number): void {
    this.#idleSteps = worked > 0 ? 0 : this.#idleSteps + 1;
    if (this.#idleSteps > IDLE_STEPS) throw new Error(`${IDLE_STEPS} steps of a run moved nothing`);
  }
}
