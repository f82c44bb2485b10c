/** Tells that the store changed, by this tab or another; what changed is for the listener to read. */
export class Changes {
  readonly #listeners = new Set<() => void>();
  /** Grows with each change. */
  count = 0;

  tell(): void {
    this.count += 1;
    for (const listener of this.#listeners) listener();
  }

  /** Calls the listener with each change, until the answer is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Answers once there was a change after the `seen`-th, or a signal was aborted. */
  after(seen: number, signals: readonly AbortSignal[]): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        stop();
        for (const signal of signals) signal.removeEventListener('abort', finish);
        resolve();
      };
      const stop = this.subscribe(finish);
      for (const signal of signals) signal.addEventListener('abort', finish);
      if (this.count > seen || signals.some((signal) => signal.aborted)) finish();
    });
  }
}
