import { describe, expect, test } from '@jest/globals';
import { storeLease, webLocks } from '../src/run-lock.js';
import type { RunLock } from '../src/run-lock.js';
import { beat, closeRun, cutOffReport, FROZEN_AFTER_MS, openRun } from '../src/run-records.js';
import type { PullStep, PushStep } from '../src/steps.js';
import { StoreLostError } from '../src/store.js';
import type { LocalStore } from '../src/store.js';
import { memoryStore } from '../src/stores/memory.js';
import type { RunRecord } from '../src/tables.js';
import { PlayedLocks } from './played-locks.js';
import { NOTHING } from './played-steps.js';
import { held, Scene } from './run-scene.js';
import { settle } from './virtual-clock.js';

function runs(store: LocalStore): Promise<RunRecord[]> {
  return store.transaction('read', ['runs'], (transaction) => transaction.list('runs'));
}

/** Two tabs of one browser; the second finds the first in the middle of its push. Time stands still in a frozen tab. */
async function twoTabs(lockOf: (store: LocalStore) => RunLock) {
  const store = memoryStore();
  const lock = lockOf(store);
  const first = new Scene('first', { store, lock });
  const second = new Scene('second', { store, lock });
  const answer = held<PushStep>();
  first.steps.push = () => answer.promise;
  await first.save();
  const report = first.manager.syncNow();
  await settle();
  const advance = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 1_000) {
      await first.clock.advance(Math.min(left, 1_000));
      await second.clock.advance(Math.min(left, 1_000));
    }
  };
  const close = async (): Promise<void> => {
    await first.manager.close();
    await second.manager.close();
    expect([first.clock.waiting, second.clock.waiting]).toEqual([0, 0]);
  };
  return { store, first, second, answer, report, advance, close };
}

const RUN: RunRecord = {
  runId: 'run',
  kind: 'text',
  trigger: 'save',
  phase: 'lock',
  startedAt: 0,
  heartbeatAt: 0,
  report: null,
};
const OPTIONS = { rob: false, onRobbed: () => undefined };

describe.each([
  { name: 'a lease in the store', lockOf: storeLease },
  { name: 'Web Locks', lockOf: (store: LocalStore) => webLocks(new PlayedLocks().locks, 'journal', store) },
])('$name', ({ lockOf }) => {
  test('a tab that finds a run under way waits for it and answers with its report', async () => {
    const { first, second, answer, report, advance, close } = await twoTabs(lockOf);
    const joined = second.manager.syncNow();
    await advance(10_000);
    expect(second.steps.calls).toEqual([]);
    await first.steps.sendOne();
    answer.answer({ ...NOTHING, sent: 1, acknowledged: 1 });
    const { runId } = await report;
    await advance(1_000);
    expect(await joined).toMatchObject({ runId, ended: 'joined', pushed: 1 });
    expect(second.steps.calls).toEqual([]);
    await close();
  });

  test('what the joining tab saved goes up right after a run that did not send it', async () => {
    const { first, second, answer, advance, close } = await twoTabs(lockOf);
    await first.steps.sendOne();
    answer.answer({ ...NOTHING, sent: 1, acknowledged: 1 });
    await settle();
    const page = held<PullStep>();
    first.steps.pull = () => page.promise;
    const download = first.manager.downloadRemoteChanges();
    await settle();
    await second.save();
    const joined = second.manager.syncNow();
    await settle();
    page.answer({ applied: 0, hasMore: false, remaining: 0 });
    await advance(1_000);
    expect(await joined).toMatchObject({ runId: (await download).runId, ended: 'joined', pushed: 0 });
    expect(second.steps.calls).toEqual(['push', 'pull']);
    await close();
  });

  test('a frozen tab is robbed after 20 seconds, and stops at its next step when it thaws', async () => {
    const { store, first, second, answer, report, close } = await twoTabs(lockOf);
    const robbing = second.manager.syncNow();
    await second.clock.advance(FROZEN_AFTER_MS - 1_000);
    expect(second.steps.calls).toEqual([]);
    await second.clock.advance(1_000);
    expect(await robbing).toMatchObject({ ended: 'done', pushed: 1 });
    expect(second.logged[0]).toMatchObject(['run-cut-off', { trigger: 'manual', phase: 'pushing' }]);
    answer.answer({ ...NOTHING, sent: 1, more: true });
    expect(await report).toMatchObject({ ended: 'joined', error: null });
    expect(first.steps.calls).toEqual(['push']);
    expect((await runs(store)).map((run) => run.report?.ended)).toEqual(['cut-off', 'done']);
    await close();
  });

  test('a tab that waits for a run that was cut off waits for the one that came after', async () => {
    const { store, second, answer, close } = await twoTabs(lockOf);
    const waiting = second.manager.syncNow();
    await settle();
    const third = new Scene('third', { store, lock: lockOf(store) });
    await third.clock.advance(FROZEN_AFTER_MS);
    const page = held<PullStep>();
    third.steps.pull = () => page.promise;
    const robbing = third.manager.syncNow();
    await settle();
    third.clock.set(second.clock.now());
    await second.clock.advance(1_000);
    page.answer({ applied: 7, hasMore: false, remaining: 0 });
    await robbing;
    await second.clock.advance(1_000);
    expect(await waiting).toMatchObject({ ended: 'joined', pulled: 7 });
    answer.answer(NOTHING);
    await third.manager.close();
    await close();
  });

  test('a long step is not taken for a frozen tab', async () => {
    const { first, second, answer, report, advance, close } = await twoTabs(lockOf);
    const joined = second.manager.syncNow();
    await advance(5 * FROZEN_AFTER_MS);
    expect(second.steps.calls).toEqual([]);
    await first.steps.sendOne();
    answer.answer({ ...NOTHING, acknowledged: 1, sent: 1 });
    await advance(1_000);
    expect([(await report).ended, (await joined).ended]).toEqual(['done', 'joined']);
    await close();
  });

  test('one run after the other gets the lock', async () => {
    const store = memoryStore();
    const scene = new Scene('a', { store, lock: lockOf(store) });
    for (let i = 0; i < 5; i++) expect(await scene.manager.syncNow()).toMatchObject({ ended: 'done' });
    await scene.manager.close();
    expect(scene.clock.waiting).toBe(0);
  });

  test('files and words do not lock each other', async () => {
    const lock = lockOf(memoryStore());
    expect(await lock.take({ ...RUN, kind: 'media' }, OPTIONS)).toMatchObject({ busy: false });
    expect(await lock.take({ ...RUN, runId: 'words' }, OPTIONS)).toMatchObject({ busy: false });
  });

  test('a crash leaves a marker that the next run finds and says', async () => {
    const store = memoryStore();
    const scene = new Scene('a', { store, lock: lockOf(store) });
    const heartbeatAt = scene.clock.now();
    await openRun(store, { ...RUN, runId: 'crashed', phase: 'pushing', heartbeatAt }, () => true);
    await scene.save();
    const report = scene.manager.syncNow();
    await scene.clock.advance(FROZEN_AFTER_MS);
    expect(await report).toMatchObject({ ended: 'done', pushed: 1 });
    expect(scene.logged[0]).toEqual(['run-cut-off', { runId: 'crashed', trigger: 'save', phase: 'pushing' }]);
    await scene.manager.close();
  });

  test('a tab that is closed while it waits for another one stops waiting', async () => {
    const { first, second, answer, close } = await twoTabs(lockOf);
    const joined = second.manager.syncNow();
    await settle();
    await second.manager.close();
    expect(await joined).toMatchObject({ ended: 'closed' });
    first.steps.push = () => Promise.resolve(NOTHING);
    answer.answer(NOTHING);
    await close();
  });
});

