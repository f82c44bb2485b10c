import { expect, test } from '@jest/globals';
import { StoreFullError, StoreLostError } from '../src/store.js';
import type { LocalStore } from '../src/store.js';
import { memoryStore } from '../src/stores/memory.js';
import { TransportError } from '../src/transport.js';
import { NO_ANSWER } from './played-steps.js';
import { closed, Scene } from './run-scene.js';
import { settle } from './virtual-clock.js';

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

test.each(['foreground', 'online', 'manual', 'connected', 'sign-in'] as const)('%s ends a backoff', async (event) => {
  const scene = await new Scene().started();
  scene.random = 1;
  scene.steps.push = () => Promise.reject(NO_ANSWER);
  await scene.save();
  await scene.manager.syncNow();
  scene.steps.push = () => scene.steps.sendOne();
  if (event === 'manual') await scene.manager.syncNow();
  else if (event === 'connected') scene.connected?.();
  else if (event === 'sign-in') {
    scene.signedIn.set(false);
    scene.signedIn.set(true);
  } else scene.surroundings.happen(event);
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

test('a device that was full is said until a save goes well, also where no run ever comes', async () => {
  const scene = await new Scene().started();
  scene.signedIn.set(false);
  await settle();
  scene.manager.storeFailed(new StoreFullError('no room'));
  expect(scene.manager.status.get().waiting?.reason).toBe('store-full');
  await scene.save();
  await settle();
  expect(scene.manager.status.get().waiting?.reason).toBe('signed-out');
  await closed(scene);
});
