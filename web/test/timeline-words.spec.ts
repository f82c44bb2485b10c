/** What the timeline says of days, what its addresses mean, and which keys it hears. */
import { expect, test } from '@jest/globals';
import { addressOf, newEntryAddress, shownBy } from '../src/timeline/address.js';
import { dayTitle, daysOf } from '../src/timeline/days.js';
import { shortcutOf } from '../src/timeline/shortcuts.js';

const local = (...parts: [year: number, month: number, day: number, hour: number]): number =>
  new Date(...parts).getTime();

test('a day is called Today and Yesterday by the clock of this device, and else by its date', () => {
  const now = local(2026, 2, 1, 0);
  expect(dayTitle(now, now)).toBe('Today');
  expect(dayTitle(local(2026, 1, 28, 23), now)).toBe('Yesterday');
  expect(dayTitle(local(2026, 1, 27, 23), now).replace(',', '')).toBe('Friday 27 February 2026');
  // One year before, to the day. Versions of Node differ in the comma.
  expect(dayTitle(local(2025, 2, 1, 0), now).replace(',', '')).toBe('Saturday 1 March 2025');
});

test('entries stay in their order under their days', () => {
  const entry = (id: string, createdAt: number): Parameters<typeof daysOf>[0][number] => ({
    id,
    createdAt,
    type: 'TEXT',
    content: id,
    mediaUri: null,
    durationMs: 0,
    clientUpdatedAt: createdAt,
    backup: 'backed-up',
  });
  const entries = [
    entry('late', local(2026, 2, 1, 22)),
    entry('early', local(2026, 2, 1, 1)),
    entry('before', local(2026, 1, 28, 23)),
  ];
  const days = daysOf(entries, local(2026, 2, 1, 23));
  expect(days.map(({ title, entries: ofDay }) => [title, ofDay.map(({ id }) => id)])).toEqual([
    ['Today', ['late', 'early']],
    ['Yesterday', ['before']],
  ]);
});

test('an address says what is searched in which journal, and is read back as it was', () => {
  const shown = { query: 'über & out', journalId: 'a1' };
  const address = new URL(addressOf(shown), 'http://localhost');
  expect(shownBy(Object.fromEntries(address.searchParams))).toEqual(shown);
  expect(addressOf({ query: '  ', journalId: null })).toBe('/');
  expect(shownBy({ journal: '' })).toEqual({ query: '', journalId: null });
});

test('an entry that is begun in a journal is written for that journal', () => {
  expect(newEntryAddress(null)).toBe('/new');
  expect(newEntryAddress('a1')).toBe('/new?journal=a1');
});

test('keys act on the list, and never while a person types or with a modifier', () => {
  const pressed = { key: 'j', hasModifier: false, isTyping: false, isInEntry: false };
  expect(['/', 'n', 'j', 'k', '?', 'x'].map((key) => shortcutOf({ ...pressed, key }))).toEqual([
    'search',
    'new',
    'next',
    'previous',
    'help',
    null,
  ]);
  expect(shortcutOf({ ...pressed, isTyping: true })).toBeNull();
  expect(shortcutOf({ ...pressed, hasModifier: true })).toBeNull();
});

test('arrows go from entry to entry, and scroll elsewhere', () => {
  const pressed = { key: 'ArrowDown', hasModifier: false, isTyping: false, isInEntry: true };
  expect(shortcutOf(pressed)).toBe('next');
  expect(shortcutOf({ ...pressed, key: 'ArrowUp' })).toBe('previous');
  expect(shortcutOf({ ...pressed, isInEntry: false })).toBeNull();
});
