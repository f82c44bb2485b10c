import { expect, test } from '@jest/globals';
import type { MediaStep } from '../src/steps.js';
import { putSetting } from '../src/sync-settings.js';
import { TransportError } from '../src/transport.js';
import { NO_ANSWER, untilAborted } from './played-steps.js';
import { held, Scene } from './run-scene.js';
import { settle } from './virtual-clock.js';

/** A scene in which a file is going up, until the test answers. */
async function uploading() {
  const scene = await new Scene().started();
  const answer = held<MediaStep>();
  scene.steps.media = () => answer.promise;
  await scene.addFile();
  await scene.clock.advance(1_000);
  expect(scene.steps.calls).toEqual(['pull', 'media']);
  scene.steps.calls.length = 0;
  return { scene, answer };
}

async function closed(scene: Scene): Promise<void> {
  await scene.manager.close();
  expect(scene.clock.waiting).toBe(0);
}

test('files go up after the words', async () => {
  const scene = await new Scene().started();
  await scene.addFile();
  await scene.addFile();
  await scene.save();
  await scene.clock.advance(1_000);
  expect(scene.steps.calls).toEqual(['push', 'pull', 'media', 'media']);
  await scene.manager.whenMediaIdle();
  expect(scene.manager.status.get()).toMatchObject({ phase: 'idle', media: { waiting: 0 } });
  await closed(scene);
});

test('a save during an upload starts a run at once, beside the file', async () => {
  const { scene, answer } = await uploading();
  await scene.save();
  await scene.clock.advance(1_000);
  expect(scene.steps.calls).toEqual(['push', 'pull']);
  expect(scene.manager.status.get()).toMatchObject({ phase: 'media', unsynced: 0 });
  await scene.manager.syncNow();
  expect(scene.steps.calls).toEqual(['push', 'pull', 'pull']);
  answer.answer({ more: false, until: null });
  await closed(scene);
});

test('no further piece of a file goes up while words wait, and it goes on after them', async () => {
  const { scene, answer } = await uploading();
  await scene.save();
  scene.steps.media = () => scene.steps.sendFile();
  answer.answer({ more: true, until: null });
  await settle();
  expect(scene.steps.calls).toEqual([]);
  await scene.clock.advance(1_000);
  expect(scene.steps.calls).toEqual(['push', 'pull', 'media']);
  await closed(scene);
});

test('no further piece goes up once files are paused, words do, and it goes on when they are resumed', async () => {
  const { scene, answer } = await uploading();
  await putSetting(scene.store, 'media-paused', true);
  scene.manager.changed();
  scene.steps.media = () => scene.steps.sendFile();
  answer.answer({ more: true, until: null });
  await scene.save();
  await scene.clock.advance(1_000);
  expect(await scene.manager.syncNow()).toMatchObject({ ended: 'done' });
  await scene.manager.whenMediaIdle();
  expect(scene.steps.calls).toEqual(['push', 'pull', 'pull']);
  expect(scene.manager.status.get()).toMatchObject({ phase: 'idle', unsynced: 0, media: { waiting: 1, paused: true } });
  await putSetting(scene.store, 'media-paused', undefined);
  scene.manager.saved();
  await scene.clock.advance(1_000);
  expect(scene.steps.calls).toEqual(['push', 'pull', 'pull', 'pull', 'media']);
  await closed(scene);
});

test('files wait while words are held back', async () => {
  const scene = await new Scene().started();
  scene.steps.push = () => Promise.reject(NO_ANSWER);
  await scene.addFile();
  await scene.save();
  await scene.clock.advance(60_000);
  expect(scene.steps.count('media')).toBe(0);
  await closed(scene);
});

test('entries that wait for the person do not hold up files', async () => {
  const scene = await new Scene().started();
  await scene.save('conflict');
  await scene.addFile();
  await scene.clock.advance(1_000);
  expect(scene.steps.count('media')).toBe(1);
  await closed(scene);
});

test('a file that fails waits for itself alone: words go on', async () => {
  const scene = await new Scene().started();
  scene.random = 1;
  scene.steps.media = () => Promise.reject(NO_ANSWER);
  await scene.addFile();
  await scene.clock.advance(1_000);
  expect(scene.steps.count('media')).toBe(1);
  await scene.save();
  scene.steps.calls.length = 0;
  expect(await scene.manager.uploadPendingChanges()).toMatchObject({ ended: 'done', pushed: 1 });
  await closed(scene);
});

