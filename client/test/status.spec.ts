import { expect, test } from '@jest/globals';
import { assert, array, constant, nat, oneof, property, record } from 'fast-check';
import { mediaProgress, NO_MEDIA } from '../src/media/media-progress.js';
import { RunProgress } from '../src/progress.js';
import type { Progress } from '../src/progress.js';
import type { SyncStatus } from '../src/sync-status.js';
import type { MediaEntry } from '../src/tables.js';
import { Scene } from './run-scene.js';
import { playedBells } from './support/played-bells.js';
import { settle } from './virtual-clock.js';

test('progress never runs backwards and never exceeds its total', () => {
  const step = record({
    direction: oneof(constant('up' as const), constant('down' as const)),
    worked: nat(500),
    left: nat(5_000),
  });
  assert(
    property(array(step), (steps) => {
      const progress = new RunProgress();
      const last: Partial<Record<Progress['direction'], Progress>> = {};
      for (const { direction, worked, left } of steps) {
        const now = progress.advance(direction, worked, left);
        const before = last[direction] ?? { done: 0, total: 0 };
        expect(now.done).toBe(before.done + worked);
        expect(now.total).toBeGreaterThanOrEqual(Math.max(now.done, before.total));
        last[direction] = now;
      }
    }),
  );
});

test('the share that is done never falls while nothing is added', () => {
  const progress = new RunProgress();
  const shares = [100, 60, 30, 0].map((left) => {
    const { done, total } = progress.advance('up', 30, left);
    return done / total;
  });
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
});

test('bytes of files never run backwards, whatever becomes of an upload', () => {
  const file = record({ id: nat(8).map(String), size: nat(1_000), share: nat(100) });
  assert(
    property(array(array(file), { minLength: 1 }), (looks) => {
      let before = NO_MEDIA;
      for (const look of looks) {
        const byId = new Map(look.map(({ id, share }) => [id, share]));
        // A file keeps its size; how much of it the server has may change in any way.
        const queued = [...byId].map(([id, share]) => entry(id, 100 + Number(id), Math.floor(share / 2)));
        const now = mediaProgress(before, queued);
        expect(now.sentBytes).toBeLessThanOrEqual(now.totalBytes);
        if (queued.length > 0) {
          expect(now.sentBytes).toBeGreaterThanOrEqual(before.sentBytes);
          expect(now.totalBytes).toBeGreaterThanOrEqual(before.totalBytes);
          expect(now.seen.size).toBeGreaterThanOrEqual(now.waiting);
        } else expect(now).toEqual(NO_MEDIA);
        before = now;
      }
    }),
  );
});

function entry(id: string, size: number, offset: number): MediaEntry {
  return {
    id,
    contentId: 'entry',
    fileName: 'rain.png',
    mimeType: 'image/png',
    createdAt: 0,
    seq: 0,
    size,
    sha256: '',
    state: 'waiting',
    mutationId: '',
    uploadUrl: null,
    offset,
    retryCount: 0,
    nextAttemptAt: 0,
    lastError: null,
  };
}

test('the status of a run counts up to its end', async () => {
  const scene = await new Scene().started();
  for (let i = 0; i < 4; i++) await scene.save();
  const seen: SyncStatus['progress'][] = [];
  scene.manager.status.subscribe(({ progress }) => void seen.push(progress));
  await scene.manager.syncNow();
  const up = seen.filter((progress) => progress?.direction === 'up').map((progress) => progress?.done);
  expect([...new Set(up)]).toEqual([1, 2, 3, 4]);
  expect(seen.filter((progress) => progress?.direction === 'up').every((progress) => progress?.total === 4)).toBe(true);
  expect(seen.at(-1)).toBeNull();
  await scene.manager.close();
});

test('the status counts files, and the one that goes up now', async () => {
  const scene = await new Scene().started();
  await scene.addFile({ size: 300 });
  await scene.addFile({ size: 100, state: 'quota' });
  await scene.addFile({ size: 50, state: 'refused' });
  const media: SyncStatus['media'][] = [];
  scene.manager.status.subscribe((status) => void media.push(status.media));
  await settle();
  expect(media.at(-1)).toEqual({
    waiting: 2,
    sentBytes: 0,
    totalBytes: 400,
    file: 1,
    files: 2,
    quotaFull: true,
    paused: false,
  });
  await scene.manager.syncNow();
  await scene.manager.whenMediaIdle();
  await settle();
  expect(media).toContainEqual({
    waiting: 1,
    sentBytes: 300,
    totalBytes: 400,
    file: 2,
    files: 2,
    quotaFull: true,
    paused: false,
  });
  await scene.manager.close();
});

test('what one tab saves, sends and pauses shows in the other', async () => {
  const bell = playedBells();
  const first = await new Scene('first', { bell: bell() }).started();
  const shared = { clock: first.clock, store: first.store, bell: bell() };
  const second = await new Scene('second', shared).started();
  const id = await first.save();
  await settle();
  expect(second.manager.status.get().unsynced).toBe(1);
  const synced = second.manager.whenSynced({ id });
  await first.clock.advance(1_000);
  await synced;
  expect(second.manager.status.get()).toMatchObject({ unsynced: 0, lastCompletedAt: first.clock.now() });
  await first.manager.pause();
  await settle();
  expect(second.manager.status.get().waiting?.reason).toBe('paused');
  await first.manager.close();
  await second.manager.close();
  expect(first.clock.waiting).toBe(0);
});

test('a listener of the status that throws stops no run', async () => {
  const scene = new Scene();
  let first = true;
  scene.manager.status.subscribe(() => {
    if (!first) throw new Error('a fault of the page');
    first = false;
  });
  await scene.save();
  expect(await scene.manager.syncNow()).toMatchObject({ ended: 'done', pushed: 1 });
  await scene.manager.close();
});
