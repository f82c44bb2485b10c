import { beforeEach, describe, expect, test } from '@jest/globals';
import { dropUpload, retryUpload, UPLOAD_TABLES } from '../src/media/media-edits.js';
import { TransportError, type ErrorCode } from '../src/transport.js';
import { bytesOf } from './support/media-device.js';
import { LARGE, MediaQueueScene, SMALL } from './support/media-queue-scene.js';

let scene: MediaQueueScene;
beforeEach(() => void (scene = new MediaQueueScene()));

describe('what the server refuses', () => {
  test.each<ErrorCode>(['TOO_LARGE', 'BAD_USER_INPUT', 'FORBIDDEN'])(
    'with %s is listed, and can be tried again',
    async (code) => {
      const id = await scene.add(LARGE);
      scene.server.fails('begin', code);
      expect(await scene.work()).toBeNull();
      expect(scene.refusals()).toMatchObject([{ type: 'media', id, code, at: scene.device.clock.now() }]);
      expect(await scene.work()).toBeNull();
      expect(scene.server.count('begin')).toBe(1);
      await scene.device.engine.store.transaction('write', UPLOAD_TABLES, (transaction) =>
        retryUpload(transaction, id),
      );
      await scene.work();
      expect([scene.refusals(), scene.isAtServer(id, LARGE)]).toEqual([[], true]);
    },
  );

  test('can be given up with its bytes', async () => {
    const id = await scene.add(SMALL);
    scene.server.fails('uploadWhole', 'FORBIDDEN');
    await scene.work();
    await scene.device.engine.store.transaction('write', UPLOAD_TABLES, (transaction) => dropUpload(transaction, id));
    expect([scene.refusals(), scene.entries(), scene.blobs()]).toEqual([[], [], 0]);
  });

  describe('because other bytes arrived', () => {
    /** Turns a bit of each first chunk on the way, so many times. */
    const flip = (times: number): void => {
      let left = times;
      const append = scene.server.append.bind(scene.server);
      scene.server.append = (url, offset, bytes) => {
        const sent = bytes.slice();
        if (offset === 0 && left > 0) {
          left -= 1;
          sent[7] = (sent[7] ?? 0) ^ 1;
        }
        return append(url, offset, sent);
      };
    };

    test('is sent from 0 once more', async () => {
      flip(1);
      const id = await scene.add(LARGE);
      await scene.persist();
      expect(scene.isAtServer(id, LARGE)).toBe(true);
      expect(scene.server.count('complete')).toBe(2);
    });

    test('a second time is listed', async () => {
      flip(9);
      const id = await scene.add(LARGE);
      await scene.persist();
      expect(scene.refusals()).toMatchObject([{ id, code: 'DIGEST_MISMATCH' }]);
      expect(scene.server.count('complete')).toBe(2);
      // What the person has is kept.
      expect(scene.blobs()).toBe(36);
    });

    test('a second time is listed also when the line was cut in between', async () => {
      flip(9);
      const id = await scene.add(LARGE);
      while (scene.server.count('complete') === 0) await scene.queue.step(scene.signal);
      scene.server.fails('begin', 'NO_ANSWER');
      await scene.persist();
      expect(scene.server.count('complete')).toBe(2);
      expect(scene.refusals()).toMatchObject([{ id, code: 'DIGEST_MISMATCH' }]);
    });

    test('is listed at once when the bytes on this device are no longer the ones that were added', async () => {
      const id = await scene.add(LARGE);
      await scene.device.engine.store.transaction('write', ['blobs'], async (transaction) => {
        const piece = await transaction.get('blobs', [id, 0]);
        if (piece !== undefined)
          await transaction.put('blobs', { ...piece, bytes: piece.bytes.map((byte) => byte ^ 1) });
      });
      await scene.persist();
      expect(scene.server.count('complete')).toBe(1);
      expect(scene.refusals()).toMatchObject([{ id, code: 'DIGEST_MISMATCH' }]);
    });

    test('and bytes that are missing on this device are listed, not sent', async () => {
      const id = await scene.add(LARGE);
      await scene.device.engine.store.transaction('write', ['blobs'], (transaction) =>
        transaction.delete('blobs', [id, 3]),
      );
      await scene.persist();
      expect(scene.refusals()).toMatchObject([{ id, code: 'DIGEST_MISMATCH' }]);
    });
  });
});

