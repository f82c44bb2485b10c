// The runs of this tab, and what a person is told of them.
import { Backoff } from './backoff.js';
import type { Bell } from './bell.js';
import { Changes } from './changes.js';
import type { Clock } from './clock.js';
import type { FileRuns, FilesPart } from './files-part.js';
import { gate } from './gate.js';
import type { Waiting } from './gate.js';
import { RunStopped } from './held-run.js';
import type { Live } from './live.js';
import type { RunEnd } from './run-end.js';
import type { RunLock } from './run-lock.js';
import { StatusBoard } from './status.js';
import type { Trouble } from './status.js';
import type { Steps } from './steps.js';
import { StoreFullError, StoreLostError } from './store.js';
import type { LocalStore } from './store.js';
import type { Surroundings } from './surroundings.js';
import { putSetting, readChoices, rememberRun } from './sync-settings.js';
import type { RunReport, SyncStatus } from './sync-status.js';
import { TextMachine } from './text-machine.js';
import type { Directions } from './text-run.js';
import { Triggers } from './triggers.js';
import type { RowType } from './resources.js';
import { whenSynced } from './unsynced.js';

export interface SyncManagerOptions {
  store: LocalStore;
  clock: Clock;
  steps: Steps;
  /** Missing: this device has words only. */
  files?: Pick<FilesPart, 'count' | 'machine'> | undefined;
  lock: RunLock;
  surroundings: Surroundings;
  bell: Bell;
  signedIn: Live<boolean>;
  /** Between 0 and 1, for the spread of retries. */
  random: () => number;
  newId: () => string;
  log: (event: string, detail?: Record<string, unknown>) => void;
  /** Hears the pokes of the server until the answer is called. Missing: the timer alone looks. */
  listen?: (onPoke: () => void, onConnected: () => void) => (() => void) | undefined;
}

/** Makes backup automatic: `start` once, tell `saved` after each change, `close` at the end. */
export class SyncManager {
  readonly #options: SyncManagerOptions;
  readonly status: Live<SyncStatus>;
  readonly #board: StatusBoard;
  readonly #changes = new Changes();
  readonly #words: TextMachine;
  readonly #files: FileRuns | undefined;
  readonly #backoff: Backoff;
  readonly #triggers: Triggers;
  readonly #closing = new AbortController();
  readonly #stops: (() => void)[] = [];
  #automatic = false;

