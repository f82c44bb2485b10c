import { checked } from './check.js';
import type { StoreCheck } from './check.js';
import { rejected, same } from './compare.js';
import { blobPart, blobs, localRow, outboxEntry, read, write } from './rows.js';

/** That text, bytes and many rows come back as they were put. */
export const valueChecks: readonly StoreCheck[] = [
  checked('any text comes back code unit by code unit, also halves of surrogate pairs', async (store) => {
    const units = Array.from({ length: 0x10000 }, (_, unit) => String.fromCharCode(unit)).join('');
    const text = `${units}𝄞👩‍👩‍👧e\u0301${units.repeat(16)}`;
    await write(store, (transaction) => transaction.put('rows', localRow('long', { content: text, createdAt: 0 })));
    const [row] = await read(store, (transaction) => transaction.list('rows', { index: 'byDate' }));
    if (row?.body?.['content'] !== text) throw new Error('The text came back as another one');
  }),

  checked('bytes come back as they were put, and only those that the view shows', async (store) => {
    const all = Uint8Array.from({ length: 1 << 16 }, (_, place) => place);
    const parts = [all, all.subarray(5, 8), new Uint8Array(), Uint8Array.of(0, 255)];
    await store.transaction('write', ['blobs'], async (transaction) => {
      for (const [part, bytes] of parts.entries()) await transaction.put('blobs', { id: 'b', part, bytes });
    });
    const stored = await blobs(store);
    same(
      stored,
      parts.map((bytes, part) => ({ id: 'b', part, bytes })),
    );
    same(
      stored.map(({ bytes }) => bytes.buffer.byteLength),
      parts.map((bytes) => bytes.byteLength),
    );
    await store.transaction('write', ['blobs'], (transaction) => transaction.put('blobs', blobPart('b', 0, [7])));
    same((await blobs(store))[0], blobPart('b', 0, [7]));
    const text = { id: 'b', part: 9, bytes: 'text' as unknown as Uint8Array };
    await rejected(store.transaction('write', ['blobs'], (transaction) => transaction.put('blobs', text)));
  }),

  checked('many rows go into one transaction', async (store) => {
    await write(store, async (transaction) => {
      for (let seq = 0; seq < 2_000; seq++) await transaction.put('outbox', outboxEntry(`e${seq}`, seq));
    });
    const last = await read(store, (transaction) =>
      transaction.list('outbox', { index: 'inOrder', prefix: ['no'], reverse: true, limit: 3 }),
    );
    same(
      last.map(({ seq }) => seq),
      [1_999, 1_998, 1_997],
    );
    same(await read(store, (transaction) => transaction.count('outbox', { index: 'inOrder', prefix: ['no'] })), 2_000);
    same(
      await read(store, (transaction) => transaction.count('outbox', { index: 'inOrder', prefix: ['conflict'] })),
      0,
    );
  }),
];
