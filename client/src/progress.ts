// Progress that never runs backwards.

/** What was worked through of what there is to do, in one direction. */
export interface Progress {
  direction: 'up' | 'down';
  done: number;
  total: number;
}

/** Counts the steps of one run. Neither number ever falls, and `done` never exceeds `total`. */
export class RunProgress {
  readonly #counted: Record<Progress['direction'], Omit<Progress, 'direction'>> = {
    up: { done: 0, total: 0 },
    down: { done: 0, total: 0 },
  };

  /** @param left what is still to do in this direction, 0 where it was not counted again */
  advance(direction: Progress['direction'], worked: number, left: number): Progress {
    const before = this.#counted[direction];
    const done = before.done + worked;
    const after = { done, total: Math.max(before.total, done + left) };
    this.#counted[direction] = after;
    return { direction, ...after };
  }
}
