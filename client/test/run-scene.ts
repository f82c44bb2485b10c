// A device whose steps, surroundings and clock a test plays by hand.
import { Backoff } from '../src/backoff.js';
import { LiveValue } from '../src/live.js';
import { MediaMachine } from '../src/media/media-machine.js';
import { mediaCounter } from '../src/media/media-progress.js';
import type { RunLock } from '../src/run-lock.js';
import { storeLease } from '../src/run-lock.js';
import type { MediaStep, PullStep, PushStep, Steps } from '../src/steps.js';
import type { LocalStore } from '../src/store.js';
import { memoryStore } from '../src/stores/memory.js';
import type { Bell } from '../src/bell.js';
import { silentBell } from '../src/bell.js';
import type { Surroundings, SurroundingsEvent } from '../src/surroundings.js';
import { SyncManager } from '../src/sync-manager.js';
import type { MediaEntry, OutboxEntry } from '../src/tables.js';
import { VirtualClock } from './virtual-clock.js';

/** Surroundings that a test changes. */
export class PlayedSurroundings implements Surroundings {
  isOnline = true;
  isVisible = true;
  private readonly listeners = new Map<SurroundingsEvent, Set<() => void>>();

  online(): boolean {
    return this.isOnline;
  }

  visible(): boolean {
    return this.isVisible;
  }

  on(event: SurroundingsEvent, listener: () => void): () => void {
    const listeners = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  happen(event: SurroundingsEvent): void {
    for (const listener of this.listeners.get(event) ?? []) listener();
  }

  get listening(): number {
    return [...this.listeners.values()].reduce((sum, listeners) => sum + listeners.size, 0);
  }
}

/** Steps against a server that takes everything, one entry a batch, unless the test says otherwise. */
export class PlayedSteps implements Steps {
  readonly calls: string[] = [];
  push: (signal: AbortSignal) => Promise<PushStep>;
  pull: (signal: AbortSignal) => Promise<PullStep> = () =>
    Promise.resolve({ applied: 0, hasMore: false, remaining: 0 });
  reconcile: () => Promise<void> = () => Promise.resolve();
  media: (signal: AbortSignal) => Promise<MediaStep>;

  constructor(private readonly store: LocalStore) {
    this.push = () => this.sendOne();
    this.media = () => this.sendFile();
  }

  pushBatch(signal: AbortSignal): Promise<PushStep> {
    this.calls.push('push');
    return this.push(signal);
  }

  pullPage(signal: AbortSignal): Promise<PullStep> {
    this.calls.push('pull');
    return this.pull(signal);
  }

  beginReconcile(): Promise<void> {
    this.calls.push('reconcile');
    return this.reconcile();
  }

  mediaStep(signal: AbortSignal): Promise<MediaStep> {
    this.calls.push('media');
    return this.media(signal);
  }

  /** How often a step was made. */
  count(call: string): number {
    return this.calls.filter((made) => made === call).length;
  }

  async sendOne(): Promise<PushStep> {
    const left = await this.store.transaction('write', ['outbox'], async (transaction) => {
      const entries = await transaction.list('outbox', { index: 'inOrder', prefix: ['no'] });
      const [first] = entries;
      if (first !== undefined) await transaction.delete('outbox', [first.type, first.id]);
      return entries.length;
    });
    return { sent: Math.min(1, left), acknowledged: Math.min(1, left), conflicts: 0, refused: 0, more: left > 1 };
  }

  async sendFile(): Promise<MediaStep> {
    const left = await this.store.transaction('write', ['media'], async (transaction) => {
      const entries = await transaction.list('media');
      if (entries[0] !== undefined) await transaction.delete('media', [entries[0].id]);
      return entries.length;
    });
    return { more: left > 1, until: null };
  }
}

/** One tab of a device. Tabs that are given the same store, clock and lock are tabs of one browser. */
export class Scene {
  readonly clock: VirtualClock;
  readonly store: LocalStore;
  readonly surroundings = new PlayedSurroundings();
  readonly signedIn = new LiveValue(true);
  readonly steps: PlayedSteps;
  readonly manager: SyncManager;
  readonly logged: [string, Record<string, unknown> | undefined][] = [];
  random = 0.5;
  poke: (() => void) | undefined;
  private saves = 0;
  private runs = 0;

