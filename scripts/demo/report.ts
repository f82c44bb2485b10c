// What the person sees: a table in which every line is an expectation and what was seen instead.

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
