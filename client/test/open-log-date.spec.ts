import { expect, test } from '@jest/globals';
import { LiveValue } from '../src/live.js';
import { openLogDate } from '../src/open-log-date.js';
import { StoreFullError, type LocalStore } from '../src/store.js';
import { memoryStore } from '../src/stores/memory.js';
import type { Transport } from '../src/transport.js';

const nowhere: Transport = {
  push: () => Promise.reject(new Error('not asked for')),
  pull: () => Promise.reject(new Error('not asked for')),
};

test('a save that the device has no room for fails, and the status says so', async () => {
  const store = memoryStore();
  let full = false;
  const filling: LocalStore = {
    transaction: (mode, tables, body) =>
      full && mode === 'write' && tables.includes('rows')
        ? Promise.reject(new StoreFullError('no room'))
        : store.transaction(mode, tables, body),
    close: () => store.close(),
    destroy: () => store.destroy(),
  };
  const auth = { signedIn: new LiveValue(true), signOut: () => Promise.resolve() };
  const db = await openLogDate({ name: 'ada', store: filling, transport: nowhere, auth, automatic: false });
  const { id } = await db.content.save({ content: 'There was room for this.' });
  full = true;
  await expect(db.content.save({ content: 'And none for this.' })).rejects.toThrow(StoreFullError);
  expect((await db.content.list()).map((entry) => entry.id)).toEqual([id]);
  await new Promise<void>((resolve) => {
    db.sync.status.subscribe(({ waiting }) => waiting?.reason === 'store-full' && resolve());
  });
  await db.close();
});

test('a journal that was opened without files says so when one is asked for', async () => {
  const auth = { signedIn: new LiveValue(true), signOut: () => Promise.resolve() };
  const db = await openLogDate({ name: 'ada', store: memoryStore(), transport: nowhere, auth, automatic: false });
  expect(() => db.media.list()).toThrow('the journal was opened without files');
  await db.close();
});
