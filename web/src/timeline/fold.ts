// Text as a search compares it: without case and accents, and with the way back to the text as it was written.

/** A part of a text: from this place up to, not including, that one. */
export interface Span {
  from: number;
  to: number;
}

/** Accents of Latin, Greek and Cyrillic. Marks of other scripts are letters of their own and stay. */
const ACCENTS = /[\u0300-\u036f]/g;

/** Two texts that differ in case and accents only are folded alike. */
export function fold(text: string): string {
  return text.normalize('NFKD').replace(ACCENTS, '').toLowerCase().replaceAll('ς', 'σ');
}

/** The words of a search, folded. Each must occur somewhere in an entry. */
export function wordsOf(query: string): string[] {
  return [...new Set(fold(query).split(/\s+/).filter(Boolean))];
}

/** Whether every folded word occurs. */
export function hasEvery(text: string, words: readonly string[]): boolean {
  const folded = fold(text);
  return words.every((word) => folded.includes(word));
}

/** Where folded words occur in the text as it was written: in order, none touching another. */
export function occurrences(text: string, words: readonly string[]): Span[] {
  const { folded, starts, ends } = mapped(text);
  const spans: Span[] = [];
  for (const word of words) {
    if (word === '') continue;
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + word.length)) {
      const behind = at + word.length;
      // An accent behind a letter has no place in the folded text: it ends where the next letter begins.
      const to = Math.max(ends[behind - 1] ?? 0, starts[behind] ?? text.length);
      spans.push({ from: starts[at] ?? 0, to });
    }
  }
  return joined(spans);
}

/** The folded text, and for each of its units where the character that it came from starts and ends. */
function mapped(text: string): { folded: string; starts: number[]; ends: number[] } {
  let folded = '';
  let at = 0;
  const starts: number[] = [];
  const ends: number[] = [];
  for (const character of text) {
    const piece = fold(character);
    for (let unit = 0; unit < piece.length; unit += 1) {
      starts.push(at);
      ends.push(at + character.length);
    }
    folded += piece;
    at += character.length;
  }
  return { folded, starts, ends };
}

function joined(spans: Span[]): Span[] {
  const apart: Span[] = [];
  for (const span of spans.sort((one, other) => one.from - other.from)) {
    const last = apart.at(-1);
    if (last !== undefined && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else apart.push({ ...span });
  }
  return apart;
}