  constructor(options: SyncManagerOptions) {
    this.#options = options;
    const { store, steps, log, files } = options;
    this.#board = new StatusBoard(store, () => this.#gate(false), log, files);
    this.status = this.#board.live;
    this.#backoff = new Backoff(options, 'retry:text');
    const shared = { ...options, automatic: () => this.#automatic };
    this.#words = new TextMachine({
      ...shared,
      steps,
      backoff: this.#backoff,
      gate: (manual) => this.#gate(manual),
      endBackoffs: async () => {
        await this.#backoff.end();
        await this.#files?.endBackoff();
      },
      entered: (phase) => this.#board.tell({ phase }),
      answered: (progress) => {
        this.#board.tell({ progress, answered: true });
        this.changed();
      },
      ended: (end, directions) => this.#textEnded(end, directions),
    });
    this.#files = files?.machine({
      ...shared,
      gate: () => this.#gate(false),
      runs: (mediaRuns) => this.#board.tell({ mediaRuns }),
      changed: () => this.changed(),
      holdBack: (wait) => this.#backoff.failed(wait),
    });
    this.#triggers = new Triggers(options, (trigger) => void this.#words.ask(trigger));
  }

  /** Listens to the device and the other tabs. Without `automatic`, runs begin only when they are asked for. */
  start({ automatic }: { automatic: boolean }): void {
    const { bell, signedIn, surroundings } = this.#options;
    this.#automatic = automatic;
    this.#stops.push(
      bell.onRing(() => this.#noticed()),
      surroundings.on('online', () => this.#board.refresh()),
      signedIn.subscribe((isSignedIn) => {
        if (!isSignedIn) this.#stopRuns('signed-out');
        this.#noticed();
      }),
    );
    if (!automatic) return;
    this.#triggers.start();
    this.#words.ask('start');
  }

  /** Calls the listener when rows may have changed, until the answer is called. */
  onChange(listener: () => void): () => void {
    return this.#changes.subscribe(() => {
      try {
        listener();
      } catch (error) {
        // A fault of the page that shows the rows must not fail the save that changed them.
        this.#options.log('listener-failed', { message: String(error) });
      }
    });
  }

  /** A change was saved and queued. */
  saved(): void {
    this.#board.tell({ unsaved: null });
    this.changed();
    if (this.#automatic) this.#triggers.saved();
  }

  /** Rows or counts changed without anything to send: shows it here and in the other tabs. */
  changed(): void {
    // A save may end after the journal was closed; there is nothing to show it in.
    if (this.#closing.signal.aborted) return;
    this.#noticed();
    this.#options.bell.ring();
  }

  /** A save met trouble of the device's storage: it is said until a save or a run goes well. */
  storeFailed(error: unknown): void {
    if (error instanceof StoreFullError) this.#board.tell({ unsaved: 'store-full' });
    if (error instanceof StoreLostError) this.#board.tell({ unsaved: 'store-lost' });
  }

  /** Runs now, also while paused, seemingly offline or in a backoff. Never fails for network trouble. */
  syncNow(): Promise<RunReport> {
    return this.#words.ask('manual').report;
  }

  /** Sends the outbox. */
  uploadPendingChanges(): Promise<RunReport> {
    return this.#words.ask('manual', 'up').report;
  }

  /** Reads the feeds to their end. */
  downloadRemoteChanges(): Promise<RunReport> {
    return this.#words.ask('manual', 'down').report;
  }

  /** Waits until the server has the row, or without one everything; throws when aborted or closed. */
  async whenSynced(row?: { type?: RowType; id: string }, options: { signal?: AbortSignal } = {}): Promise<void> {
    const { signal } = options;
    const signals = signal === undefined ? [this.#closing.signal] : [this.#closing.signal, signal];
    await whenSynced(this.#options.store, this.#changes, row, signals);
  }

  /** Answers once no file is under way. */
  async whenMediaIdle(): Promise<void> {
    await this.#files?.idle();
    await this.#board.settled();
  }

  /** Answers once the status shows what the store holds now. */
  async counted(): Promise<void> {
    this.#board.refresh();
    await this.#board.settled();
  }

  async pause(): Promise<void> {
    await putSetting(this.#options.store, 'paused', true);
    this.#stopRuns('paused');
    this.changed();
  }

  async resume(): Promise<void> {
    await putSetting(this.#options.store, 'paused', undefined);
    this.changed();
    if (this.#automatic) this.#words.ask('resume');
  }

  /** Off: new entries stay on this device only, until it is turned on again. */
  async turnBackup(on: boolean): Promise<void> {
    await putSetting(this.#options.store, 'backup', on);
    if (!on) this.#stopRuns('backup-off');
    this.changed();
    if (on && this.#automatic) this.#words.ask('resume');
  }

  /** Stops runs, timers and listeners; what was under way goes on from the store another time. */
  async close(): Promise<void> {
    if (!this.#closing.signal.aborted) this.#closing.abort(new RunStopped('closed'));
    this.#automatic = false;
    for (const stop of this.#stops.splice(0)) stop();
    this.#triggers.stop();
    await Promise.all([this.#words.close(), this.#files?.close()]);
    await this.#board.settled();
    this.#options.bell.close();
  }

  #stopRuns(why: RunStopped['why']): void {
    this.#words.stop(new RunStopped(why));
    this.#files?.stop(new RunStopped(why));
  }

  #noticed(): void {
    this.#changes.tell();
    this.#board.refresh();
  }

  async #gate(manual: boolean): Promise<Waiting | null> {
    const { store, signedIn, surroundings, clock } = this.#options;
    const choices = await readChoices(store);
    const retry = await this.#backoff.read();
    return gate({ ...choices, signedIn: signedIn.get(), online: surroundings.online(), retry }, clock.now(), manual);
  }

  async #textEnded({ ended, error }: RunEnd, directions: Directions): Promise<void> {
    const { store, clock, log } = this.#options;
    const at = clock.now();
    const lastRun = error === null ? { done: directions } : { error: { ...error, at } };
    if (ended === 'done' || error !== null) {
      await rememberRun(store, at, lastRun).catch(() => log('run-not-remembered'));
    }
    const trouble = troubleOf(ended, error);
    this.#board.tell({
      phase: null,
      answered: false,
      progress: null,
      ...(trouble !== undefined && { trouble }),
      // What a run could store, a save can.
      ...(trouble === null && { unsaved: null }),
    });
    this.changed();
    if (ended === 'done') this.#files?.kick();
    // Whoever waits for the run may read the status next.
    await this.#board.settled();
  }
}

/** What the gate cannot see by itself; undefined where the run says nothing about it. */
function troubleOf(ended: RunEnd['ended'], error: RunEnd['error']): Trouble | undefined {
  if (ended === 'done') return null;
  if (ended === 'store-full' || ended === 'store-lost') return ended;
  return ended === 'signed-out' && error !== null ? ended : undefined;
}
