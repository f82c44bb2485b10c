// When the entries of files that are gone are deleted, and when a person is asked first.
import { expect, test } from '@jest/globals';
import { DeletionGuard, GRACE_MS } from '../src/folder/deletions.js';

const names = (count: number) => Array.from({ length: count }, (_, index) => `${index}.md`);

function guardAt(start = 0, confirmed = false) {
  const clock = { now: start };
  return { clock, guard: new DeletionGuard(() => clock.now, confirmed) };
}

test('a file that is gone waits a moment, because editors take files away while they save', () => {
  const { clock, guard } = guardAt();
  expect(guard.judge(['a.md'], 5)).toEqual({ tooSoon: ['a.md'], unconfirmed: [] });
  clock.now += GRACE_MS - 1;
  expect(guard.judge(['a.md'], 5).tooSoon).toEqual(['a.md']);
  clock.now += 1;
  expect(guard.judge(['a.md'], 5)).toEqual({ tooSoon: [], unconfirmed: [] });
});

test('a file that came back meanwhile waits anew when it goes again', () => {
  const { clock, guard } = guardAt();
  guard.judge(['a.md'], 5);
  clock.now += GRACE_MS;
  guard.judge([], 5);
  expect(guard.judge(['a.md'], 5).tooSoon).toEqual(['a.md']);
});

test('twenty files may go at once, twenty-one wait for a person', () => {
  expect(guardAt().guard.judge(names(20), 100).unconfirmed).toEqual([]);
  expect(guardAt().guard.judge(names(21), 100).unconfirmed).toEqual(names(21));
  expect(guardAt(0, true).guard.judge(names(21), 100).unconfirmed).toEqual([]);
});

test('files that go a few at a time count together within a minute', () => {
  const { clock, guard } = guardAt();
  guard.deleted(15);
  expect(guard.judge(names(6), 100).unconfirmed).toHaveLength(6);
  clock.now += 60_000;
  expect(guard.judge(names(6), 100).unconfirmed).toEqual([]);
});

test('a folder that lost everything waits for a person, as a disk that was taken out looks like that', () => {
  expect(guardAt().guard.judge(names(2), 0).unconfirmed).toHaveLength(2);
  expect(guardAt().guard.judge(names(1), 0).unconfirmed).toEqual([]);
});
