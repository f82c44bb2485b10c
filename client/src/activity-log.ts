// The activity log: what the engine did, for the person who wonders and for a report of a fault.
import type { Clock } from './clock.js';
import type { LocalStore, Transaction } from './store.js';
import type { LogRecord } from './tables.js';

/** At most so many lines are kept … */
export const LOG_LIMIT = 10_000;
/** … and none that is older, in milliseconds. */
export const LOG_AGE_MS = 90 * 24 * 60 * 60_000;
/** Lines that wait in memory while the store does not take them; the oldest go first. */
const BUFFER_LIMIT = 1_000;
/** Old lines that are read at once. */
const TRIM_BATCH = 500;

/** A lost line is a pity, a run that fails for it would be a fault: writing never throws. */
export class ActivityLog {
  readonly #store: LocalStore;
  readonly #clock: Clock;
  #buffer: Omit<LogRecord, 'seq'>[] = [];
  #writing: Promise<void> | undefined;

  constructor(store: LocalStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Queues a line. What comes while the store is busy is written together, in order. */
  write(event: string, detail: Record<string, unknown> = {}): void {
    this.#buffer.push({ at: this.#clock.now(), event, detail: asJson(detail) });
    if (this.#buffer.length > BUFFER_LIMIT) this.#buffer.shift();
    this.#writing ??= this.#writeAll();
  }

  /** The latest lines, newest first. */
  async read(limit = 200): Promise<LogRecord[]> {
    await this.settled();
    return this.#store.transaction('read', ['log'], (transaction) => transaction.list('log', { reverse: true, limit }));
  }

  /** Answers once what was queued is written, or was given up. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    // Lines of the same turn go together.
    await Promise.resolve();
    while (this.#buffer.length > 0) {
      const lines = this.#buffer;
      this.#buffer = [];
      try {
        await this.#store.transaction('write', ['log'], (transaction) => this.#append(transaction, lines));
      } catch {
        // Kept for the next line's attempt: a full or lost store is not asked again and again.
        this.#buffer = [...lines, ...this.#buffer].slice(-BUFFER_LIMIT);
        break;
      }
    }
    this.#writing = undefined;
  }

  /** Numbers go on from the last line of any tab, in the same transaction. */
  async #append(transaction: Transaction, lines: readonly Omit<LogRecord, 'seq'>[]): Promise<void> {
    const [last] = await transaction.list('log', { reverse: true, limit: 1 });
    let seq = last?.seq ?? 0;
    for (const line of lines) await transaction.put('log', { ...line, seq: ++seq });
    await trim(transaction, seq, this.#clock.now() - LOG_AGE_MS);
  }
}

/** Removes what is too old or too much; never the newest line, from which the numbers go on. */
async function trim(transaction: Transaction, newest: number, oldestAt: number): Promise<void> {
  const isOld = ({ seq, at }: LogRecord): boolean => seq <= newest - LOG_LIMIT || at < oldestAt;
  let [first] = await transaction.list('log', { limit: 1 });
  while (first !== undefined && isOld(first)) {
    const lines = await transaction.list('log', { limit: TRIM_BATCH });
    for (const { seq } of lines.filter(isOld)) await transaction.delete('log', [seq]);
    first = lines.every(isOld) ? (await transaction.list('log', { limit: 1 }))[0] : undefined;
  }
}

/** As the store can keep it: what cannot be JSON must not stop the lines behind it. */
function asJson(detail: Record<string, unknown>): Record<string, unknown> {
  try {
    return JSON.parse(JSON.stringify(detail)) as Record<string, unknown>;
  } catch {
    return { unreadable: true };
  }
}
