// A device whose steps, surroundings and clock a test plays by hand.
import { expect } from '@jest/globals';
import { Backoff } from '../src/backoff.js';
import { LiveValue } from '../src/live.js';
import { MediaMachine } from '../src/media/media-machine.js';
import { mediaCounter } from '../src/media/media-progress.js';
import type { RunLock } from '../src/run-lock.js';
import { storeLease } from '../src/run-lock.js';
import type { PushStep } from '../src/steps.js';
import type { LocalStore } from '../src/store.js';
import { memoryStore } from '../src/stores/memory.js';
import type { Bell } from '../src/bell.js';
import { silentBell } from '../src/bell.js';
import { SyncManager } from '../src/sync-manager.js';
import type { MediaEntry, OutboxEntry } from '../src/tables.js';
import { PlayedSteps } from './played-steps.js';
import { PlayedSurroundings } from './played-surroundings.js';
import { VirtualClock } from './virtual-clock.js';

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
  /** The line of pokes is there again. */
  connected: (() => void) | undefined;
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
      listen: (onPoke, onConnected) => {
        this.poke = onPoke;
        this.connected = onConnected;
        return () => {
          this.poke = undefined;
          this.connected = undefined;
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

  /** A person saves an entry, and the run that sends it waits for the answer that a test gives. */
  async saveAndSend(): Promise<Held<PushStep>> {
    const answer = held<PushStep>();
    this.steps.push = () => answer.promise;
    await this.save();
    await this.clock.advance(1_000);
    return answer;
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

/** Closes the tabs of one device, and sees that nothing is left behind. */
export async function closed(...scenes: Scene[]): Promise<void> {
  for (const scene of scenes) {
    await scene.manager.close();
    expect(scene.surroundings.listening).toBe(0);
    expect(scene.poke).toBeUndefined();
  }
  expect(scenes[0]?.clock.waiting).toBe(0);
}

/** A promise and the ways to end it. */
export interface Held<T> {
  promise: Promise<T>;
  answer: (value: T) => void;
  fail: (error: Error) => void;
}

/** A promise that ends when a test says so. */
export function held<T>(): Held<T> {
  let answer: (value: T) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((resolve, reject) => {
    answer = resolve;
    fail = reject;
  });
  return { promise, answer, fail };
}
