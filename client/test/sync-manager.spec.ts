import { expect, test } from '@jest/globals';
import { Scene } from './run-scene.js';

test('a manual run sends the outbox, reads the feeds and says so', async () => {
  const scene = new Scene();
  await scene.save();
  await scene.save();
  let pages = 2;
  scene.steps.pull = () => {
    pages -= 1;
    return Promise.resolve({ applied: 3, hasMore: pages > 0, remaining: 3 * pages });
  };
  const report = await scene.manager.syncNow();
  expect(report).toMatchObject({ ended: 'done', pushed: 2, pulled: 6, error: null });
  expect(scene.steps.calls).toEqual(['push', 'push', 'pull', 'pull']);
  await scene.clock.advance(0);
  expect(scene.manager.status.get()).toMatchObject({ phase: 'idle', unsynced: 0, lastCompletedAt: scene.clock.now() });
  await scene.manager.close();
  expect(scene.clock.waiting).toBe(0);
});
