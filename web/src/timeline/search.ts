// Looks through entries for words, a page at a time, so that the page stays alive and typing on can end it.
import { hasEvery, occurrences, type Span } from './fold.js';
import type { ContentEntry } from './pages.js';

/** What was found so far, newest first. */
export interface Found {
  entries: ContentEntry[];
  /** How many entries were looked at. */
  looked: number;
  isDone: boolean;
}

/** A piece of an entry, with the words that were searched for. */
export interface Excerpt {
  text: string;
  marks: Span[];
}

/** A card shows a few lines; more of a long text would only be hidden. */
const EXCERPT = 600;
/** What is shown before the first word that was found, where it lies far into the text. */
const BEFORE = 60;

/**
 * Entries in which every word occurs. Answers after each page and at the end; whoever stops asking ends it.
 * @param words folded, as `wordsOf` gives them
 * @param pause lets the page handle what a person does meanwhile
 */
export async function* searchEntries(
  pages: AsyncIterable<readonly ContentEntry[]>,
  words: readonly string[],
  pause: () => Promise<void>,
): AsyncGenerator<Found> {
  const entries: ContentEntry[] = [];
  let looked = 0;
  for await (const page of pages) {
    entries.push(...page.filter(({ content }) => content !== null && hasEvery(content, words)));
    looked += page.length;
    yield { entries: [...entries], looked, isDone: false };
    await pause();
  }
  yield { entries, looked, isDone: true };
}

/** The part of a text around the first word that was found. */
export function excerptOf(text: string, words: readonly string[]): Excerpt {
  const first = occurrences(text, words)[0]?.from ?? 0;
  const from = first > 2 * BEFORE ? wordStart(text, first - BEFORE, first) : 0;
  const piece = `${from > 0 ? '… ' : ''}${text.slice(from, from + EXCERPT)}`;
  return { text: piece, marks: occurrences(piece, words) };
}

/** The first place behind a space, so that neither a word nor a character is cut; `end` where there is none. */
function wordStart(text: string, begin: number, end: number): number {
  const space = text.slice(begin, end).search(/\s/);
  return space < 0 ? end : begin + space + 1;
}