describe('a full storage plan', () => {
  test('holds back the files that are no smaller, and a smaller one goes', async () => {
    const first = await scene.add(SMALL);
    const larger = await scene.add(bytesOf(SMALL.length + 1));
    const smaller = await scene.add(bytesOf(10));
    scene.server.script = (call, id) => {
      if (call === 'uploadWhole' && id !== smaller) throw new TransportError('QUOTA_EXCEEDED', 'full');
    };
    await scene.work();
    expect(scene.entries().map(({ id, state }) => [id, state])).toEqual(
      [first, larger].sort().map((id) => [id, 'quota']),
    );
    expect(scene.isAtServer(smaller, bytesOf(10))).toBe(true);
    expect(scene.refusals()).toEqual([]);
  });

  test('is met by the files under way, and by none behind them', async () => {
    for (let n = 1; n <= 6; n += 1) await scene.add(bytesOf(1_000, n));
    scene.server.fails('uploadWhole', 'QUOTA_EXCEEDED', 99);
    await scene.work();
    expect(scene.server.count('uploadWhole')).toBe(2);
    expect(scene.entries().map(({ state }) => state)).toEqual(Array.from({ length: 6 }, () => 'quota'));
  });

  test.each<[string, () => Promise<void> | void]>([
    ['the person wants it or something was deleted', () => scene.queue.roomAgain()],
    ['an hour has passed', () => scene.device.clock.forward(60 * 60_000)],
    ['the device is started again', () => scene.restarted()],
  ])('is asked again when %s, and no file is sent only to be refused', async (_, happens) => {
    const ids = [await scene.add(SMALL), await scene.add(bytesOf(SMALL.length, 2))];
    scene.server.script = (call) => {
      if (call === 'uploadWhole' || call === 'begin') throw new TransportError('QUOTA_EXCEEDED', 'full');
    };
    const until = await scene.work();
    expect(until).toBe(scene.device.clock.now() + 60 * 60_000);
    const before = scene.server.calls.length;
    await scene.work();
    expect(scene.server.calls).toHaveLength(before);
    await happens();
    await scene.work();
    expect(scene.server.calls.slice(before)).toContain('begin');
    scene.server.script = () => undefined;
    await scene.queue.roomAgain();
    await scene.work();
    expect(ids.map((id) => scene.server.uploads.get(id)?.status)).toEqual(['READY', 'READY']);
  });
});

describe('what concerns everything', () => {
  test.each<ErrorCode>(['NO_ANSWER', 'UNAVAILABLE', 'INTERNAL', 'RATE_LIMITED'])(
    '%s ends the step, and the file waits as long as the server asks',
    async (code) => {
      const id = await scene.add(SMALL);
      scene.server.fails('uploadWhole', code, 1, { retryAfterMs: 90_000 });
      await expect(scene.queue.step(scene.signal)).rejects.toMatchObject({ code });
      expect(scene.entries()).toMatchObject([
        { id, lastError: code, retryCount: 1, nextAttemptAt: scene.device.clock.now() + 90_000 },
      ]);
    },
  );

  test.each<ErrorCode>(['UNAUTHENTICATED', 'SIGNED_OUT'])('%s only pauses', async (code) => {
    const id = await scene.add(SMALL);
    scene.server.fails('uploadWhole', code);
    await expect(scene.queue.step(scene.signal)).rejects.toMatchObject({ code });
    expect(scene.entries()).toMatchObject([{ id, retryCount: 0, nextAttemptAt: 0, lastError: null }]);
    expect((await scene.queue.step(scene.signal)).more).toBe(false);
    expect(scene.entries()).toEqual([]);
  });

  test('each failure of a file doubles its wait, and bytes that arrive end that', async () => {
    await scene.add(LARGE);
    scene.server.fails('begin', 'UNAVAILABLE', 3);
    const waits: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      await expect(scene.queue.step(scene.signal)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      const at = scene.entries()[0]?.nextAttemptAt ?? 0;
      waits.push(at - scene.device.clock.now());
      scene.device.clock.time = at;
    }
    expect(waits).toEqual([1_000, 2_000, 4_000]);
    await scene.queue.step(scene.signal);
    expect(scene.entries()).toMatchObject([{ retryCount: 0 }]);
  });
});
