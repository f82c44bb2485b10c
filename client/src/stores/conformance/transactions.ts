import { checked } from './check.js';
import type { StoreCheck } from './check.js';
import { failureOf, rejected, same } from './compare.js';
import { blobPart, blobs, idOf, outboxEntry, read, setting, settings, write } from './rows.js';

/** What a transaction keeps, sees and reaches. */
export const transactionChecks: readonly StoreCheck[] = [
  checked('a row comes back as it was put, and is gone when it is deleted', async (store) => {
    await write(store, async (transaction) => {
      await transaction.put('settings', setting('a', { deep: [1, 'two', null, true, { three: -3.5 }] }));
      await transaction.put('settings', setting('b', 2));
      await transaction.delete('settings', ['b']);
      await transaction.delete('settings', ['never there']);
    });
    same(await settings(store), [setting('a', { deep: [1, 'two', null, true, { three: -3.5 }] })]);
    const found = await read(store, async (transaction) => [
      await transaction.get('settings', ['a']),
      await transaction.get('settings', ['b']),
    ]);
    same(found, [setting('a', { deep: [1, 'two', null, true, { three: -3.5 }] }), undefined]);
  }),

  checked('a transaction answers what its body answers', async (store) => {
    same(await read(store, async () => 'answer'), 'answer');
    same(await write(store, async () => 7), 7);
  }),

  checked('nothing is kept of a transaction whose body throws', async (store) => {
    await write(store, (transaction) => transaction.put('settings', setting('kept', 1)));
    const thrown = new Error('the body gave up');
    const error = await failureOf(
      write(store, async (transaction) => {
        await transaction.put('settings', setting('kept', 2));
        await transaction.put('settings', setting('new', 2));
        await transaction.put('outbox', outboxEntry('new', 1));
        await transaction.delete('settings', ['kept']);
        throw thrown;
      }),
    );
    if (error !== thrown) throw new Error('The error of the body did not come through', { cause: error });
    same(await settings(store), [setting('kept', 1)]);
    same(await read(store, (transaction) => transaction.count('outbox', { index: 'inOrder' })), 0);
  }),

  checked('an operation that fails, fails the transaction, also when its body catches the error', async (store) => {
    await rejected(
      write(store, async (transaction) => {
        await transaction.put('settings', setting('a', 1));
        await transaction.put('settings', setting('ключ', 1)).catch(() => undefined);
      }),
      TypeError,
    );
    same(await settings(store), []);
  }),

  checked('a body sees what it has written', async (store) => {
    await write(store, async (transaction) => {
      await transaction.put('outbox', outboxEntry('one', 2));
      await transaction.put('outbox', outboxEntry('two', 1));
      same((await transaction.get('outbox', ['content', 'one']))?.seq, 2);
      same(await transaction.count('outbox'), 2);
      same((await transaction.list('outbox', { index: 'inOrder' })).map(idOf), ['two', 'one']);
      await transaction.put('outbox', outboxEntry('two', 3));
      await transaction.delete('outbox', ['content', 'one']);
      same((await transaction.list('outbox', { index: 'inOrder' })).map(idOf), ['two']);
    });
  }),

  checked('operations that a body does not wait for are part of its transaction', async (store) => {
    await write(store, async (transaction) => {
      await Promise.all([1, 2, 3].map((value) => transaction.put('settings', setting(`s${value}`, value))));
    });
    await write(store, (transaction) => {
      const puts = [4, 5].map((value) => transaction.put('settings', setting(`s${value}`, value)));
      return Promise.race(puts);
    });
    same(
      (await settings(store)).map(({ value }) => value),
      [1, 2, 3, 4, 5],
    );
  }),

  checked('a row is stored as a copy, and handed out as a copy', async (store) => {
    const row = { name: 'a', value: { words: ['kept'] } };
    const part = blobPart('b', 0, [1, 2, 3]);
    await store.transaction('write', ['settings', 'blobs'], async (transaction) => {
      await transaction.put('settings', row);
      await transaction.put('blobs', part);
    });
    row.value.words.push('changed after it was put');
    part.bytes.fill(9);
    const first = await settings(store);
    for (const { value } of first) (value as { words: string[] }).words.push('changed after it was read');
    (await blobs(store))[0]?.bytes.fill(9);
    same(await settings(store), [{ name: 'a', value: { words: ['kept'] } }]);
    same(await blobs(store), [blobPart('b', 0, [1, 2, 3])]);
  }),

  checked('a transaction reaches only the tables that it names', async (store) => {
    await rejected(store.transaction('read', ['rows'], (transaction) => transaction.count('outbox')));
    await rejected(
      store.transaction('write', ['settings'], async (transaction) => {
        await transaction.put('settings', setting('a', 1));
        await transaction.put('outbox', outboxEntry('a', 1));
      }),
    );
    same(await settings(store), []);
  }),

  checked('a reading transaction cannot write', async (store) => {
    await rejected(read(store, (transaction) => transaction.put('settings', setting('a', 1))));
    await rejected(read(store, (transaction) => transaction.delete('settings', ['a'])));
    same(await settings(store), []);
  }),

  checked('a transaction cannot be used after it has ended', async (store) => {
    const ended = await write(store, async (transaction) => ({ transaction }));
    await rejected(ended.transaction.put('settings', setting('late', 1)));
    await rejected(ended.transaction.list('settings'));
    same(await settings(store), []);
  }),

  checked('a body that waits for anything but its transaction fails', async (store) => {
    await rejected(
      write(store, async (transaction) => {
        await transaction.get('settings', ['a']);
        await new Promise((resolve) => {
          setTimeout(resolve);
        });
        await transaction.put('settings', setting('late', 1));
      }),
    );
    same(await settings(store), []);
  }),
];
