import { expect, test } from '@jest/globals';
import { MemoryStorage, memoryStore } from '../src/stores/memory.js';
import { openDevice } from './support/open-device.js';
import { playedBells } from './support/played-bells.js';
import { SmallServer } from './support/small-server.js';

const words = { type: 'TEXT', content: 'It rained.', mediaUri: null, durationMs: 0, createdAt: 1 };

test('a change of this tab, of another tab and of the server is told, until the answer is called', async () => {
  const server = new SmallServer();
  const bell = playedBells();
  const storage = new MemoryStorage();
  const [db, otherTab] = await Promise.all([
    openDevice(server, { store: memoryStore(storage), bell: bell() }),
    openDevice(server, { store: memoryStore(storage), bell: bell() }),
  ]);
  let told = 0;
  const stop = db.onChange(() => (told += 1));
  const isTold = async (change: () => Promise<unknown>): Promise<boolean> => {
    const before = told;
    await change();
    return told > before;
  };
  expect(await isTold(() => db.content.list())).toBe(false);
  expect(await isTold(() => db.content.save({ content: 'Here.' }))).toBe(true);
  expect(await isTold(() => otherTab.content.save({ content: 'In the other tab.' }))).toBe(true);
  server.put({ type: 'content', id: 'elsewhere', body: words });
  expect(await isTold(() => db.sync.downloadRemoteChanges())).toBe(true);
  expect(await db.content.get('elsewhere')).toMatchObject({ content: 'It rained.' });
  stop();
  expect(await isTold(() => db.content.save({ content: 'Unheard.' }))).toBe(false);
  await db.close();
  await otherTab.close();
});

test('a listener that fails fails no save, and the others are told', async () => {
  const db = await openDevice(new SmallServer());
  let told = 0;
  db.onChange(() => {
    throw new Error('a fault of the page');
  });
  db.onChange(() => (told += 1));
  await db.content.save({ content: 'Kept.' });
  expect(told).toBe(1);
  const logged = await db.sync.log();
  expect(logged).toContainEqual(expect.objectContaining({ event: 'listener-failed' }));
  await db.close();
});
