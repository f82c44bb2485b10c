// Computes where the words are, from what the run says and what the store counts.
import type { FilesPart } from './files-part.js';
import { LiveValue } from './live.js';
import type { Live } from './live.js';
import type { Progress } from './progress.js';
import type { LocalStore } from './store.js';
import type { Waiting } from './gate.js';
import { StoreLostError } from './store.js';
import { getSetting, NO_RUN_YET } from './sync-settings.js';
import type { LastRun } from './sync-settings.js';
import type { SyncStatus, WaitingReason } from './sync-status.js';

/** What the last run, or a save, met and no gate can see. */
export type Trouble = Extract<WaitingReason, 'signed-out' | 'store-full' | 'store-lost'> | null;

/** What only this tab knows. */
interface Told {
  /** The phase of the text run under way. */
  phase: 'pushing' | 'pulling' | 'reconciling' | null;
  /** Whether the server answered that run. */
  answered: boolean;
  progress: Progress | null;
  mediaRuns: boolean;
  /** What the last run met. */
  trouble: Trouble;
  /** What the last save met. */
  unsaved: Trouble;
}

/** What the store says. */
interface Counted {
  unsynced: number;
  conflicts: number;
  refused: number;
  media: SyncStatus['media'];
  lastRun: LastRun;
  waiting: Waiting | null;
}

const NO_FILES = { waiting: 0, sentBytes: 0, totalBytes: 0, file: 0, files: 0, quotaFull: false, paused: false };

/** The status of this tab. */
export class StatusBoard {
  readonly #store: LocalStore;
  readonly #waiting: () => Promise<Waiting | null>;
  readonly #log: (event: string, detail: Record<string, unknown>) => void;
  readonly #files: Pick<FilesPart, 'count'> | undefined;
  #told: Told = { phase: null, answered: false, progress: null, mediaRuns: false, trouble: null, unsaved: null };
  #counted: Counted = {
    unsynced: 0,
    conflicts: 0,
    refused: 0,
    media: NO_FILES,
    lastRun: NO_RUN_YET,
    waiting: null,
  };
  readonly #shown = new LiveValue<SyncStatus>(compose(this.#told, this.#counted));
  #counting: Promise<void> | undefined;
  #countAgain = false;

  /**
   * @param waiting why no run could begin now, as the gate sees it
   * @param files missing: there are none
   */
  constructor(
    store: LocalStore,
    waiting: () => Promise<Waiting | null>,
    log: (event: string, detail: Record<string, unknown>) => void,
    files: Pick<FilesPart, 'count'> | undefined,
  ) {
    this.#store = store;
    this.#waiting = waiting;
    this.#log = log;
    this.#files = files;
  }

  get live(): Live<SyncStatus> {
    return this.#shown;
  }

  /** Shows at once what the run says. */
  tell(told: Partial<Told>): void {
    this.#told = { ...this.#told, ...told };
    this.#show();
  }

  /** Counts again, once for several calls. */
  refresh(): void {
    this.#countAgain = true;
    this.#counting ??= this.#countUntilFresh();
  }

  /** Answers once what was asked to be counted is shown. */
  async settled(): Promise<void> {
    await this.#counting;
  }

  async #countUntilFresh(): Promise<void> {
    while (this.#countAgain) {
      this.#countAgain = false;
      try {
        this.#counted = await this.#count();
      } catch (error) {
        // What was counted last stays; that the store is lost is said.
        if (error instanceof StoreLostError) this.#told = { ...this.#told, trouble: 'store-lost' };
      }
      this.#show();
    }
    this.#counting = undefined;
  }

  async #count(): Promise<Counted> {
    const waiting = await this.#waiting();
    return this.#store.transaction(
      'read',
      ['outbox', 'conflicts', 'rejected', 'media', 'settings'],
      async (transaction) => ({
        unsynced: await transaction.count('outbox'),
        conflicts: await transaction.count('conflicts'),
        refused: await transaction.count('rejected'),
        media: (await this.#files?.count(transaction)) ?? NO_FILES,
        lastRun: (await getSetting(transaction, 'last-run')) ?? NO_RUN_YET,
        waiting,
      }),
    );
  }

  #show(): void {
    const next = compose(this.#told, this.#counted);
    if (JSON.stringify(next) === JSON.stringify(this.#shown.get())) return;
    try {
      this.#shown.set(next);
    } catch (error) {
      // A fault of the page that shows it must not stop a run.
      this.#log('listener-failed', { message: String(error) });
    }
  }
}

function compose(told: Told, counted: Counted): SyncStatus {
  const { lastRun, unsynced, conflicts, refused, media } = counted;
  // A trouble stays in sight until the server answers: a retry that fails again would only flash.
  const phase = told.answered || lastRun.error === null ? told.phase : null;
  const waiting = phase === null ? whyWaiting(told, counted) : null;
  const resting = told.mediaRuns ? 'media' : 'idle';
  return {
    phase: phase ?? (waiting === null ? resting : 'waiting'),
    waiting,
    unsynced,
    conflicts,
    refused,
    media,
    progress: phase === null ? null : told.progress,
    firstDownloadDone: lastRun.firstDownloadDone,
    lastCompletedAt: lastRun.completedAt,
    lastError: lastRun.error,
  };
}

/** A device that loses text comes first; that the session ended may be known to the gate or to the run alone. */
function whyWaiting({ trouble: met, unsaved }: Told, { waiting }: Counted): SyncStatus['waiting'] {
  const trouble = unsaved ?? met;
  const known = trouble === null ? null : { reason: trouble, until: null };
  return trouble === 'signed-out' ? (waiting ?? known) : (known ?? waiting);
}
