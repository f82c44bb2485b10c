// What starts a run.
import type { Clock } from './clock.js';
import type { Live } from './live.js';
import type { Surroundings } from './surroundings.js';

/** Why a run was asked for. */
export type Trigger =
  | 'start'
  | 'save'
  | 'foreground'
  | 'connectivity'
  | 'poke'
  | 'connected'
  | 'timer'
  | 'sign-in'
  | 'resume'
  | 'retry'
  | 'manual';

/** A run begins so long after the last of several saves, in milliseconds … */
export const SAVE_QUIET_MS = 1_000;
/** … and at most so long after the first. */
export const SAVE_LIMIT_MS = 5_000;
/** Between two looks at the server while a person looks at the app. */
export const TIMER_VISIBLE_MS = 60_000;
/** Between two looks at the server while nobody looks. */
export const TIMER_HIDDEN_MS = 5 * 60_000;

export interface TriggerSources {
  clock: Clock;
  surroundings: Surroundings;
  signedIn: Live<boolean>;
  /** Pokes of the server, while somebody is signed in. */
  listen?: (onPoke: () => void, onConnected: () => void) => (() => void) | undefined;
}

/** Turns what happens on the device into runs that are asked for. */
export class Triggers {
  readonly #sources: TriggerSources;
  readonly #run: (trigger: Trigger) => void;
  readonly #stops: (() => void)[] = [];
  #cancelTimer: () => void = () => undefined;
  #cancelSave: () => void = () => undefined;
  #firstSaveAt: number | undefined;
  #stopListening: (() => void) | undefined;

  constructor(sources: TriggerSources, run: (trigger: Trigger) => void) {
    this.#sources = sources;
    this.#run = run;
  }

  start(): void {
    const { surroundings, signedIn } = this.#sources;
    let wasSignedIn = signedIn.get();
    this.#stops.push(
      surroundings.on('foreground', () => this.#looked('foreground')),
      surroundings.on('background', () => this.#hidden()),
      surroundings.on('online', () => this.#run('connectivity')),
      signedIn.subscribe((isSignedIn) => {
        this.#listen(isSignedIn);
        if (isSignedIn && !wasSignedIn) this.#run('sign-in');
        wasSignedIn = isSignedIn;
      }),
    );
    this.#armTimer();
  }

  /** A change was saved: one run for several of them. */
  saved(): void {
    const { clock } = this.#sources;
    this.#firstSaveAt ??= clock.now();
    const left = this.#firstSaveAt + SAVE_LIMIT_MS - clock.now();
    this.#cancelSave();
    this.#cancelSave = clock.after(Math.max(0, Math.min(SAVE_QUIET_MS, left)), () => this.#runSaves());
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#listen(false);
    this.#cancelTimer();
    this.#cancelSave();
  }

  #looked(trigger: Trigger): void {
    this.#armTimer();
    this.#run(trigger);
  }

  /** The page may be gone in a moment: what was saved goes now. */
  #hidden(): void {
    this.#armTimer();
    if (this.#firstSaveAt !== undefined) this.#runSaves();
  }

  #runSaves(): void {
    this.#cancelSave();
    this.#firstSaveAt = undefined;
    this.#run('save');
  }

  #listen(on: boolean): void {
    if (on)
      this.#stopListening ??= this.#sources.listen?.(
        () => this.#run('poke'),
        () => this.#run('connected'),
      );
    else {
      this.#stopListening?.();
      this.#stopListening = undefined;
    }
  }

  #armTimer(): void {
    const { clock, surroundings } = this.#sources;
    this.#cancelTimer();
    this.#cancelTimer = clock.after(surroundings.visible() ? TIMER_VISIBLE_MS : TIMER_HIDDEN_MS, () => {
      this.#looked('timer');
    });
  }
}