  constructor(
    readonly name = 'a',
    shared: { clock?: VirtualClock; store?: LocalStore; lock?: RunLock; bell?: Bell } = {},
  ) {
    this.clock = shared.clock ?? new VirtualClock();
    this.store = shared.store ?? memoryStore();
    this.steps = new PlayedSteps(this.store);
    const around = { store: this.store, clock: this.clock, surroundings: this.surroundings, random: () => this.random };
    this.manager = new SyncManager({
      ...around,
      steps: this.steps,
      files: {
        count: mediaCounter(),
        machine: (context) =>
          new MediaMachine({
            ...context,
            backoff: new Backoff(around, 'retry:media'),
            step: (signal) => this.steps.mediaStep(signal),
          }),
      },
      lock: shared.lock ?? storeLease(this.store),
      bell: shared.bell ?? silentBell,
      signedIn: this.signedIn,
      newId: () => `${name}-run-${++this.runs}`,
      log: (event, detail) => void this.logged.push([event, detail]),
      listen: (onPoke) => {
        this.poke = onPoke;
        return () => {
          this.poke = undefined;
        };
      },
    });
  }

  /** Starts, lets the first run end, and forgets it. */
  async started(): Promise<this> {
    this.manager.start({ automatic: true });
    await this.clock.advance(0);
    this.steps.calls.length = 0;
    return this;
  }

  /** What began the runs that took the lock, in order. */
  async runTriggers(): Promise<string[]> {
    const runs = await this.store.transaction('read', ['runs'], (transaction) =>
      transaction.list('runs', { index: 'byStart' }),
    );
    return runs.filter(({ kind }) => kind === 'text').map(({ trigger }) => trigger);
  }

  /** A person saves an entry. */
  async save(held: OutboxEntry['held'] = 'no'): Promise<string> {
    const id = `${this.name}-entry-${++this.saves}`;
    await this.store.transaction('write', ['outbox'], (transaction) =>
      transaction.put('outbox', { ...ENTRY, id, seq: this.saves, held, lastUpdated: this.clock.now() }),
    );
    this.manager.saved();
    return id;
  }

  /** A person adds a photo. */
  async addFile(fields: Partial<MediaEntry> = {}): Promise<string> {
    const id = `${this.name}-file-${++this.saves}`;
    await this.store.transaction('write', ['media'], (transaction) =>
      transaction.put('media', { ...FILE, id, seq: this.saves, createdAt: this.clock.now(), ...fields }),
    );
    this.manager.saved();
    return id;
  }
}

const ENTRY: OutboxEntry = {
  type: 'content',
  id: '',
  seq: 0,
  op: 'UPSERT',
  lastUpdated: 0,
  retryCount: 0,
  deviceId: 'device',
  inflight: null,
  held: 'no',
  lastError: null,
};

const FILE: MediaEntry = {
  id: '',
  contentId: 'entry',
  fileName: 'rain.jpg',
  mimeType: 'image/jpeg',
  createdAt: 0,
  seq: 0,
  size: 100,
  sha256: '',
  state: 'waiting',
  mutationId: '',
  uploadUrl: null,
  offset: 0,
  retryCount: 0,
  nextAttemptAt: 0,
  lastError: null,
};

/** A promise and the way to answer it. */
export function held<T>(): { promise: Promise<T>; answer: (value: T) => void; fail: (error: Error) => void } {
  let answer: (value: T) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((resolve, reject) => {
    answer = resolve;
    fail = reject;
  });
  return { promise, answer, fail };
}
