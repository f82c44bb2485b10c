// The backoff of all tabs: one tab's failure holds back the others, a reload does not forget a Retry-After.
import type { Clock } from './clock.js';
import { afterFailure, withoutBackoff } from './retry.js';
import type { RetryState, Wait } from './retry.js';
import type { LocalStore } from './store.js';
import type { Surroundings } from './surroundings.js';
import { getSetting, putSetting } from './sync-settings.js';

export interface BackoffContext {
  store: LocalStore;
  clock: Clock;
  surroundings: Surroundings;
  /** Between 0 and 1. */
  random: () => number;
}

/** The failures in a row of one kind of run. */
export class Backoff {
  readonly #context: BackoffContext;
  readonly #name: 'retry:text' | 'retry:media';
  #state: RetryState | undefined;
  /** Whether the store could not take the state: then only this tab knows it. */
  #unsaved = false;

  constructor(context: BackoffContext, name: 'retry:text' | 'retry:media') {
    this.#context = context;
    this.#name = name;
  }

  /** The state as any tab left it. */
  async read(): Promise<RetryState | undefined> {
    if (this.#unsaved) return this.#state;
    const { store } = this.#context;
    this.#state = await store.transaction('read', ['settings'], (transaction) => getSetting(transaction, this.#name));
    return this.#state;
  }

  /** One more failure: the next automatic run waits. */
  async failed(wait: Wait): Promise<void> {
    const { clock, surroundings, random } = this.#context;
    const at = { now: clock.now(), visible: surroundings.visible(), random: random() };
    await this.#save(afterFailure(this.#state, wait, at));
  }

  /** Something happened that makes another try worth it; what the server asked to wait stays. */
  async end(): Promise<void> {
    const state = await this.read();
    if (state !== undefined) await this.#save(withoutBackoff(state));
  }

  /** The server acknowledged something. */
  async reset(): Promise<void> {
    if (this.#state !== undefined) await this.#save(undefined);
  }

  async #save(state: RetryState | undefined): Promise<void> {
    this.#state = state;
    try {
      await putSetting(this.#context.store, this.#name, state);
      this.#unsaved = false;
    } catch {
      // A full or lost store must not make the device ask without a pause.
      this.#unsaved = true;
    }
  }
}
