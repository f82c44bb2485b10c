import { expect, test } from '@jest/globals';
import { Decisions } from '../src/decide.js';
import { LocalEdits } from '../src/local-edits.js';
import { addMedia } from '../src/media/add-media.js';
import { fileEdits } from '../src/media/media-edits.js';
import { Reconciler } from '../src/reconcile.js';
import { SyncMetadataService } from '../src/sync-metadata-service.js';
import type { LocalRow, MediaEntry } from '../src/tables.js';
import { bytesOf, mediaDevice } from './support/media-device.js';

/** A device with an entry that was never sent, and a photo of it. */
async function withPhoto() {
  const engine = { ...mediaDevice().engine, files: fileEdits };
  const metadata = new SyncMetadataService(engine);
  const edits = new LocalEdits(engine, metadata);
  await edits.save('content', [{ id: 'entry', fields: { content: 'Rain.' } }]);
  const id = await addMedia(engine, {
    contentId: 'entry',
    fileName: 'rain.png',
    mimeType: 'image/png',
    bytes: bytesOf(100),
  });
  const tables = ['rows', 'media', 'blobs', 'rejected', 'outbox'] as const;
  const stored = () =>
    engine.store.transaction('read', tables, async (transaction) => ({
      row: await transaction.get('rows', ['media', id]),
      upload: await transaction.get('media', [id]),
      pieces: await transaction.count('blobs'),
      waits: (await transaction.get('outbox', ['media', id])) !== undefined,
    }));
  const change = async (row: Partial<LocalRow>, upload: Partial<MediaEntry> | null): Promise<void> => {
    const before = await stored();
    await engine.store.transaction('write', tables, async (transaction) => {
      await transaction.put('rows', { ...before.row!, ...row });
      if (upload === null) await transaction.delete('media', [id]);
      else await transaction.put('media', { ...before.upload!, ...upload });
    });
  };
  return { engine, metadata, edits, id, stored, change };
}

test('an entry that was never sent takes its unsent files with it', async () => {
  const { edits, stored } = await withPhoto();
  await edits.delete('content', 'entry');
  expect(await stored()).toEqual({ row: undefined, upload: undefined, pieces: 0, waits: false });
});

test('a file that the server may know of is deleted there too', async () => {
  const { edits, stored, change } = await withPhoto();
  await change({}, { state: 'sending' });
  await edits.delete('content', 'entry');
  expect(await stored()).toMatchObject({ row: { status: 'deleted' }, upload: undefined, pieces: 0, waits: true });
});

test('a refused file goes up again when a person tries it again', async () => {
  const { engine, metadata, id, stored, change } = await withPhoto();
  await change({}, { state: 'refused', lastError: 'TOO_LARGE' });
  await new Decisions(engine, metadata).retry('media', id);
  expect((await stored()).upload).toMatchObject({ state: 'sending', lastError: null });
});

test('a file that a restored server has lost goes up again from its bytes', async () => {
  const { engine, metadata, id, stored, change } = await withPhoto();
  const { body } = (await stored()).row!;
  const base = { type: 'media', id, status: 'live', body, version: 1, updatedAt: 1, clientUpdatedAt: 1 } as const;
  await change({ base: { ...base, deviceId: 'device-a', mutationId: 'first' } }, null);
  const reconciler = new Reconciler(engine, metadata);
  await reconciler.begin();
  await reconciler.finish();
  expect((await stored()).upload).toMatchObject({ id, state: 'sending', offset: 0 });
});
