import type { LocalStore } from '../../store.js';
import { checked } from './check.js';
import type { StoreCheck } from './check.js';
import { same } from './compare.js';
import { read, setting, settings, write } from './rows.js';

/** What several openings of one storage see of each other. */
export const openingChecks: readonly StoreCheck[] = [
  checked('writers of two openings run one after the other, and lose nothing', async (store, other) => {
    const add = (at: LocalStore): Promise<void> =>
      write(at, async (transaction) => {
        const before = (await transaction.get('settings', ['sum']))?.value ?? 0;
        await transaction.put('settings', setting('sum', Number(before) + 1));
      });
    await Promise.all(Array.from({ length: 40 }, (_, turn) => add(turn % 2 === 0 ? store : other)));
    same(await settings(store), [setting('sum', 40)]);
    same(await settings(other), [setting('sum', 40)]);
  }),

  checked('a reader sees all of a transaction or nothing of it', async (store, other) => {
    const seen: Promise<readonly unknown[]>[] = [];
    const writes: Promise<void>[] = [];
    for (let turn = 1; turn <= 10; turn++) {
      writes.push(
        write(store, async (transaction) => {
          for (const name of ['first', 'second']) await transaction.put('settings', setting(name, turn));
        }),
      );
      for (const reader of [store, other]) {
        seen.push(
          read(reader, async (transaction) => [
            (await transaction.get('settings', ['first']))?.value,
            (await transaction.get('settings', ['second']))?.value,
          ]),
        );
      }
    }
    await Promise.all(writes);
    for (const [first, second] of await Promise.all(seen)) same(first, second);
  }),

  checked(
    'an opening sees what another one has kept, and all of it is there after the last was closed',
    async (...all) => {
      const [store, other, storage] = all;
      await write(store, (transaction) => transaction.put('settings', setting('a', 1)));
      same(await settings(other), [setting('a', 1)]);
      await write(other, (transaction) => transaction.put('settings', setting('b', 2)));
      same(await settings(store), [setting('a', 1), setting('b', 2)]);
      await store.close();
      await other.close();
      const later = await storage.open();
      same(await settings(later), [setting('a', 1), setting('b', 2)]);
      await later.close();
    },
  ),
];
