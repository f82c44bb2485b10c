import type { webLocks } from '../src/run-lock.js';

type Locks = Parameters<typeof webLocks>[0];
type Granted = (lock: Lock | null) => unknown;

/** The part of a browser's Web Locks that the engine uses: `ifAvailable` and `steal`, one holder a name. */
export class PlayedLocks {
  private readonly holders = new Map<string, (error: Error) => void>();

  /** The browser frees the locks of a tab that is closed or crashes; its promises never answer. */
  crash(name: string): void {
    this.holders.delete(name);
  }

  get held(): string[] {
    return [...this.holders.keys()];
  }

  get locks(): Locks {
    const request = (name: string, options: LockOptions, granted: Granted): Promise<unknown> =>
      this.ask(name, options, granted);
    return { request };
  }

  private async ask(name: string, options: LockOptions, granted: Granted): Promise<unknown> {
    await Promise.resolve();
    const holder = this.holders.get(name);
    if (holder !== undefined && options.steal !== true) return granted(null);
    holder?.(new DOMException('The lock was stolen', 'AbortError'));
    return new Promise((resolve, reject) => {
      this.holders.set(name, reject);
      const release = async (): Promise<void> => {
        try {
          const answer = await granted({ name, mode: 'exclusive' });
          // The lock is free only some time after its holder let go.
          await new Promise((later) => setImmediate(later));
          if (this.holders.get(name) === reject) this.holders.delete(name);
          resolve(answer);
        } catch (error) {
          reject(error);
        }
      };
      release().catch(reject);
    });
  }
}
