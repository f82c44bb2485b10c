import { expect, test } from '@jest/globals';
import { silentBell } from '../src/bell.js';
import { StoreFullError, StoreLostError } from '../src/store.js';
import type { LocalStore } from '../src/store.js';
import { memoryStore } from '../src/stores/memory.js';
import { TransportError } from '../src/transport.js';
import type { PushStep } from '../src/steps.js';
import { held, Scene } from './run-scene.js';
import { settle } from './virtual-clock.js';

const NO_ANSWER = new TransportError('NO_ANSWER', 'nobody there');
const NOTHING: PushStep = { sent: 0, acknowledged: 0, conflicts: 0, refused: 0, more: false };

/** Closes, and sees that nothing is left behind. */
async function closed(...scenes: Scene[]): Promise<void> {
  for (const scene of scenes) {
    await scene.manager.close();
    expect(scene.surroundings.listening).toBe(0);
    expect(scene.poke).toBeUndefined();
  }
  expect(scenes[0]?.clock.waiting).toBe(0);
}

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

test('a save is backed up by itself', async () => {
  const scene = await new Scene().started();
  await scene.save();
  await scene.clock.advance(999);
  expect(scene.steps.calls).toEqual([]);
  await scene.clock.advance(1);
  expect(scene.steps.calls).toEqual(['push', 'pull']);
  await closed(scene);
});

test('saves during a run cause exactly one more', async () => {
  const scene = await new Scene().started();
  const answer = held<PushStep>();
  scene.steps.push = () => answer.promise;
  await scene.save();
  await scene.clock.advance(1_000);
  expect(scene.steps.calls).toEqual(['push']);
  for (let i = 0; i < 5; i++) {
    await scene.save();
    await scene.clock.advance(2_000);
  }
  scene.steps.push = () => scene.steps.sendOne();
  answer.answer({ ...NOTHING, sent: 1, more: false });
  await scene.clock.advance(10_000);
  expect(await scene.runTriggers()).toEqual(['start', 'save', 'save']);
  await closed(scene);
});

test.each(['foreground', 'online'] as const)('%s during a run is content with it', async (event) => {
  const scene = await new Scene().started();
  const answer = held<PushStep>();
  scene.steps.push = () => answer.promise;
  await scene.save();
  await scene.clock.advance(1_000);
  scene.surroundings.happen(event);
  scene.steps.push = () => scene.steps.sendOne();
  answer.answer({ ...NOTHING, more: true });
  await scene.clock.advance(1_000);
  expect(await scene.runTriggers()).toEqual(['start', 'save']);
  await closed(scene);
});

test('a poke during a run causes one more: its page may have been read already', async () => {
  const scene = await new Scene().started();
  const answer = held<PushStep>();
  scene.steps.push = () => answer.promise;
  await scene.save();
  await scene.clock.advance(1_000);
  scene.poke?.();
  scene.steps.push = () => scene.steps.sendOne();
  answer.answer({ ...NOTHING, more: true });
  await settle();
  expect(await scene.runTriggers()).toEqual(['start', 'save', 'poke']);
  await closed(scene);
});

test('signed out: nothing is tried, also by hand, and everything is kept', async () => {
  const scene = new Scene();
  scene.signedIn.set(false);
  await scene.started();
  await scene.save();
  expect(await scene.manager.syncNow()).toMatchObject({ ended: 'signed-out' });
  expect(scene.steps.calls).toEqual([]);
  await settle();
  expect(scene.manager.status.get()).toMatchObject({
    phase: 'waiting',
    waiting: { reason: 'signed-out', until: null },
    unsynced: 1,
  });
  scene.signedIn.set(true);
  await settle();
  expect(scene.steps.calls).toEqual(['push', 'pull']);
  await closed(scene);
});

