import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { freeLocalCopies, uploadAgain, UPLOAD_TABLES } from '../src/media/media-edits.js';
import { storedPieces } from '../src/media/pieces.js';
import { TransportError } from '../src/transport.js';
import { bytesOf, read } from './support/media-device.js';
import { LARGE, MediaQueueScene, MIB, SMALL } from './support/media-queue-scene.js';

let scene: MediaQueueScene;
beforeEach(() => void (scene = new MediaQueueScene()));

describe('a file', () => {
  test('up to 8 MiB goes with one request, and its row is the one of the server', async () => {
    const id = await scene.add(SMALL);
    expect(await scene.work()).toBeNull();
    expect(scene.server.calls).toEqual(['uploadWhole']);
    expect(scene.isAtServer(id, SMALL)).toBe(true);
    expect([scene.entries(), scene.refusals()]).toEqual([[], []]);
    const row = scene.rowOf(id);
    expect(row).toMatchObject({ status: 'live', body: { status: 'READY' }, base: { version: 1 } });
    expect(row?.body).toEqual(row?.base?.body);
    expect(scene.device.logged).toEqual(['media uploaded']);
  });

  test('over 8 MiB goes in chunks', async () => {
    const id = await scene.add(LARGE);
    await scene.work();
    expect(scene.server.calls.slice(0, 3)).toEqual(['begin', 'arrived', 'append']);
    expect(scene.server.calls.at(-1)).toBe('complete');
    expect(scene.server.count('arrived')).toBe(1);
    expect(scene.isAtServer(id, LARGE)).toBe(true);
    expect(scene.rowOf(id)).toMatchObject({ body: { status: 'READY' } });
  });

  test('without a byte is uploaded too', async () => {
    const id = await scene.add(new Uint8Array());
    await scene.work();
    expect(scene.server.uploads.get(id)?.status).toBe('READY');
  });

  test('whose bytes the server has already needs none of them sent', async () => {
    await scene.add(LARGE);
    await scene.work();
    scene.server.calls.length = 0;
    const second = await scene.add(LARGE);
    await scene.work();
    expect(scene.server.calls).toEqual(['begin']);
    expect(scene.rowOf(second)).toMatchObject({ base: { status: 'live' }, body: { status: 'READY' } });
  });

  test('stays on this device, until its room is wanted', async () => {
    const id = await scene.add(SMALL);
    await freeLocalCopies(scene.device.engine.store);
    expect(scene.blobs()).toBe(2);
    await scene.work();
    expect((await read(storedPieces(scene.device.engine.store, id))).equals(SMALL)).toBe(true);
    await freeLocalCopies(scene.device.engine.store);
    expect(scene.blobs()).toBe(0);
  });

  test('leaves this device once the server has it, where the person wants that', async () => {
    scene.queue = scene.queueOf({ keepsLocalCopies: () => false });
    await scene.add(SMALL);
    await scene.work();
    expect([scene.blobs(), scene.entries()]).toEqual([0, []]);
  });

  test('is not sent on a network that the person does not allow', async () => {
    let allowed = false;
    scene.queue = scene.queueOf({ mayUseNetwork: () => allowed });
    await scene.add(SMALL);
    expect(await scene.queue.step(scene.signal)).toEqual({ more: false, until: null });
    expect([scene.server.calls, scene.entries()[0]?.state]).toEqual([[], 'waiting']);
    allowed = true;
    await scene.work();
    expect(scene.entries()).toEqual([]);
  });

  test('that the server lost after a restore is sent again from this device', async () => {
    const id = await scene.add(SMALL);
    await scene.work();
    scene.server.forget(id);
    const again = await scene.device.engine.store.transaction('write', UPLOAD_TABLES, (transaction) =>
      uploadAgain(transaction, id, randomUUID()),
    );
    expect(again).toBe(true);
    await scene.work();
    expect(scene.isAtServer(id, SMALL)).toBe(true);
    await freeLocalCopies(scene.device.engine.store);
    const gone = await scene.device.engine.store.transaction('write', UPLOAD_TABLES, (transaction) =>
      uploadAgain(transaction, id, randomUUID()),
    );
    expect(gone).toBe(false);
  });
});

describe('two files at once', () => {
  test('and no more are under way, in the order in which they were added', async () => {
    const ids = [
      await scene.add(LARGE),
      await scene.add(bytesOf(LARGE.length, 2)),
      await scene.add(bytesOf(LARGE.length, 3)),
    ];
    let open = 0;
    let most = 0;
    const seen: string[] = [];
    scene.server.script = async (call, subject) => {
      if (call === 'begin') seen.push(String(subject));
      most = Math.max(most, (open += 1));
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
    };
    await scene.work();
    expect(most).toBe(2);
    expect(seen).toEqual(ids);
    expect(scene.entries()).toEqual([]);
  });

  test('do not wait for each other when one of them is refused', async () => {
    const bad = await scene.add(SMALL);
    const good = await scene.add(bytesOf(1000, 3));
    scene.server.script = (call, id) => {
      if (call === 'uploadWhole' && id === bad) throw new TransportError('BAD_USER_INPUT', 'the name is too long');
    };
    await scene.work();
    expect(scene.isAtServer(good, bytesOf(1000, 3))).toBe(true);
    expect(scene.entries()).toMatchObject([{ id: bad, state: 'refused', lastError: 'BAD_USER_INPUT' }]);
  });
});

describe('chunks', () => {
  /** A line of so many bytes a second. */
  const line = (bytesASecond: number): void => {
    scene.server.script = (call, _url, _offset, bytes) => {
      if (call === 'append') scene.device.clock.forward(((bytes as Uint8Array).length / bytesASecond) * 1000);
    };
  };

  test.each([
    ['a fast line', 100 * MIB, [1, 2, 4, 8, 16]],
    ['a slow line', 64 * 2 ** 10, [1, 0.25, 0.25, 0.25, 0.25]],
    ['a line in between', MIB, [1, 2, 2, 2, 2]],
  ])('on %s aim at two seconds, from 256 KiB to 16 MiB', async (_, speed, expected) => {
    line(speed);
    await scene.add(new Uint8Array(40 * MIB));
    for (let n = 0; n < 5; n += 1) await scene.queue.step(scene.signal);
    expect(scene.server.chunks.map((bytes) => bytes / MIB)).toEqual(expected);
  });

  test('that something on the way calls too large become smaller, and the file is not refused for it', async () => {
    scene.server.script = (call, _url, _offset, bytes) => {
      if (call === 'uploadWhole') throw new TransportError('TOO_LARGE', 'a proxy takes less', { httpStatus: 413 });
      if (call === 'append' && (bytes as Uint8Array).length > 500_000) {
        throw new TransportError('TOO_LARGE', 'a proxy takes less', { httpStatus: 413 });
      }
    };
    const bytes = bytesOf(2 * MIB);
    const id = await scene.add(bytes);
    await scene.work();
    expect(scene.isAtServer(id, bytes)).toBe(true);
  });
});
