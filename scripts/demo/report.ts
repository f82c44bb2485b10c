// What the person sees: progress, then a table in which every line is an expectation and what was seen instead.
import cliProgress from 'cli-progress';

/** Shows how far a transfer is: a bar in a terminal, elsewhere a line at every quarter. */
export interface Progress {
  update(done: number): void;
  stop(): void;
}

/** The lines of the table. A line holds when what was seen reads exactly as what was expected. */
export class Report {
  private readonly lines: { line: string; expected: string; seen: string }[] = [];
  private readonly details: string[] = [];

  check(line: string, expected: string, seen: string): void {
    this.lines.push({ line, expected, seen });
  }

  /** Says more about a line that does not hold, below the table; the first few are enough to look further. */
  explain(line: string, details: string[]): void {
    for (const detail of details.slice(0, 5)) this.details.push(`${line}: ${detail}`);
    if (details.length > 5) this.details.push(`${line}: and ${details.length - 5} more`);
  }

  /** Prints the table and the count. True when every line holds, and there is one. */
  print(): boolean {
    const rows = this.lines.map(({ line, expected, seen }) => {
      return [line, expected, seen, expected === seen ? '✓' : '✗'];
    });
    printTable(['line', 'expected', 'seen', ''], rows);
    for (const detail of this.details) console.log(`  ✗ ${detail}`);
    const holding = this.lines.filter(({ expected, seen }) => expected === seen).length;
    console.log(`\n${holding} of ${rows.length} lines hold`);
    return rows.length > 0 && holding === rows.length;
  }
}

/** Starts showing a transfer of `total` rows, of which `done` are through already. */
export function showProgress(label: string, total: number, done = 0): Progress {
  return process.stdout.isTTY ? bar(label, total, done) : quarters(label, total, done);
}

function bar(label: string, total: number, done: number): Progress {
  const single = new cliProgress.SingleBar({
    format: `  ${label} {bar} {percentage} %  {value} of {total} rows`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    stream: process.stdout,
  });
  single.start(total, done);
  return {
    update: (now) => single.update(now),
    stop: () => single.stop(),
  };
}

function quarters(label: string, total: number, done: number): Progress {
  const quarter = (rows: number) => Math.floor((rows / Math.max(1, total)) * 4);
  let printed = quarter(done);
  return {
    update(now) {
      if (quarter(now) > printed) {
        console.log(`  ${label} ${quarter(now) * 25} %  ${now} of ${total} rows`);
      }
      printed = Math.max(printed, quarter(now));
    },
    stop() {},
  };
}

function printTable(head: string[], rows: string[][]): void {
  const widths = head.map((_, column) => {
    return Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0));
  });
  const draw = (row: string[]) => {
    return `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd();
  };
  console.log(`\n${draw(head)}`);
  console.log(`  ${widths.map((width) => '─'.repeat(width)).join('  ')}`);
  for (const row of rows) console.log(draw(row));
}
