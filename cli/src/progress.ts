// How far something long is: a bar in a terminal, lines elsewhere, so that a log file stays readable.
import cliProgress from 'cli-progress';

/** Milliseconds between two lines. */
const LINE_EVERY_MS = 3_000;

/** One thing that takes long. It never runs backwards. */
export interface Progress {
  update(done: number, total?: number): void;
  stop(): void;
}

/** A bar that is drawn over itself. */
export function startBar(label: string, total: number, unit: string, stream: NodeJS.WritableStream): Progress {
  const bar = new cliProgress.SingleBar({
    format: `  ${label} {bar} {percentage} %  {value} of {total} ${unit}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    stream,
  });
  let shown = 0;
  bar.start(total, 0);
  return {
    update(done, newTotal) {
      if (newTotal !== undefined) bar.setTotal(newTotal);
      shown = Math.max(shown, done);
      bar.update(shown);
    },
    stop: () => bar.stop(),
  };
}

/** A line every few seconds, and one at the end of whatever took longer than that. */
export function startLines(
  label: string,
  total: number,
  unit: string,
  to: { write(line: string): void; now(): number },
): Progress {
  let all = total;
  let done = 0;
  let lastAt = to.now();
  let written = -1;
  const write = () => {
    if (done === written) return;
    written = done;
    const percentage = all === 0 ? 100 : Math.floor((done / all) * 100);
    to.write(`  ${label} ${percentage} %  ${done} of ${all} ${unit}`);
  };
  return {
    update(now, newTotal) {
      all = newTotal ?? all;
      done = Math.max(done, now);
      if (to.now() - lastAt < LINE_EVERY_MS) return;
      lastAt = to.now();
      write();
    },
    stop() {
      if (written >= 0) write();
    },
  };
}
