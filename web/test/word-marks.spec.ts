import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { markWords } from '../src/conflict/word-marks.js';

/** The text with [brackets] around what differs. */
function marked(text: string, other: string): string {
  return markWords(text, other)
    .map(({ text: words, differs }) => (differs ? `[${words}]` : words))
    .join('');
}

test('the words that the other side does not have are marked, those in a row together', () => {
  expect(marked('It poured all day long.', 'It snowed.')).toBe('It [poured all day long].');
  expect(marked('It snowed.', 'It poured all day long.')).toBe('It [snowed].');
});

test('a sign alone is a difference', () => {
  expect(marked('It rained!', 'It rained.')).toBe('It rained[!]');
});

test('words that no space divides are told apart', () => {
  expect(marked('今日は雨です。', '今日は雪です。')).toContain('[雨]');
});

test('white space alone is no difference', () => {
  expect(marked('One\n\ntwo', 'One two')).toBe('One\n\ntwo');
});

test('texts that have nothing in common are not marked, and soon', () => {
  const many = (word: string): string => Array.from({ length: 5_000 }, (_, index) => `${word}${index}`).join(' ');
  expect(markWords(many('here'), many('there'))).toEqual([{ text: many('here'), differs: false }]);
});

test('whatever was written, the marked text is the text', () => {
  const text = fc.array(fc.constantFrom('One', 'two', ' ', '\n', '.', '六', '👩‍👧', 'é'), { maxLength: 20 });
  fc.assert(
    fc.property(text, text, (one, other) => {
      const pieces = markWords(one.join(''), other.join(''));
      expect(pieces.map(({ text: piece }) => piece).join('')).toBe(one.join(''));
    }),
  );
});
