/** Searching: what matches, what is marked, and that it goes page by page and can be ended. */
import { expect, test } from '@jest/globals';
import { fold, hasEvery, occurrences, wordsOf } from '../src/timeline/fold.js';
import type { ContentEntry } from '../src/timeline/pages.js';
import { excerptOf, searchEntries } from '../src/timeline/search.js';

const marked = (text: string, query: string): string[] =>
  occurrences(text, wordsOf(query)).map(({ from, to }) => text.slice(from, to));

const entry = (content: string | null): ContentEntry => ({
  id: String(content),
  content,
  type: 'TEXT',
  mediaUri: null,
  durationMs: 0,
  createdAt: 0,
  clientUpdatedAt: 0,
  backup: 'backed-up',
});

async function* pages(...contents: (string | null)[][]): AsyncGenerator<ContentEntry[]> {
  for (const page of contents) yield page.map(entry);
}

const noPause = (): Promise<void> => Promise.resolve();

test('case and accents make no difference, however they are written', () => {
  expect(hasEvery('Im Café de Flore', wordsOf('CAFE'))).toBe(true);
  expect(hasEvery('cafe', wordsOf('café'))).toBe(true);
  expect(hasEvery('Cafe\u0301', wordsOf('caf\u00e9'))).toBe(true);
  expect(fold('ΟΔΥΣΣΕΥΣ')).toBe(fold('Οδυσσεύς'));
  expect(fold('İstanbul')).toBe('istanbul');
});

test('marks that are letters of their own are told apart', () => {
  expect(hasEvery('कि', wordsOf('का'))).toBe(false);
});

test('every word has to occur, in any order', () => {
  expect(hasEvery('The garden after the rain', wordsOf('rain  garden'))).toBe(true);
  expect(hasEvery('The garden', wordsOf('rain garden'))).toBe(false);
  expect(wordsOf('  Rain rain ')).toEqual(['rain']);
});

test('what is marked is the text as it was written', () => {
  expect(marked('Un café, deux CAFÉS', 'cafe')).toEqual(['café', 'CAFÉ']);
  expect(marked('Cafe\u0301 noir', 'cafe')).toEqual(['Cafe\u0301']);
  expect(marked('🌧 rain 🌧', 'rain')).toEqual(['rain']);
  // One character that is folded to two letters, of which one is searched for.
  expect(marked('ﬁg', 'f')).toEqual(['ﬁ']);
  expect(marked('ﬁg', 'ig')).toEqual(['ﬁg']);
});

test('words that overlap are marked once', () => {
  expect(marked('tomatoes', 'tomato toes')).toEqual(['tomatoes']);
});

test('an excerpt begins near the first word that was found, and cuts no word', () => {
  const text = `${'once upon a time '.repeat(40)}rain fell`;
  const { text: excerpt, marks } = excerptOf(text, ['rain']);
  expect(excerpt).toMatch(/^… (once|upon|a|time) /);
  expect(marks.map(({ from, to }) => excerpt.slice(from, to))).toEqual(['rain']);
  expect(excerpt.indexOf('rain')).toBeLessThan(80);
  expect(excerptOf('rain fell', ['fell']).text).toBe('rain fell');
});

test('a text without spaces is not cut inside of a character', () => {
  const { text, marks } = excerptOf(`${'🌧'.repeat(200)}rain`, ['rain']);
  expect(text).toBe('… rain');
  expect(marks).toEqual([{ from: 2, to: 6 }]);
});

test('a search answers after each page, and leaves out what has no words', async () => {
  const answers = [];
  const found = searchEntries(pages(['rain', null, 'sun'], [], ['Rain again']), ['rain'], noPause);
  for await (const { entries, looked, isDone } of found) answers.push([entries.length, looked, isDone]);
  expect(answers).toEqual([
    [1, 3, false],
    [1, 3, false],
    [2, 4, false],
    [2, 4, true],
  ]);
});

test('what was answered before does not change under who shows it', async () => {
  const found = searchEntries(pages(['rain'], ['rain too']), ['rain'], noPause);
  const first = await found.next();
  await found.next();
  expect(first.value?.entries).toHaveLength(1);
});

test('a search that nobody asks on reads no further page', async () => {
  let read = 0;
  async function* counted(): AsyncGenerator<ContentEntry[]> {
    for (;;) {
      read += 1;
      yield [entry('rain')];
    }
  }
  for await (const { looked } of searchEntries(counted(), ['rain'], noPause)) if (looked === 2) break;
  expect(read).toBe(2);
});

test('the page has a turn after each page of entries', async () => {
  let pauses = 0;
  const pause = (): Promise<void> => {
    pauses += 1;
    return Promise.resolve();
  };
  const found = searchEntries(pages(['a'], ['b'], ['c']), ['x'], pause);
  for await (const { looked } of found) expect(pauses).toBeLessThanOrEqual(looked);
  expect(pauses).toBe(3);
});