test('a file that failed is tried again when its backoff ends', async () => {
  const scene = await new Scene().started();
  scene.random = 1;
  scene.steps.media = () => Promise.reject(NO_ANSWER);
  await scene.addFile();
  await scene.clock.advance(1_000);
  await scene.clock.advance(999);
  expect(scene.steps.count('media')).toBe(1);
  scene.steps.media = () => scene.steps.sendFile();
  await scene.clock.advance(1);
  expect(scene.steps.count('media')).toBe(2);
  await closed(scene);
});

test('the Retry-After of a file holds back words too', async () => {
  const scene = await new Scene().started();
  scene.steps.media = () => Promise.reject(new TransportError('RATE_LIMITED', 'later', { retryAfterMs: 30_000 }));
  await scene.addFile();
  await scene.clock.advance(1_000);
  await scene.save();
  expect(await scene.manager.syncNow()).toMatchObject({ ended: 'rate-limited' });
  scene.steps.media = () => scene.steps.sendFile();
  scene.steps.calls.length = 0;
  await scene.clock.advance(30_000);
  expect(scene.steps.calls).toEqual(['push', 'pull', 'media']);
  await closed(scene);
});

test('a file that may be tried later is tried then', async () => {
  const scene = await new Scene().started();
  await scene.addFile();
  const until = scene.clock.now() + 21_000;
  scene.steps.media = () => Promise.resolve({ more: false, until });
  await scene.clock.advance(1_000);
  scene.steps.media = () => scene.steps.sendFile();
  await scene.clock.advance(19_999);
  expect(scene.steps.count('media')).toBe(1);
  await scene.clock.advance(1);
  expect(scene.steps.count('media')).toBe(2);
  await closed(scene);
});

test('a file whose time has come already is not asked for in a circle', async () => {
  const scene = await new Scene().started();
  scene.steps.media = () => Promise.resolve({ more: false, until: 0 });
  await scene.addFile();
  await scene.clock.advance(11_000);
  expect(scene.steps.count('media')).toBeLessThanOrEqual(11);
  await closed(scene);
});

test('pausing stops the file under way, resuming goes on', async () => {
  const scene = await new Scene().started();
  scene.steps.media = untilAborted;
  await scene.addFile();
  await scene.clock.advance(1_000);
  await scene.manager.pause();
  await scene.manager.whenMediaIdle();
  await settle();
  expect(scene.manager.status.get().phase).toBe('waiting');
  scene.steps.media = () => scene.steps.sendFile();
  await scene.manager.resume();
  await settle();
  expect(scene.manager.status.get()).toMatchObject({ phase: 'idle', media: { waiting: 0 } });
  await closed(scene);
});

test('two tabs do not send the same file at once', async () => {
  const { scene, answer } = await uploading();
  const other = await new Scene('b', { clock: scene.clock, store: scene.store }).started();
  await other.manager.syncNow();
  await other.manager.whenMediaIdle();
  expect(other.steps.count('media')).toBe(0);
  await other.manager.close();
  answer.answer({ more: false, until: null });
  await closed(scene);
});

test.each(['foreground', 'online', 'manual'] as const)('%s ends the backoff of files too', async (event) => {
  const scene = await new Scene().started();
  scene.random = 1;
  scene.steps.media = () => Promise.reject(NO_ANSWER);
  await scene.addFile();
  await scene.clock.advance(1_000);
  scene.steps.media = () => scene.steps.sendFile();
  if (event === 'manual') await scene.manager.syncNow();
  else scene.surroundings.happen(event);
  await settle();
  expect(scene.steps.count('media')).toBe(2);
  await closed(scene);
});

test('whenSynced waits for a file, and without a row for all of them', async () => {
  const { scene, answer } = await uploading();
  const [id] = (await scene.store.transaction('read', ['media'], (t) => t.list('media'))).map((file) => file.id);
  const answered: string[] = [];
  const one = scene.manager.whenSynced({ id: id ?? '' }).then(() => answered.push('one'));
  const all = scene.manager.whenSynced().then(() => answered.push('all'));
  await settle();
  expect(answered).toEqual([]);
  await scene.steps.sendFile();
  answer.answer({ more: false, until: null });
  await Promise.all([one, all]);
  await closed(scene);
});
