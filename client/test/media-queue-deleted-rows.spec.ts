import { beforeEach, describe, expect, test } from '@jest/globals';
import { dropUpload, UPLOAD_TABLES } from '../src/media/media-edits.js';
import { LARGE, MediaQueueScene, SMALL } from './support/media-queue-scene.js';

let scene: MediaQueueScene;
beforeEach(() => void (scene = new MediaQueueScene()));

describe('a row that was deleted meanwhile', () => {
  const deleteRow = (id: string, deviceId: string): Promise<void> =>
    scene.device.engine.store.transaction('write', ['rows'], async (transaction) => {
      const row = await transaction.get('rows', ['media', id]);
      if (row === undefined) throw new Error('no row');
      const base = {
        ...row,
        status: 'deleted' as const,
        body: null,
        version: 9,
        updatedAt: 9,
        deviceId,
        mutationId: '',
      };
      await transaction.put('rows', { ...row, status: 'deleted', base });
    });

  test('on another device takes its upload and bytes with it', async () => {
    const id = await scene.add(LARGE);
    await scene.queue.step(scene.signal);
    await deleteRow(id, 'device-b');
    await scene.work();
    expect([scene.entries(), scene.blobs(), scene.server.uploads.get(id)?.status]).toEqual([[], 0, 'PENDING']);
  });

  test('by the server, which gave the upload up after a week, is uploaded under a new id', async () => {
    const id = await scene.add(LARGE);
    await scene.queue.step(scene.signal);
    const upload = scene.server.uploads.get(id);
    if (upload !== undefined) upload.status = 'deleted';
    await deleteRow(id, 'server');
    await scene.work();
    const [renewed] = [...scene.server.uploads.values()].filter(({ status }) => status === 'READY');
    const { contentId, fileName, mimeType, createdAt, sha256, mutationId } = upload?.facts ?? {};
    expect(renewed?.facts).toMatchObject({ contentId, fileName, mimeType, createdAt, sha256 });
    expect([id, mutationId]).not.toContain(renewed?.facts.id);
    expect(renewed?.facts.mutationId).not.toBe(mutationId);
    expect(scene.isAtServer(renewed?.facts.id ?? '', LARGE)).toBe(true);
    expect([scene.entries(), scene.rowOf(id)?.status, scene.rowOf(renewed?.facts.id ?? '')?.status]).toEqual([
      [],
      'deleted',
      'live',
    ]);
    expect(scene.blobs()).toBe(36);
  });

  test('at the server, before the feed has said so, waits for the feed', async () => {
    const id = await scene.add(LARGE);
    await scene.queue.step(scene.signal);
    const upload = scene.server.uploads.get(id);
    if (upload !== undefined) upload.status = 'deleted';
    scene.restarted();
    scene.server.arrived = () => Promise.resolve(undefined);
    await scene.work();
    expect(scene.entries()).toMatchObject([{ id, state: 'sending', lastError: 'CONFLICT', retryCount: 1 }]);
    expect(scene.blobs()).toBe(36);
  });

  test('while its upload was completed stays deleted', async () => {
    const id = await scene.add(SMALL);
    scene.server.script = async (call) => {
      if (call !== 'uploadWhole') return;
      await scene.device.engine.store.transaction('write', UPLOAD_TABLES, (transaction) => dropUpload(transaction, id));
      await scene.device.engine.store.transaction('write', ['rows'], async (transaction) => {
        const row = await transaction.get('rows', ['media', id]);
        if (row !== undefined) await transaction.put('rows', { ...row, status: 'deleted' });
      });
    };
    await scene.work();
    expect([scene.rowOf(id)?.status, scene.entries(), scene.blobs()]).toEqual(['deleted', [], 0]);
  });
});
