import { expect, test } from '@jest/globals';
import type { LocalStore } from '../src/store.js';
import { memoryStore } from '../src/stores/memory.js';
import { TransportError } from '../src/transport.js';
import { NO_ANSWER, NOTHING } from './played-steps.js';
import { closed, Scene } from './run-scene.js';
import { settle } from './virtual-clock.js';

test('a run sends the outbox, reads the feeds and says so', async () => {
  const scene = new Scene();
  await scene.save();
  await scene.save();
  let pages = 2;
  scene.steps.pull = () => {
    pages -= 1;
    return Promise.resolve({ applied: 3, hasMore: pages > 0, remaining: 3 * pages });
  };
  const report = await scene.manager.syncNow();
  expect(report).toMatchObject({ ended: 'done', trigger: 'manual', pushed: 2, pulled: 6, error: null });
  expect(scene.steps.calls).toEqual(['push', 'push', 'pull', 'pull']);
  await settle();
  expect(scene.manager.status.get()).toMatchObject({
    phase: 'idle',
    unsynced: 0,
    firstDownloadDone: true,
    lastCompletedAt: scene.clock.now(),
  });
  await closed(scene);
});

test('uploading only sends, downloading only reads', async () => {
  const scene = new Scene();
  await scene.save();
  expect(await scene.manager.uploadPendingChanges()).toMatchObject({ ended: 'done', pushed: 1, pulled: 0 });
  expect(scene.steps.calls).toEqual(['push']);
  await scene.save();
  expect(await scene.manager.downloadRemoteChanges()).toMatchObject({ ended: 'done', pushed: 0 });
  expect(scene.steps.calls).toEqual(['push', 'pull']);
  await closed(scene);
});

test('what is asked for at the same moment is one run', async () => {
  const scene = new Scene();
  await scene.save();
  const asked = [scene.manager.uploadPendingChanges(), scene.manager.downloadRemoteChanges()];
  const [first, second] = await Promise.all(asked);
  // The first had begun when the second was asked for.
  expect(scene.steps.calls).toEqual(['push', 'pull']);
  expect(first?.runId).not.toBe(second?.runId);
  scene.steps.calls.length = 0;
  const three = [scene.manager.syncNow(), scene.manager.syncNow(), scene.manager.syncNow()];
  const ids = (await Promise.all(three)).map(({ runId }) => runId);
  expect(new Set(ids).size).toBe(2);
  expect(scene.steps.calls).toEqual(['pull', 'pull']);
  await closed(scene);
});

test('what pulling made sendable is sent in the same run, for at most three rounds', async () => {
  const scene = new Scene();
  scene.steps.pull = async () => {
    await scene.save();
    return { applied: 1, hasMore: false, remaining: 0 };
  };
  expect(await scene.manager.syncNow()).toMatchObject({ ended: 'done', pushed: 2, pulled: 3 });
  expect(scene.steps.calls).toEqual(['pull', 'push', 'pull', 'push', 'pull']);
  await closed(scene);
});

test('entries that wait for the person are not tried', async () => {
  const scene = new Scene();
  await scene.save('conflict');
  await scene.save('refused');
  expect(await scene.manager.syncNow()).toMatchObject({ ended: 'done', pushed: 0 });
  expect(scene.steps.calls).toEqual(['pull']);
  await settle();
  expect(scene.manager.status.get().unsynced).toBe(2);
  await closed(scene);
});

test('another epoch begins a reconcile, and what was to be sent goes after it', async () => {
  const scene = await new Scene().started();
  const epochChanged = new TransportError('EPOCH_CHANGED', 'restored', { httpStatus: 409 });
  scene.steps.push = () => Promise.reject(epochChanged);
  scene.steps.reconcile = () => {
    scene.steps.push = () => scene.steps.sendOne();
    return Promise.resolve();
  };
  const phases = new Set<string>();
  scene.manager.status.subscribe(({ phase }) => void phases.add(phase));
  await scene.save();
  expect(await scene.manager.syncNow()).toMatchObject({ ended: 'done', pushed: 1 });
  expect(scene.steps.calls).toEqual(['push', 'reconcile', 'pull', 'pull', 'push', 'pull']);
  expect(phases).toContain('reconciling');
  await closed(scene);
});

test('a server that answers every reconcile with another epoch is waited out', async () => {
  const scene = await new Scene().started();
  scene.steps.pull = () => Promise.reject(new TransportError('EPOCH_CHANGED', 'restored'));
  expect(await scene.manager.syncNow()).toMatchObject({ ended: 'backoff', error: { code: 'EPOCH_CHANGED' } });
  expect(scene.steps.count('reconcile')).toBe(2);
  await closed(scene);
});

test('steps that move nothing end the run instead of asking for ever', async () => {
  const scene = await new Scene().started();
  scene.steps.push = () => Promise.resolve({ ...NOTHING, sent: 1, more: true });
  await scene.save();
  expect(await scene.manager.syncNow()).toMatchObject({ ended: 'backoff', error: { code: 'INTERNAL' } });
  expect(scene.steps.count('push')).toBe(33);
  await closed(scene);
});

test('a fault of our own is said and waited out; the run after it goes on', async () => {
  const scene = await new Scene().started();
  scene.steps.push = () => Promise.reject(new TypeError('undefined is not a diary'));
  await scene.save();
  expect(await scene.manager.syncNow()).toMatchObject({ ended: 'backoff', error: { code: 'INTERNAL' } });
  scene.steps.push = () => scene.steps.sendOne();
  expect(await scene.manager.syncNow()).toMatchObject({ ended: 'done', pushed: 1 });
  await closed(scene);
});

test('a look that finds nothing is not worth a line of the log, a failure is', async () => {
  const scene = await new Scene().started();
  await scene.clock.advance(600_000);
  expect(await scene.runTriggers()).toHaveLength(11);
  expect(scene.logged.filter(([event]) => event === 'run-ended')).toHaveLength(1);
  scene.steps.pull = () => Promise.reject(NO_ANSWER);
  await scene.manager.syncNow();
  expect(scene.logged.at(-1)).toMatchObject(['run-ended', { ended: 'backoff', error: { code: 'NO_ANSWER' } }]);
  await closed(scene);
});

test('whoever waited for a run reads the status as it is after it', async () => {
  const store = memoryStore();
  const transaction: LocalStore['transaction'] = async (mode, tables, body) => {
    // Counting is slow on a device with many entries.
    if (tables.includes('conflicts')) await settle();
    return store.transaction(mode, tables, body);
  };
  const slow = { transaction, close: () => store.close(), destroy: () => store.destroy() };
  const scene = await new Scene('a', { store: slow }).started();
  await scene.save();
  await scene.save('conflict');
  await scene.manager.syncNow();
  expect(scene.manager.status.get()).toMatchObject({ phase: 'idle', unsynced: 1 });
  await closed(scene);
});
