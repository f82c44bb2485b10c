/** One life of the engine on a device: it can end at any await, and what it was doing then never goes on. */
import type { Clock } from '../../client/src/clock.js';
import type { LocalStore, Transaction } from '../../client/src/store.js';
import type { Transport } from '../../client/src/transport.js';

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

export class Incarnation {
  private ended = false;
  private awaitsLeft = Infinity;
  private end: () => void = () => undefined;
  private readonly death: Promise<never>;

  constructor() {
    this.death = new Promise((_, reject) => {
      this.end = () => reject(new Error('The device stopped here'));
    });
    this.death.catch(() => undefined);
  }

  get isDead(): boolean {
    return this.ended;
  }

  /** Ends this life `awaits` awaits from now. */
  dieAfter(awaits: number): void {
    this.awaitsLeft = awaits;
  }

  /** It lives on, whatever was planned. */
  spare(): void {
    this.awaitsLeft = Infinity;
  }

  die(): void {
    this.ended = true;
    this.end();
  }

  /** The storage as this life sees it: a transaction that is cut off leaves nothing behind. */
  storeOn(storage: LocalStore): LocalStore {
    return {
      transaction: async (mode, tables, body) => {
        await this.live();
        const cutOff = storage.transaction(mode, tables, (transaction) =>
          Promise.race([body(this.over(transaction)), this.death]),
        );
        const result = await cutOff.catch((error: unknown) => {
          if (this.ended) return never<Awaited<ReturnType<typeof body>>>();
          throw error;
        });
        await this.live();
        return result;
      },
      close: () => Promise.resolve(),
      destroy: () => Promise.reject(new Error('No history removes a device')),
    };
  }

  transportOver(transport: Transport): Transport {
    const lived = async <T>(call: () => Promise<T>): Promise<T> => {
      await this.live();
      const answer = await call().catch(async (error: unknown) => {
        await this.live();
        throw error;
      });
      await this.live();
      return answer;
    };
    return {
      push: (request, signal) => lived(() => transport.push(request, signal)),
      pull: (request, signal) => lived(() => transport.pull(request, signal)),
    };
  }

  /** `skew` is how far the clock of this device is ahead, in milliseconds. */
  clockOver(clock: Clock, skew: number): Clock {
    return {
      now: () => clock.now() + skew,
      after: (ms, then) => clock.after(ms, () => (this.ended ? undefined : then())),
    };
  }

  private over(transaction: Transaction): Transaction {
    return {
      get: async (table, key) => (await this.live(), transaction.get(table, key)),
      list: async (table, range) => (await this.live(), transaction.list(table, range)),
      count: async (table, range) => (await this.live(), transaction.count(table, range)),
      put: async (table, row) => (await this.live(), transaction.put(table, row)),
      delete: async (table, key) => (await this.live(), transaction.delete(table, key)),
    };
  }

  /** One await; the dead never come back from it. */
  private live(): Promise<void> {
    if (!this.ended && this.awaitsLeft-- <= 0) this.die();
    return this.ended ? never() : Promise.resolve();
  }
}
