// The small parts of reading Markdown: times, front matter, and the pictures that a text shows.
import { describe, expect, it } from '@jest/globals';
import { readMarkdown } from '../src/markdown/entry-file.js';
import { splitFrontMatter } from '../src/markdown/front-matter.js';
import { referencesOf } from '../src/markdown/references.js';
import { fileName } from '../src/markdown/restored-files.js';
import { dayInName, readTime, writeTime } from '../src/markdown/times.js';

describe('a time', () => {
  it.each([
    ['1660-01-11T21:00:00Z', Date.UTC(1660, 0, 11, 21)],
    ['2024-05-01T08:30:00.5+02:00', Date.UTC(2024, 4, 1, 6, 30, 0, 500)],
    ['2024-05-01', Date.UTC(2024, 4, 1, 12)],
    ['2024-05-01 08:30:00 Z', Date.UTC(2024, 4, 1, 8, 30)],
    ['-000005-12-31T00:00:00.000Z', Date.parse('-000005-12-31T00:00:00.000Z')],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['2023-02-30', undefined],
    ['May 1, 2020', undefined],
    ['2024-05-01T25:00Z', undefined],
    ['9007199254740993', undefined],
  ])('%s', (written, time) => {
    expect(readTime(written)).toBe(time);
  });

  it('is local where it names no zone', () => {
    expect(readTime('2024-05-01T08:30')).toBe(new Date(2024, 4, 1, 8, 30).getTime());
  });

  it('comes back as it was written, also beyond what a Date holds', () => {
    for (const time of [0, -1, -9_781_700_400_000, 8.64e15, -8.64e15 - 1]) expect(readTime(writeTime(time))).toBe(time);
  });

  it('stands at the head of the name of a file', () => {
    expect(dayInName('2024-05-01 Robin.md')).toBe(Date.UTC(2024, 4, 1, 12));
    expect(dayInName('2024-05-012.md')).toBeUndefined();
    expect(dayInName('Robin 2024-05-01.md')).toBeUndefined();
  });
});

describe('front matter', () => {
  it('ends at the second line of dashes, and the text after it stays to the character', () => {
    const front = splitFrontMatter('---\r\nDate: 2024-05-01\r\ntags:\r\n  - a\r\n---\r\n---\nText  \r\n');
    expect(front?.fields.get('date')).toBe('2024-05-01');
    expect(front?.lists.get('tags')).toEqual(['a']);
    expect(front?.body).toBe('---\nText  \r\n');
  });

  it.each(['No front matter', '---\nnever ended', '--- \ntext\n----\n', ' ---\na: b\n---\n'])(
    'is not in %j',
    (text) => {
      expect(readMarkdown(text).text).toBe(text);
    },
  );

  it('has quoted values', () => {
    const { fields } = splitFrontMatter(`---\na: "x: \\"y\\""\nb: 'it''s'\n---\n`) ?? { fields: new Map() };
    expect([...fields.values()]).toEqual(['x: "y"', "it's"]);
  });
});

it('the pictures of a text are found in every way of writing them, but none outside of the folder', () => {
  const text = `![a](one.png) ![b](<two words.png> "title") ![[three.png|200]] <img alt="x" src='sub/four.png'>
    ![](five%20six.png) ![](https://example.org/x.png) ![](/etc/passwd) ![](../../secret.png) ![](../up.png) ![again](one.png)`;
  expect(referencesOf('garden/day.md', text)).toEqual([
    'garden/one.png',
    'garden/two words.png',
    'garden/three.png',
    'garden/sub/four.png',
    'garden/five six.png',
    'up.png',
  ]);
});

it.each([
  ['Garden 🌱', 'Garden 🌱'],
  ['a/b\\c:d', 'a b c d'],
  ['..', 'otherwise'],
  ['NUL.txt', 'otherwise'],
  ['  x. ', 'x'],
  ['x'.repeat(80), 'x'.repeat(60)],
])('the file name of %j', (wanted, name) => {
  expect(fileName(wanted, 'otherwise')).toBe(name);
});