test('backup off: nothing leaves this device, also by hand, until it is turned on', async () => {
  const scene = await new Scene().started();
  await scene.manager.turnBackup(false);
  await scene.save();
  await scene.clock.advance(70_000);
  expect(await scene.manager.syncNow()).toMatchObject({ ended: 'backup-off' });
  expect(scene.steps.calls).toEqual([]);
  await scene.manager.turnBackup(true);
  await settle();
  expect(scene.steps.calls).toEqual(['push', 'pull']);
  await closed(scene);
});

test('paused: nothing runs by itself, a manual try does, and resuming goes on', async () => {
  const scene = await new Scene().started();
  await scene.manager.pause();
  await scene.save();
  await scene.clock.advance(70_000);
  expect(scene.steps.calls).toEqual([]);
  expect(scene.manager.status.get().waiting).toEqual({ reason: 'paused', until: null });
  expect(await scene.manager.syncNow()).toMatchObject({ ended: 'done', pushed: 1 });
  await scene.save();
  await scene.manager.resume();
  await settle();
  expect(scene.steps.calls).toEqual(['push', 'pull', 'push', 'pull']);
  await closed(scene);
});

test('pausing stops the run under way', async () => {
  const scene = await new Scene().started();
  scene.steps.push = (signal) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cut'))));
  await scene.save();
  const report = scene.manager.syncNow();
  await settle();
  await scene.manager.pause();
  expect(await report).toMatchObject({ ended: 'paused', error: null });
  await closed(scene);
});

test('offline: nothing is tried by itself, a manual try is, and the network coming back starts a run', async () => {
  const scene = await new Scene().started();
  scene.surroundings.isOnline = false;
  await scene.save();
  await scene.clock.advance(70_000);
  expect(scene.steps.calls).toEqual([]);
  expect(scene.manager.status.get().waiting).toEqual({ reason: 'offline', until: null });
  expect(await scene.manager.syncNow()).toMatchObject({ ended: 'done', pushed: 1 });
  await scene.save();
  scene.surroundings.isOnline = true;
  scene.surroundings.happen('online');
  await settle();
  expect(scene.steps.calls).toEqual(['push', 'pull', 'push', 'pull']);
  await closed(scene);
});

test('after a failure the run waits, tries again at its time, and an acknowledgement forgets the failures', async () => {
  const scene = await new Scene().started();
  scene.random = 1;
  let failing = true;
  scene.steps.push = () => (failing ? Promise.reject(NO_ANSWER) : scene.steps.sendOne());
  await scene.save();
  await scene.clock.advance(1_000);
  expect(scene.manager.status.get()).toMatchObject({
    phase: 'waiting',
    waiting: { reason: 'backoff', until: scene.clock.now() + 1_000 },
    unsynced: 1,
    lastError: { code: 'NO_ANSWER' },
  });
  await scene.clock.advance(1_000);
  expect(scene.steps.count('push')).toBe(2);
  await scene.clock.advance(1_999);
  expect(scene.steps.count('push')).toBe(2);
  failing = false;
  await scene.clock.advance(1);
  expect(scene.steps.calls).toEqual(['push', 'push', 'push', 'pull']);
  expect(scene.manager.status.get()).toMatchObject({ phase: 'idle', waiting: null, unsynced: 0, lastError: null });
  failing = true;
  await scene.save();
  await scene.clock.advance(1_000);
  expect(scene.manager.status.get().waiting?.until).toBe(scene.clock.now() + 1_000);
  await closed(scene);
});

test('a save during a backoff does not end it', async () => {
  const scene = await new Scene().started();
  scene.random = 1;
  scene.steps.push = () => Promise.reject(NO_ANSWER);
  for (let failures = 0; failures < 5; failures++) {
    await scene.save();
    await scene.manager.syncNow();
  }
  const tried = scene.steps.count('push');
  await scene.save();
  await scene.clock.advance(10_000);
  expect(scene.steps.count('push')).toBe(tried);
  await closed(scene);
});

