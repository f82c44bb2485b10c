import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { eventWords, knownEvents } from '../src/activity/event-words.js';
import { problemWords } from '../src/activity/problem-words.js';
import { reasonWords } from '../src/activity/reason-words.js';

const ENGINE = join(import.meta.dirname, '../../client/src');

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
}

/** The names that the engine gives to `log(…)`. */
function writtenEvents(): string[] {
  const found = sources(ENGINE).flatMap((text) => [...text.matchAll(/\blog\(\s*'([^']+)'/g)].map(([, event]) => event));
  return [...new Set(found)].map(String).sort();
}

/** The words between quotes in the type of this name. */
function namesOf(type: string, file: string): string[] {
  const text = readFileSync(join(ENGINE, file), 'utf8').replace(/\/\*.*?\*\//gs, '');
  const union = new RegExp(`type ${type} =([^;]+);`).exec(text)?.[1] ?? '';
  return [...union.matchAll(/'([^']+)'/g)].map(([, name]) => String(name));
}

function line(event: string, detail: Record<string, unknown> = {}): Parameters<typeof eventWords>[0] {
  return { seq: 1, at: 0, event, detail };
}

test('every event that the engine writes has words, and no words are kept for another', () => {
  expect(writtenEvents().length).toBeGreaterThan(5);
  expect(knownEvents().sort()).toEqual(writtenEvents());
});

test('every reason for which a backup begins has words', () => {
  const reasons = namesOf('Trigger', 'triggers.ts');
  expect(reasons).toContain('save');
  expect(reasons.filter((reason) => reasonWords(reason) === '')).toEqual([]);
});

test('every code of an error has words of its own', () => {
  const codes = [...namesOf('ErrorCode', 'transport.ts'), 'STORE_FULL', 'STORE_LOST'];
  expect(codes).toContain('QUOTA_EXCEEDED');
  const unknown = problemWords('no such code');
  expect(codes.filter((code) => code !== 'INTERNAL' && problemWords(code) === unknown)).toEqual([]);
});

test('every end of a backup has words', () => {
  const waiting = namesOf('WaitingReason', 'sync-status.ts');
  expect(waiting).toContain('offline');
  const unknown = eventWords(line('run-ended', { ended: 'no such end' })).title;
  for (const ended of [...waiting, 'done', 'joined', 'closed', 'cut-off']) {
    expect(eventWords(line('run-ended', { ended })).title).not.toBe(unknown);
  }
});

test('a backup says what moved, what for, and what needs the person', () => {
  const words = eventWords(
    line('run-ended', {
      trigger: 'save',
      ended: 'done',
      pushed: 3,
      pulled: 1_200,
      conflicts: 1,
      refused: 0,
      error: null,
    }),
  );
  expect(words).toEqual({
    title: 'Backed up, after a change',
    detail: '3 changes sent, 1,200 received, and 1 needs your decision.',
    kinds: ['backups', 'conflicts'],
  });
});

test('a backup that failed is a problem, told by its code and never by the message', () => {
  const words = eventWords(
    line('run-ended', { trigger: 'timer', ended: 'backoff', error: { code: 'NO_ANSWER', message: 'ECONNREFUSED' } }),
  );
  expect(words.title).toBe('A backup failed and is tried again, on time');
  expect(words.detail).toBe("LogDate Cloud couldn't be reached.");
  expect(words.kinds).toContain('problems');
});

test('an event of a newer version is shown by its name', () => {
  expect(eventWords(line('a-new-thing')).title).toBe('Something else happened (a-new-thing)');
});

test('a line whose details were lost is shown all the same', () => {
  for (const event of knownEvents()) expect(eventWords(line(event, { unreadable: true })).title).not.toBe('');
});
