// What a person or a script sees: results on stdout, everything else on stderr.
import { createInterface } from 'node:readline/promises';
import { startBar, startLines, type Progress } from './progress.js';

/** The two streams and how to write to them. */
export interface Terminal {
  readonly json: boolean;
  /** Whether somebody sits there who can answer. */
  readonly interactive: boolean;
  /** A message beside the result. */
  note(text: string): void;
  /** The result, once: the document with `--json`, else the lines. */
  result(document: object, lines: readonly string[]): void;
  /** Shows how far something long is; a bar where somebody looks, else a line every few seconds. */
  progress(label: string, total: number, unit: string): Progress;
  /** A question answered with yes or no; no where nobody can answer. */
  confirm(question: string): Promise<boolean>;
}

/** The terminal, or the pipe, that this process was started in. */
export function processTerminal(json: boolean): Terminal {
  const interactive = process.stdin.isTTY && process.stderr.isTTY;
  return {
    json,
    interactive,
    note: (text) => void process.stderr.write(`${text}\n`),
    result(document, lines) {
      if (json) process.stdout.write(`${JSON.stringify(document)}\n`);
      else if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
    },
    progress(label, total, unit) {
      if (process.stderr.isTTY) return startBar(label, total, unit, process.stderr);
      return startLines(label, total, unit, { write: (line) => void process.stderr.write(`${line}\n`), now: Date.now });
    },
    async confirm(question) {
      if (!interactive) return false;
      const lines = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
      } finally {
        lines.close();
      }
    },
  };
}

/** `1 entry`, `2 entries`. */
export function count(number: number, one: string, many: string = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** A time for people, in the zone of this machine, to the minute. */
export function when(millis: number): string {
  // Beyond what a Date holds (some 270,000 years) the number itself is all that can be said.
  if (Math.abs(millis) > 8.64e15) return `${millis} ms`;
  const date = new Date(millis);
  const two = (part: number) => String(part).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