test.each(['foreground', 'online', 'manual', 'connected'] as const)('%s ends a backoff', async (event) => {
  const scene = await new Scene().started();
  scene.random = 1;
  scene.steps.push = () => Promise.reject(NO_ANSWER);
  await scene.save();
  await scene.manager.syncNow();
  scene.steps.push = () => scene.steps.sendOne();
  if (event === 'manual') await scene.manager.syncNow();
  else if (event === 'connected') await scene.manager.connected();
  else scene.surroundings.happen(event);
  await settle();
  expect(scene.manager.status.get()).toMatchObject({ unsynced: 0, waiting: null });
  await closed(scene);
});

test.each(['RATE_LIMITED', 'UNAVAILABLE'] as const)('nothing ends the Retry-After of %s but its time', async (code) => {
  const scene = await new Scene().started();
  scene.steps.push = () => Promise.reject(new TransportError(code, 'later', { retryAfterMs: 30_000 }));
  await scene.save();
  await scene.clock.advance(1_000);
  scene.steps.push = () => scene.steps.sendOne();
  const reason = code === 'RATE_LIMITED' ? 'rate-limited' : 'backoff';
  expect(scene.manager.status.get().waiting).toEqual({ reason, until: scene.clock.now() + 30_000 });
  scene.surroundings.happen('foreground');
  scene.surroundings.happen('online');
  scene.poke?.();
  expect(await scene.manager.syncNow()).toMatchObject({ ended: reason });
  await scene.clock.advance(29_999);
  expect(scene.steps.count('push')).toBe(1);
  await scene.clock.advance(1);
  expect(scene.steps.count('push')).toBe(2);
  await closed(scene);
});

test('a Retry-After holds after a reload, and in the other tab', async () => {
  const scene = await new Scene().started();
  scene.steps.push = () => Promise.reject(new TransportError('RATE_LIMITED', 'later', { retryAfterMs: 30_000 }));
  await scene.save();
  await scene.manager.syncNow();
  const other = await new Scene('b', { clock: scene.clock, store: scene.store }).started();
  expect(await other.manager.syncNow()).toMatchObject({ ended: 'rate-limited' });
  expect(other.steps.calls).toEqual([]);
  await closed(scene, other);
});

