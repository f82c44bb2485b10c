import type { Clock } from '../src/clock.js';

/** A clock that stands still until the test moves it. */
export class VirtualClock implements Clock {
  private readonly timers = new Map<number, { at: number; run: () => void }>();
  private nextId = 1;

  constructor(private time = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.time;
  }

  after(ms: number, run: () => void): () => void {
    const id = this.nextId++;
    this.timers.set(id, { at: this.time + Math.max(0, ms), run });
    return () => void this.timers.delete(id);
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.timers.size;
  }

  /** Milliseconds until the next timer, undefined for none. */
  get nextIn(): number | undefined {
    const next = Math.min(...[...this.timers.values()].map(({ at }) => at));
    return Number.isFinite(next) ? next - this.time : undefined;
  }

  /** Moves on, lets what is due happen in order, and lets everything settle that it began. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await settle();
    for (;;) {
      const due = [...this.timers].filter(([, { at }]) => at <= end).sort(([a, x], [b, y]) => x.at - y.at || a - b)[0];
      if (due === undefined) break;
      const [id, { at, run }] = due;
      this.timers.delete(id);
      this.time = Math.max(this.time, at);
      run();
      await settle();
    }
    this.time = end;
    await settle();
  }

  /** Moves the wall clock without any timer coming due, as when a person sets it. */
  set(time: number): void {
    const shift = time - this.time;
    this.time = time;
    for (const timer of this.timers.values()) timer.at += shift;
  }
}

/** Lets everything happen that waits for no timer: promises, and turns of the event loop for stores that need them. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}
