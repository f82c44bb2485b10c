import { expect, test } from '@jest/globals';
import { Changes } from '../src/changes.js';

test('a change that came between the look and the wait is not missed', async () => {
  const changes = new Changes();
  const seen = changes.count;
  changes.tell();
  await changes.after(seen, []);
  expect(changes.count).toBe(1);
});

test('a wait ends with the next change, or with a signal', async () => {
  const changes = new Changes();
  const stop = new AbortController();
  const told = changes.after(changes.count, [stop.signal]);
  changes.tell();
  await told;
  const aborted = changes.after(changes.count, [stop.signal]);
  stop.abort();
  await aborted;
  await changes.after(changes.count, [stop.signal]);
  expect(changes.count).toBe(1);
});
