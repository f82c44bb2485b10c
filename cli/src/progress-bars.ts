import type { Progress } from './progress.js';
import type { Terminal } from './terminal.js';

/** How far something is that works through several kinds of things, one after the other. */
interface Step {
  what: string;
  done: number;
  total: number;
}

const WIDEST = 8;

/** Does what takes long, with a bar for each kind of thing that `show` tells of. */
export async function withBars<T>(terminal: Terminal, work: (show: (step: Step) => void) => Promise<T>): Promise<T> {
  let shown: { what: string; bar: Progress } | undefined;
  try {
    return await work(({ what, done, total }) => {
      if (shown?.what !== what) {
        shown?.bar.stop();
        const label = `${what.slice(0, 1).toUpperCase()}${what.slice(1)}`.padEnd(WIDEST);
        shown = { what, bar: terminal.progress(label, total, what) };
      }
      shown.bar.update(done);
    });
  } finally {
    shown?.bar.stop();
  }
}
