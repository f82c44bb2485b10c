import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { conflictParts, type ConflictPart } from '../src/conflict-parts.js';
import { mergeSentences, stretches } from '../src/merge-sentences.js';
import type { Body } from '../src/resources.js';

const base = 'It rained. We stayed in. The cat slept.';

function entry(content: string | null, fields: Body = {}): Body {
  return { type: 'TEXT', content, mediaUri: null, durationMs: 0, createdAt: 1, ...fields };
}

function unclear(parts: ConflictPart[]): Omit<ConflictPart, 'merged'>[] {
  return parts.flatMap(({ merged, ...part }) => (merged === undefined ? [part] : []));
}

test('only the sentence that both changed is asked, with what it was', () => {
  const mine = entry('It poured. We stayed in. The cat slept on the sill.');
  const theirs = entry('It snowed. We stayed in all day. The cat slept.');
  const parts = conflictParts('content', { base: entry(base), mine, theirs });
  expect(unclear(parts)).toEqual([{ field: 'content', base: 'It rained.', mine: 'It poured.', theirs: 'It snowed.' }]);
  expect(parts.filter(({ field }) => field === 'content').map(({ merged }) => merged)).toEqual([
    undefined,
    ' ',
    'We stayed in all day.',
    ' ',
    'The cat slept on the sill.',
  ]);
});

test('every other field is whole: a title that both changed is one part, a description comes in stretches', () => {
  const journal = (title: string, description: string): Body => ({ title, description, createdAt: 1 });
  const sides = {
    base: journal('Garden', 'Beds. Trees.'),
    mine: journal('My garden', 'Beds. Old trees.'),
    theirs: journal('The garden', 'Two beds. Trees.'),
  };
  const parts = conflictParts('journal', sides);
  expect(unclear(parts)).toEqual([{ field: 'title', base: 'Garden', mine: 'My garden', theirs: 'The garden' }]);
  expect(
    parts
      .filter(({ field }) => field === 'description')
      .map(({ merged }) => merged)
      .join(''),
  ).toBe('Two beds. Old trees.');
});

test('where nothing common is known, every difference is asked', () => {
  const parts = conflictParts('content', { base: null, mine: entry('One. Two.'), theirs: entry('One. Two. Three.') });
  expect(unclear(parts)).toEqual([{ field: 'content', base: undefined, mine: '', theirs: ' Three.' }]);
});

test('two texts that share nothing are one part', () => {
  const many = (word: string): string => Array.from({ length: 600 }, (_, index) => `${word} ${index}.`).join(' ');
  const [was, mine, theirs] = [many('Was'), many('Mine'), many('Theirs')];
  const parts = conflictParts('content', { base: entry(was), mine: entry(mine), theirs: entry(theirs) });
  expect(unclear(parts)).toEqual([{ field: 'content', base: was, mine, theirs }]);
});

test('the time of writing never asks, a recording does', () => {
  const mine = entry(null, { type: 'AUDIO', mediaUri: 'here', createdAt: 5 });
  const theirs = entry(null, { type: 'AUDIO', mediaUri: 'there', createdAt: 9 });
  const parts = conflictParts('content', { base: entry(null), mine, theirs });
  expect(unclear(parts)).toEqual([{ field: 'mediaUri', base: null, mine: 'here', theirs: 'there' }]);
});

const text = fc
  .array(fc.constantFrom('One.', 'Two!', 'Three?', 'Vier.', 'Fünf.\n', '六。', '“Seven.”', '\n\n'), { maxLength: 9 })
  .map((sentences) => sentences.join(' '));

test('whatever was written, the stretches of each side are the whole of it', () => {
  fc.assert(
    fc.property(text, text, text, (was, mine, theirs) => {
      const found = stretches(was, mine, theirs) ?? [];
      const side = (of: 'base' | 'mine' | 'theirs'): string => found.map((stretch) => stretch[of]).join('');
      expect([side('base'), side('mine'), side('theirs')]).toEqual([was, mine, theirs]);
    }),
  );
});

test('whatever was written, a stretch is clear only where one side left it or both say the same', () => {
  fc.assert(
    fc.property(text, text, text, (was, mine, theirs) => {
      for (const stretch of stretches(was, mine, theirs) ?? []) {
        const { base: before, mine: here, theirs: there, merged } = stretch;
        if (merged === undefined) expect(here).not.toBe(there);
        else expect(merged).toBe(here === before ? there : here);
        if (merged !== undefined) expect([here === before, there === before, here === there]).toContain(true);
      }
    }),
  );
});

test('a text merges by itself exactly where no part of it is asked', () => {
  fc.assert(
    fc.property(text, text, text, (was, mine, theirs) => {
      const parts = conflictParts('content', { base: entry(was), mine: entry(mine), theirs: entry(theirs) });
      const whole = parts.filter(({ field }) => field === 'content').map(({ merged }) => merged);
      const expected = mergeSentences(was, mine, theirs);
      expect(whole.includes(undefined) ? undefined : whole.join('')).toBe(expected);
    }),
  );
});