test('a session that ends in a run waits for a sign-in and drops nothing', async () => {
  const scene = await new Scene().started();
  scene.steps.push = () => Promise.reject(new TransportError('UNAUTHENTICATED', 'no', { httpStatus: 401 }));
  await scene.save();
  expect(await scene.manager.syncNow()).toMatchObject({ ended: 'signed-out', error: { code: 'UNAUTHENTICATED' } });
  await settle();
  expect(scene.manager.status.get()).toMatchObject({ waiting: { reason: 'signed-out', until: null }, unsynced: 1 });
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

test.each([
  { error: new StoreFullError('no room'), reason: 'store-full' },
  { error: new StoreLostError('gone'), reason: 'store-lost' },
] as const)('$reason stays in sight until a run completes', async ({ error, reason }) => {
  const scene = await new Scene().started();
  scene.steps.push = () => Promise.reject(error);
  await scene.save();
  expect(await scene.manager.syncNow()).toMatchObject({ ended: reason });
  await settle();
  expect(scene.manager.status.get()).toMatchObject({ phase: 'waiting', waiting: { reason, until: null } });
  scene.steps.push = () => scene.steps.sendOne();
  await scene.manager.syncNow();
  await settle();
  expect(scene.manager.status.get()).toMatchObject({ phase: 'idle', waiting: null });
  await closed(scene);
});

test('a save that met a full device is said without any run', async () => {
  const scene = await new Scene().started();
  scene.manager.storeFailed(new StoreFullError('no room'));
  expect(scene.manager.status.get().waiting).toEqual({ reason: 'store-full', until: null });
  await closed(scene);
});

test('an error stays in sight while the next try has not been answered', async () => {
  const scene = await new Scene().started();
  scene.steps.push = () => Promise.reject(NO_ANSWER);
  await scene.save();
  await scene.manager.syncNow();
  await settle();
  const seen: string[] = [];
  scene.manager.status.subscribe(({ phase }) => void seen.push(phase));
  await scene.manager.syncNow();
  await settle();
  expect(new Set(seen)).toEqual(new Set(['waiting']));
  await closed(scene);
});

test('whenSynced answers when the row has left the outbox', async () => {
  const scene = await new Scene().started();
  const id = await scene.save();
  let answered = false;
  const synced = scene.manager.whenSynced({ id }).then(() => {
    answered = true;
  });
  await scene.clock.advance(999);
  expect(answered).toBe(false);
  await scene.clock.advance(1);
  await synced;
  await scene.manager.whenSynced();
  await closed(scene);
});

test('whenSynced ends with its signal, and when the journal is closed', async () => {
  const scene = new Scene();
  await scene.save();
  const stop = new AbortController();
  const reasons: unknown[] = [];
  const keep = (reason: unknown): void => void reasons.push(reason);
  const stopped = scene.manager.whenSynced(undefined, { signal: stop.signal }).catch(keep);
  const cut = scene.manager.whenSynced().catch(keep);
  await settle();
  stop.abort(new Error('enough'));
  await stopped;
  await closed(scene);
  await cut;
  expect(reasons).toMatchObject([{ message: 'enough' }, { why: 'closed' }]);
});

test('without automatic nothing runs by itself', async () => {
  const scene = new Scene();
  scene.manager.start({ automatic: false });
  await scene.save();
  await scene.clock.advance(3_600_000);
  expect(scene.steps.calls).toEqual([]);
  scene.steps.push = () => Promise.reject(NO_ANSWER);
  await scene.manager.syncNow();
  expect(scene.clock.waiting).toBe(0);
  await closed(scene);
});

test('closing stops the run under way, and answers everybody who waits for one', async () => {
  const scene = await new Scene().started();
  scene.steps.push = (signal) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cut'))));
  await scene.save();
  const first = scene.manager.syncNow();
  await settle();
  const second = scene.manager.syncNow();
  await closed(scene);
  expect([(await first).ended, (await second).ended]).toEqual(['closed', 'closed']);
  expect((await scene.manager.syncNow()).ended).toBe('closed');
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

test('a store that cannot keep the backoff does not make the device ask without a pause', async () => {
  const store = memoryStore();
  let full = false;
  const transaction: LocalStore['transaction'] = (mode, tables, body) =>
    full && mode === 'write' && tables.includes('settings')
      ? Promise.reject(new StoreFullError('no room'))
      : store.transaction(mode, tables, body);
  const watched = { transaction, close: () => store.close(), destroy: () => store.destroy() };
  const scene = await new Scene('a', { store: watched }).started();
  scene.random = 1;
  scene.steps.push = () => Promise.reject(NO_ANSWER);
  await scene.save();
  full = true;
  await scene.manager.syncNow();
  scene.poke?.();
  await scene.clock.advance(999);
  expect(scene.steps.count('push')).toBe(1);
  await scene.clock.advance(1);
  expect(scene.steps.count('push')).toBe(2);
  await closed(scene);
});

test('a session that ends during a run stops it', async () => {
  const scene = await new Scene().started();
  scene.steps.push = (signal) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cut'))));
  await scene.save();
  const report = scene.manager.syncNow();
  await settle();
  scene.signedIn.set(false);
  expect(await report).toMatchObject({ ended: 'signed-out', error: null });
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

test('a save that ends after the journal was closed rings nobody and starts nothing', async () => {
  let rings = 0;
  const scene = await new Scene('a', { bell: { ...silentBell, ring: () => void rings++ } }).started();
  await scene.manager.close();
  const before = rings;
  await scene.save();
  expect(rings).toBe(before);
  expect(scene.clock.waiting).toBe(0);
});
