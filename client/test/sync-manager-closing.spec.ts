import { expect, test } from '@jest/globals';
import { silentBell } from '../src/bell.js';
import { untilAborted } from './played-steps.js';
import { closed, Scene } from './run-scene.js';
import { settle } from './virtual-clock.js';

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

test('closing stops the run under way, and answers everybody who waits for one', async () => {
  const scene = await new Scene().started();
  scene.steps.push = untilAborted;
  await scene.save();
  const first = scene.manager.syncNow();
  await settle();
  const second = scene.manager.syncNow();
  await closed(scene);
  expect([(await first).ended, (await second).ended]).toEqual(['closed', 'closed']);
  expect((await scene.manager.syncNow()).ended).toBe('closed');
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
