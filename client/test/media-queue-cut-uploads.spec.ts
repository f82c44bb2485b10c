import { beforeEach, describe, expect, test } from '@jest/globals';
import { TransportError } from '../src/transport.js';
import { bytesOf } from './support/media-device.js';
import { LARGE, MediaQueueScene, MIB, SMALL } from './support/media-queue-scene.js';

let scene: MediaQueueScene;
beforeEach(() => void (scene = new MediaQueueScene()));

describe('an upload that is cut', () => {
  /** Takes in half of each chunk but the last ones, and then breaks. */
  const halves = (): void => {
    scene.server.script = async (call, url, offset, bytes) => {
      if (call !== 'append' || (bytes as Uint8Array).length < 300_000) return;
      const upload = scene.server.uploads.get(String(url).slice(-36));
      const half = (bytes as Uint8Array).subarray(0, (bytes as Uint8Array).length / 2);
      if (upload !== undefined && upload.bytes.length === offset) upload.bytes = Buffer.concat([upload.bytes, half]);
      throw new TransportError('NO_ANSWER', 'cut');
    };
  };

  test('goes on at once behind what has arrived, without a failure', async () => {
    halves();
    const id = await scene.add(LARGE);
    await scene.work();
    expect(scene.isAtServer(id, LARGE)).toBe(true);
    expect(scene.server.count('begin')).toBe(1);
  });

  test('waits when nothing of it arrives any more', async () => {
    scene.server.fails('append', 'NO_ANSWER');
    const id = await scene.add(LARGE);
    await expect(scene.work()).rejects.toMatchObject({ code: 'NO_ANSWER' });
    expect(scene.entries()).toMatchObject([{ id, state: 'sending', retryCount: 1 }]);
    expect(await scene.queue.step(scene.signal)).toEqual({ more: false, until: scene.device.clock.now() + 1_000 });
    scene.device.clock.forward(1_000);
    expect(await scene.work()).toBeNull();
    expect(scene.isAtServer(id, LARGE)).toBe(true);
  });

  test('goes on after a restart where the server says, and progress never runs backwards', async () => {
    const id = await scene.add(LARGE);
    await scene.queue.step(scene.signal);
    await scene.queue.step(scene.signal);
    const before = scene.entries()[0]?.offset ?? 0;
    expect(before).toBeGreaterThan(2 * MIB);
    // The server lost the last bytes; the device stored more than that.
    const upload = scene.server.uploads.get(id);
    if (upload !== undefined) upload.bytes = upload.bytes.subarray(0, 1000);
    scene.restarted();
    const seen: number[] = [];
    for (let step = await scene.queue.step(scene.signal); step.more; step = await scene.queue.step(scene.signal)) {
      seen.push(scene.entries()[0]?.offset ?? 0);
    }
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
    expect(seen[0]).toBeGreaterThanOrEqual(before);
    expect(scene.server.count('begin')).toBe(1);
    expect(scene.isAtServer(id, LARGE)).toBe(true);
  });

  test('of a small file goes on in the way that can be taken up again, under the same mutation', async () => {
    const id = await scene.add(SMALL);
    scene.server.fails('uploadWhole', 'NO_ANSWER');
    await scene.persist();
    expect(scene.server.calls).toEqual(['uploadWhole', 'begin', 'arrived', 'append', 'complete']);
    expect(scene.isAtServer(id, SMALL)).toBe(true);
  });

  test('only in its last answer is known to be done', async () => {
    const id = await scene.add(LARGE);
    let lost = false;
    const complete = scene.server.complete.bind(scene.server);
    scene.server.complete = async (...args) => {
      const row = await complete(...args);
      if (lost) return row;
      lost = true;
      throw new TransportError('NO_ANSWER', 'the answer was lost');
    };
    scene.server.arrived = async (url) => {
      if (scene.server.uploads.get(url.slice(-36))?.status === 'READY')
        throw new TransportError('CONFLICT', 'completed');
      return scene.server.uploads.get(url.slice(-36))?.bytes.length;
    };
    await scene.persist();
    expect(scene.rowOf(id)).toMatchObject({ body: { status: 'READY' } });
    expect(scene.server.chunks.reduce((sum, bytes) => sum + bytes, 0)).toBe(LARGE.length);
  });

  test('by the end of the run leaves everything as it is', async () => {
    const id = await scene.add(LARGE);
    const stop = new AbortController();
    scene.server.script = (call) => {
      if (call !== 'append') return;
      stop.abort(new Error('words go first'));
      stop.signal.throwIfAborted();
    };
    await expect(scene.queue.step(stop.signal)).rejects.toThrow('words go first');
    expect(scene.entries()).toMatchObject([{ id, state: 'sending', retryCount: 0, nextAttemptAt: 0, lastError: null }]);
    scene.server.script = () => undefined;
    await scene.work();
    expect(scene.isAtServer(id, LARGE)).toBe(true);
  });

  test.each(['before', 'after'])('because its URL is gone %s bytes were sent begins anew from 0', async (when) => {
    const id = await scene.add(LARGE);
    await scene.queue.step(scene.signal);
    scene.server.forget(id);
    if (when === 'before') scene.restarted();
    await scene.persist();
    expect(scene.server.count('begin')).toBe(2);
    expect(scene.isAtServer(id, LARGE)).toBe(true);
  });
});

describe('signed URLs', () => {
  beforeEach(() => void (scene.server.method = 'SIGNED'));

  test('take the file in parts', async () => {
    const id = await scene.add(LARGE);
    await scene.work();
    expect(scene.server.count('put')).toBe(Math.ceil(LARGE.length / scene.server.partBytes));
    expect(scene.isAtServer(id, LARGE)).toBe(true);
  });

  test('go on with the part that was cut', async () => {
    const id = await scene.add(LARGE);
    let cuts = 0;
    scene.server.script = (call, _url, from) => {
      if (call === 'put' && Number(from) > 2 * MIB && cuts < 3) {
        cuts += 1;
        throw new TransportError('NO_ANSWER', 'cut');
      }
    };
    await scene.persist();
    expect([scene.server.count('begin'), cuts]).toEqual([1, 3]);
    expect(scene.server.count('put')).toBe(Math.ceil(LARGE.length / scene.server.partBytes) + 3);
    expect(scene.isAtServer(id, LARGE)).toBe(true);
  });

  test('that have ended, or were lost with the process, are asked for again', async () => {
    const id = await scene.add(LARGE);
    scene.server.fails('put', 'NOT_FOUND');
    await scene.persist();
    expect(scene.server.count('begin')).toBe(2);
    expect(scene.isAtServer(id, LARGE)).toBe(true);
    const other = await scene.add(bytesOf(LARGE.length, 5));
    await scene.queue.step(scene.signal);
    scene.restarted();
    await scene.persist();
    expect(scene.isAtServer(other, bytesOf(LARGE.length, 5))).toBe(true);
  });
});
