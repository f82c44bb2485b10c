import { expect, test } from '@jest/globals';
import { differenceWords, sameWords } from '../src/settings/check-words.js';

const NONE = { matching: 0, all: 0 };

test('a check says of how many entries and files it is true that they are the same', () => {
  const counts = {
    content: { matching: 3_900, all: 3_900 },
    journal: NONE,
    association: NONE,
    media: { matching: 13, all: 14 },
  };
  expect(sameWords({ counts })).toBe(
    '3,900 of 3,900 entries and 13 of 14 photos and recordings are the same in LogDate Cloud.',
  );
});

test('a difference names what it is about', () => {
  expect(differenceWords({ type: 'content', id: 'x', difference: 'is on the server and not here' })).toBe(
    'An entry is on the server and not here',
  );
});
