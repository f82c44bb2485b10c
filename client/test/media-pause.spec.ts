import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { LogDate } from '../src/log-date.js';
import { sendFiles } from '../src/media/send-files.js';
import { MemoryStorage, memoryStore } from '../src/stores/memory.js';
import type { SyncStatus } from '../src/sync-status.js';
import { bytesOf, FakeMediaServer } from './support/media-device.js';
import { openDevice } from './support/open-device.js';
import { playedBells } from './support/played-bells.js';
import { SmallServer } from './support/small-server.js';

describe('files that a person pauses', () => {
  let server: SmallServer;
  let files: FakeMediaServer;
  let storage: MemoryStorage;
  let opened: LogDate[];
  let tab: () => Promise<LogDate>;

  beforeEach(() => {
    [server, files, storage, opened] = [new SmallServer(), new FakeMediaServer(), new MemoryStorage(), []];
    const bells = playedBells();
    tab = async () => {
      const store = memoryStore(storage);
      const db = await openDevice(server, { store, bell: bells(), files: sendFiles({ transport: files }) });
      opened.push(db);
      return db;
    };
  });
  afterEach(async () => {
    for (const db of opened) await db.close();
  });

  const addPhoto = (db: LogDate, contentId: string) =>
    db.media.add({ contentId, fileName: 'rain.png', mimeType: 'image/png', bytes: bytesOf(1_000) });
  const until = (db: LogDate, isSo: (status: SyncStatus) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const stop = db.sync.status.subscribe((status) => {
        if (!isSo(status)) return;
        queueMicrotask(() => stop());
        resolve();
      });
    });

  test('wait in every tab and after a restart, while words go on', async () => {
    const db = await tab();
    const otherTab = await tab();
    await db.media.pause();
    await until(db, ({ media }) => media.paused);
    await until(otherTab, ({ media }) => media.paused);
    const { id } = await db.content.save({ content: 'It rained.' });
    await addPhoto(db, id);
    const restarted = await tab();
    expect(restarted.sync.status.get().media).toMatchObject({ paused: true, waiting: 1 });
    for (const each of [db, otherTab, restarted]) {
      await each.sync.syncNow();
      await each.sync.whenMediaIdle();
    }
    expect(server.get('content', id)).toBeDefined();
    expect(files.calls).toEqual([]);
  });

  test('go up once they are resumed', async () => {
    const db = await tab();
    const otherTab = await tab();
    await db.media.pause();
    const { id } = await db.content.save({ content: 'It rained.' });
    const photo = await addPhoto(db, id);
    await otherTab.media.resume();
    await until(db, ({ media }) => !media.paused);
    await db.sync.syncNow();
    await db.sync.whenMediaIdle();
    expect(files.uploads.get(photo)).toMatchObject({ status: 'READY' });
  });
});
