/** A clock that stands still until the history moves it. */
import type { Clock } from '../../client/src/clock.js';

interface Timer {
  at: number;
  ring(): void;
}

export class ManualClock implements Clock {
  private readonly timers = new Set<Timer>();

  constructor(private time: number) {}

  now(): number {
    return this.time;
  }

  after(ms: number, ring: () => void): () => void {
    const timer = { at: this.time + ms, ring };
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }

  /** Moves on by `ms`; timers that are due go off in their order. */
  advance(ms: number): void {
    const end = this.time + ms;
    for (let next = this.next(); next !== undefined && next.at <= end; next = this.next()) {
      this.time = Math.max(this.time, next.at);
      this.timers.delete(next);
      next.ring();
    }
    this.time = end;
  }

  /** Moves on to the next timer; false when there is none. */
  advanceToNext(): boolean {
    const next = this.next();
    if (next !== undefined) this.advance(next.at - this.time);
    return next !== undefined;
  }

  private next(): Timer | undefined {
    return [...this.timers].reduce<Timer | undefined>(
      (one, other) => (one && one.at <= other.at ? one : other),
      undefined,
    );
  }
}