describe('Web Locks, besides', () => {
  test('the lock of a tab that crashed is free at once, whatever its heartbeat says', async () => {
    const locks = new PlayedLocks();
    const store = memoryStore();
    const lock = webLocks(locks.locks, 'journal', store);
    await lock.take({ ...RUN, runId: 'crashed' }, OPTIONS);
    expect(await lock.take(RUN, OPTIONS)).toEqual({ busy: true, runId: 'crashed' });
    locks.crash('logdate-run:text:journal');
    expect(await lock.take(RUN, OPTIONS)).toMatchObject({ busy: false, cutOff: [{ runId: 'crashed' }] });
  });

  test('a robbed holder is told at once', async () => {
    const lock = webLocks(new PlayedLocks().locks, 'journal', memoryStore());
    let robbed = 0;
    await lock.take(RUN, { rob: false, onRobbed: () => void robbed++ });
    const thief = { ...RUN, runId: 'thief', heartbeatAt: FROZEN_AFTER_MS };
    expect(await lock.take(thief, OPTIONS)).toMatchObject({ busy: false });
    await settle();
    expect(robbed).toBe(1);
  });

  test('a holder that froze before it opened its run is robbed after 20 looks', async () => {
    const locks = new PlayedLocks();
    const store = memoryStore();
    let robbed: unknown;
    const begun = locks.locks
      .request('logdate-run:text:journal', {}, () => new Promise(() => undefined))
      .catch((error: unknown) => {
        robbed = error;
      });
    const scene = new Scene('a', { store, lock: webLocks(locks.locks, 'journal', store) });
    const report = scene.manager.syncNow();
    await scene.clock.advance(FROZEN_AFTER_MS - 1_000);
    expect(scene.steps.calls).toEqual([]);
    await scene.clock.advance(1_000);
    expect(await report).toMatchObject({ ended: 'done' });
    await begun;
    expect(robbed).toMatchObject({ name: 'AbortError' });
    await scene.manager.close();
  });

  test('a store that fails while the run is opened does not keep the lock', async () => {
    const locks = new PlayedLocks();
    const store = memoryStore();
    await store.close();
    await expect(webLocks(locks.locks, 'journal', store).take(RUN, OPTIONS)).rejects.toThrow(StoreLostError);
    expect(locks.held).toEqual([]);
  });
});

describe('the rows of runs', () => {
  test('fifty that have ended are kept, and one that is under way however many came after', async () => {
    const store = memoryStore();
    await openRun(store, { ...RUN, runId: 'long', kind: 'media' }, () => false);
    for (let i = 0; i < 120; i++) {
      const run = { ...RUN, runId: `run-${String(i).padStart(3, '0')}`, startedAt: i };
      await openRun(store, run, () => false);
      await closeRun(store, { ...cutOffReport(run), ended: 'done' });
    }
    const kept = (await runs(store)).map(({ runId }) => runId);
    expect(kept.length).toBeLessThanOrEqual(52);
    expect(kept).toContain('long');
    expect(kept).toContain('run-119');
    expect(await beat(store, 'long', { phase: 'media', now: 1 })).toBe(true);
  });

  test('a heartbeat from the future, by a clock that was set back, holds nobody up', async () => {
    const store = memoryStore();
    await openRun(store, { ...RUN, heartbeatAt: 1e12 }, () => false);
    expect(await storeLease(store).take({ ...RUN, runId: 'now', heartbeatAt: 5 }, OPTIONS)).toMatchObject({
      busy: false,
    });
  });
});
