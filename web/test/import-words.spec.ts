import { expect, test } from '@jest/globals';
import { exportedWords, exportFailureWords } from '../src/data/export-words.js';
import {
  deletedWords,
  editedWords,
  importFailureWords,
  outcomeWords,
  unchangedWords,
} from '../src/data/import-words.js';
import type { Exported, Imported } from '../src/data/journal-work.js';
import { zipName } from '../src/data/zip-file.js';

const NOTHING: Imported = {
  written: { journals: 0, entries: 0, links: 0, files: 0 },
  wasCancelled: false,
  unchanged: 0,
  editedHere: 0,
  editedEntries: [],
  deletedHere: 0,
  leftOut: [],
  broken: [],
};

test('an import says what came in, and nothing of what did not', () => {
  const written = { journals: 1, entries: 712, links: 712, files: 3 };
  expect(outcomeWords({ ...NOTHING, written }, 'my.zip')).toBe(
    'Imported 712 entries, 1 journal, and 3 photos and recordings.',
  );
  expect(outcomeWords({ ...NOTHING, written: { ...NOTHING.written, entries: 1 } }, 'my.zip')).toBe('Imported 1 entry.');
  expect(outcomeWords({ ...NOTHING, written: { ...NOTHING.written, links: 2 } }, 'my.zip')).toBe(
    'Put 2 entries back into journals.',
  );
});

test('an import that brought nothing claims that nothing was missing only where all could be read', () => {
  expect(outcomeWords({ ...NOTHING, unchanged: 9 }, 'my.zip')).toContain('your journal has all of it already');
  expect(outcomeWords({ ...NOTHING, broken: ['Diary.json'] }, 'my.zip')).toBe('Nothing new was imported.');
});

test('an import that was cancelled says that what came in stays, and how the rest gets in', () => {
  const written = { ...NOTHING.written, entries: 400 };
  expect(outcomeWords({ ...NOTHING, written, wasCancelled: true }, 'my.zip')).toBe(
    'Stopped. Imported so far, and kept: 400 entries. Import my.zip again to bring in the rest.',
  );
  expect(outcomeWords({ ...NOTHING, wasCancelled: true }, 'my.zip')).toContain('Nothing was imported.');
});

test('what was left as it is has a sentence each, and none where there is nothing', () => {
  expect([unchangedWords, editedWords, deletedWords].map((words) => words(NOTHING))).toEqual([null, null, null]);
  const kept = { ...NOTHING, unchanged: 1, editedHere: 2, deletedHere: 1_000 };
  expect([unchangedWords, editedWords, deletedWords].map((words) => words(kept))).toEqual([
    '1 entry or journal was here already, just like that.',
    '2 entries and journals were edited here later: your edits stay.',
    '1,000 entries and journals were deleted here, and stay deleted.',
  ]);
});

test('a failed import says what is wrong with the file, or what stays and how it goes on', () => {
  expect(importFailureWords({ code: 'unreadable', message: 'a.txt: not a ZIP file' }, 'a.txt')).toBe(
    'a.txt: not a ZIP file. Nothing was imported.',
  );
  expect(importFailureWords({ code: 'device-full' }, 'my.zip')).toContain('stays. Free some space, then import my.zip');
  expect(importFailureWords({ code: 'failed' }, 'my.zip')).toContain('What was imported so far stays.');
});

test('an export says what it holds, and what came from the cloud', () => {
  const exported: Exported = { journals: 1, entries: 2, media: 3, files: 6, fromCloud: 0, zip: null };
  expect(exportedWords(exported, 'l.zip')).toBe(
    'l.zip holds everything: 2 entries, 1 journal, and 3 photos and recordings.',
  );
  expect(exportedWords({ ...exported, fromCloud: 1 }, 'l.zip')).toContain(
    '1 photo or recording was read from LogDate Cloud.',
  );
  expect(exportedWords({ ...exported, journals: 0, entries: 0, media: 0 }, 'l.zip')).toContain('empty so far');
});

test('an export that lacks a photo names it, and says what helps', () => {
  const missing = { code: 'file-missing', fileName: 'robin.png' } as const;
  expect(exportFailureWords({ ...missing, why: 'no-answer' })).toMatch(/robin\.png could not be read\. .*online/);
  expect(exportFailureWords({ ...missing, why: 'signed-out' })).toMatch(/robin\.png .* Sign in, then try again/);
  expect(exportFailureWords({ ...missing, why: 'not-there' })).toMatch(/robin\.png .* back up first/);
});

test('a ZIP is named by the day of the person', () => {
  expect(zipName(new Date(2026, 2, 1, 23, 59))).toBe('logdate-2026-03-01.zip');
});
