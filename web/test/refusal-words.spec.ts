import { expect, test } from '@jest/globals';
import type { RejectedRecord } from '@logdate/client';
import { refusalWords } from '../src/attention/refusal-words.js';

type Row = [RejectedRecord['type'], RejectedRecord['code'], string, RegExp];

test.each<Row>([
  ['content', 'TOO_LARGE', 'words', /text is longer/],
  ['media', 'TOO_LARGE', 'film.mp4', /file is larger/],
  ['media', 'BAD_USER_INPUT', 'notes.exe', /files of this kind/],
  ['journal', 'BAD_USER_INPUT', 'a'.repeat(501), /title is longer/],
  ['journal', 'BAD_USER_INPUT', `Garden\n\n${'a'.repeat(10_001)}`, /description is longer/],
  ['journal', 'BAD_USER_INPUT', '🌱'.repeat(500), /as it is/],
  ['content', 'FORBIDDEN', 'words', /another account/],
  ['media', 'DIGEST_MISMATCH', 'film.mp4', /damaged/],
  ['media', 'QUOTA_EXCEEDED', 'film.mp4', /storage is full/],
  ['association', 'NOT_FOUND', 'Garden: words', /belongs to/],
  ['content', 'NOT_FOUND', 'words', /put it back/],
  ['content', 'INTERNAL', 'words', /Try again/],
])('a refused %s with the code %s is explained', (type, code, words, says) => {
  expect(refusalWords({ type, code }, words)).toMatch(says);
});
