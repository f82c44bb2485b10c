import { expect, test } from '@jest/globals';
import { TransportError } from '../src/transport.js';
import { untilAborted } from './played-steps.js';
import { closed, Scene } from './run-scene.js';
import { settle } from './virtual-clock.js';

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
  scene.steps.push = untilAborted;
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

test('a session that ends in a run waits for a sign-in and drops nothing', async () => {
  const scene = await new Scene().started();
  scene.steps.push = () => Promise.reject(new TransportError('UNAUTHENTICATED', 'no', { httpStatus: 401 }));
  await scene.save();
  expect(await scene.manager.syncNow()).toMatchObject({ ended: 'signed-out', error: { code: 'UNAUTHENTICATED' } });
  await settle();
  expect(scene.manager.status.get()).toMatchObject({ waiting: { reason: 'signed-out', until: null }, unsynced: 1 });
  await closed(scene);
});

test('a session that ends during a run stops it', async () => {
  const scene = await new Scene().started();
  scene.steps.push = untilAborted;
  await scene.save();
  const report = scene.manager.syncNow();
  await settle();
  scene.signedIn.set(false);
  expect(await report).toMatchObject({ ended: 'signed-out', error: null });
  await closed(scene);
});
