import { expect, test } from '@jest/globals';
import { NO_ANSWER, NOTHING } from './played-steps.js';
import { closed, Scene } from './run-scene.js';
import { settle } from './virtual-clock.js';

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
  const answer = await scene.saveAndSend();
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
  const answer = await scene.saveAndSend();
  scene.surroundings.happen(event);
  scene.steps.push = () => scene.steps.sendOne();
  answer.answer({ ...NOTHING, more: true });
  await scene.clock.advance(1_000);
  expect(await scene.runTriggers()).toEqual(['start', 'save']);
  await closed(scene);
});

test.each(['poke', 'connected'] as const)(
  'a line that tells %s during a run causes one more: its page may have been read already',
  async (told) => {
    const scene = await new Scene().started();
    const answer = await scene.saveAndSend();
    scene[told]?.();
    scene.steps.push = () => scene.steps.sendOne();
    answer.answer({ ...NOTHING, more: true });
    await settle();
    expect(await scene.runTriggers()).toEqual(['start', 'save', told]);
    await closed(scene);
  },
);

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
