import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mergeSentences } from '../src/merge-sentences.js';

const base = 'It rained. We stayed in. The cat slept.';

test('edits of different sentences merge', () => {
  const mine = 'It rained all day. We stayed in. The cat slept.';
  const theirs = 'It rained. We stayed in. The cat slept on the sill.';
  expect(mergeSentences(base, mine, theirs)).toBe('It rained all day. We stayed in. The cat slept on the sill.');
});

test('edits of neighbouring sentences merge', () => {
  const mine = base.replace('It rained.', 'It poured.');
  const theirs = base.replace('We stayed in.', 'We read.');
  expect(mergeSentences(base, mine, theirs)).toBe('It poured. We read. The cat slept.');
});

test('edits of the same sentence ask', () => {
  expect(mergeSentences(base, base.replace('rained', 'snowed'), base.replace('rained', 'poured'))).toBeUndefined();
});

test('the same edit on both sides is one edit', () => {
  const both = base.replace('rained', 'snowed');
  expect(mergeSentences(base, both, both)).toBe(both);
});

test('a sentence added at the end merges with an edit of the last one', () => {
  const mine = `${base} Then it cleared.`;
  const theirs = base.replace('slept', 'woke');
  expect(mergeSentences(base, mine, theirs)).toBe('It rained. We stayed in. The cat woke. Then it cleared.');
});

test('two sentences added at the same place ask', () => {
  expect(mergeSentences(base, `${base} One.`, `${base} Two.`)).toBeUndefined();
});

test('a sentence deleted on one side and edited on the other asks', () => {
  const mine = base.replace(' We stayed in.', '');
  expect(mergeSentences(base, mine, base.replace('We stayed in.', 'We went out.'))).toBeUndefined();
});

test('paragraphs and their breaks are kept', () => {
  const text = 'Morning.\n\nNoon was hot.\n\nEvening.';
  expect(mergeSentences(text, text.replace('Morning', 'Dawn'), text.replace('Evening', 'Dusk'))).toBe(
    'Dawn.\n\nNoon was hot.\n\nDusk.',
  );
});

test('two texts that share nothing with the base ask, and soon', () => {
  const many = (word: string): string => Array.from({ length: 4000 }, (_, i) => `${word} ${i}.`).join(' ');
  expect(mergeSentences(many('Base'), many('Mine'), many('Theirs'))).toBeUndefined();
});

test('whoever merges, the result is the same, and a side that changed nothing yields', () => {
  const text = fc
    .array(fc.constantFrom('One.', 'Two!', 'Three?', 'Vier.', 'Fünf.\n', '六。', '“Seven.”'), { maxLength: 8 })
    .map((sentences) => sentences.join(' '));
  fc.assert(
    fc.property(text, text, text, (one, two, three) => {
      expect(mergeSentences(one, two, three)).toBe(mergeSentences(one, three, two));
      expect(mergeSentences(one, two, one)).toBe(two);
      expect(mergeSentences(one, one, two)).toBe(two);
    }),
  );
});
