import { expect, test } from '@jest/globals';
import { ActivityLog, LOG_AGE_MS, LOG_LIMIT } from '../src/activity-log.js';
import { StoreFullError } from '../src/store.js';
import type { LocalStore } from '../src/store.js';
import { memoryStore } from '../src/stores/memory.js';
import { VirtualClock } from './virtual-clock.js';

function scene(store: LocalStore = memoryStore()) {
  const clock = new VirtualClock();
  return { store, clock, log: new ActivityLog(store, clock) };
}

/** The store, but it counts its writes, and fails while the test says so. */
function watched() {
  const store = memoryStore();
  const seen = { writes: 0, full: false };
  const transaction: LocalStore['transaction'] = (mode, tables, body) => {
    if (mode === 'write') seen.writes += 1;
    if (mode === 'write' && seen.full) return Promise.reject(new StoreFullError('no room'));
    return store.transaction(mode, tables, body);
  };
  return { ...scene({ transaction, close: () => store.close(), destroy: () => store.destroy() }), seen };
}

test('the latest lines are read first', async () => {
  const { log, clock } = scene();
  log.write('saved', { id: 'one' });
  await clock.advance(5);
  log.write('sent');
  expect(await log.read()).toEqual([
    { seq: 2, at: clock.now(), event: 'sent', detail: {} },
    { seq: 1, at: clock.now() - 5, event: 'saved', detail: { id: 'one' } },
  ]);
  expect(await log.read(1)).toHaveLength(1);
});

test('the numbers go on after a restart, and between tabs', async () => {
  const { store, log, clock } = scene();
  log.write('before');
  await log.settled();
  const again = new ActivityLog(store, clock);
  again.write('after');
  await again.settled();
  log.write('the first tab');
  expect((await log.read()).map(({ seq }) => seq)).toEqual([3, 2, 1]);
});

test('lines of one moment are one transaction', async () => {
  const { log, seen } = watched();
  for (let i = 0; i < 100; i++) log.write('saved', { i });
  expect(await log.read(100)).toHaveLength(100);
  expect(seen.writes).toBe(1);
});

test('at most ten thousand lines are kept', async () => {
  const { store, log } = scene();
  const seqs = async () => (await store.transaction('read', ['log'], (t) => t.list('log'))).map(({ seq }) => seq);
  await store.transaction('write', ['log'], async (transaction) => {
    for (let seq = 1; seq <= LOG_LIMIT + 700; seq++) {
      await transaction.put('log', { seq, at: Date.UTC(2026, 0, 1), event: 'old', detail: {} });
    }
  });
  log.write('new');
  await log.settled();
  const kept = await seqs();
  expect(kept).toHaveLength(LOG_LIMIT);
  expect([kept[0], kept.at(-1)]).toEqual([702, LOG_LIMIT + 701]);
});

test('lines of more than 90 days ago go, and the numbers still go on', async () => {
  const { log, clock } = scene();
  log.write('one');
  log.write('two');
  await log.settled();
  await clock.advance(LOG_AGE_MS);
  log.write('three');
  expect((await log.read()).map(({ seq }) => seq)).toEqual([3, 2, 1]);
  await clock.advance(1);
  log.write('four');
  expect((await log.read()).map(({ seq }) => seq)).toEqual([4, 3]);
});

test('a full store fails nobody, and its lines are written when there is room', async () => {
  const { log, seen } = watched();
  seen.full = true;
  for (let i = 0; i < 2_000; i++) log.write('line', { i });
  await log.settled();
  expect(seen.writes).toBe(1);
  seen.full = false;
  log.write('room again');
  const lines = await log.read(5_000);
  expect(lines).toHaveLength(1_000);
  expect(lines[0]?.event).toBe('room again');
  expect(lines[1]?.detail).toEqual({ i: 1_999 });
});

test('what cannot be kept as JSON does not stop the lines behind it', async () => {
  const { log } = scene();
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  log.write('circle', circle);
  log.write('function', { run: () => undefined, missing: undefined, kept: 1 });
  expect((await log.read()).map(({ detail }) => detail)).toEqual([{ kept: 1 }, { unreadable: true }]);
});
