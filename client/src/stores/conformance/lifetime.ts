import { StoreFullError, StoreLostError } from '../../store.js';
import { checked } from './check.js';
import type { StoreCheck } from './check.js';
import { failureOf, rejected, same } from './compare.js';
import { setting, settings, write } from './rows.js';

/** What closing, destroying and a full device do to a store. */
export const lifetimeChecks: readonly StoreCheck[] = [
  checked('closing waits for the transactions under way, and ends the store', async (store, other) => {
    const underWay = write(store, async (transaction) => {
      for (let value = 0; value < 50; value++) await transaction.put('settings', setting('a', value));
    });
    await store.close();
    await underWay;
    await store.close();
    await rejected(settings(store), StoreLostError);
    same(await settings(other), [setting('a', 49)]);
  }),

  checked('a store that is destroyed is empty for the next one, and lost to those that had it open', async (...all) => {
    const [store, other, storage] = all;
    await write(store, (transaction) => transaction.put('settings', setting('a', 1)));
    same(await settings(other), [setting('a', 1)]);
    await store.destroy();
    await rejected(settings(store), StoreLostError);
    await rejected(settings(other), StoreLostError);
    await other.close();
    const later = await storage.open();
    same(await settings(later), []);
    await later.close();
  }),

  checked(
    'a device without room keeps nothing of the transaction, and all that was there',
    async (store, _, storage) => {
      if (!storage.fill) return;
      await write(store, (transaction) => transaction.put('settings', setting('kept', 1)));
      await storage.fill();
      const words = '0123456789abcdef'.repeat(4_096);
      const error = await failureOf(
        write(store, async (transaction) => {
          for (let place = 0; place < 200; place++) await transaction.put('settings', setting(`s${place}`, words));
        }),
      );
      if (!(error instanceof StoreFullError)) throw new Error('It did not fail as a full store', { cause: error });
      same(await settings(store), [setting('kept', 1)]);
      await storage.makeRoom?.();
      await write(store, (transaction) => transaction.put('settings', setting('again', 2)));
      same(await settings(store), [setting('again', 2), setting('kept', 1)]);
    },
  ),
];
