import type { Key, Transaction } from '../../store.js';
import { checked } from './check.js';
import type { StoreCheck } from './check.js';
import { rejected, same } from './compare.js';
import { idOf, localRow, logRecord, read, setting, settings, write } from './rows.js';

/** In which order keys, indexes and lists are. */
export const keyAndRangeChecks: readonly StoreCheck[] = [
  checked('text keys are in the order of ASCII', async (store) => {
    const names = [
      '',
      ' ',
      '!',
      '-',
      '0',
      '10',
      '9',
      ':',
      'A',
      'Z',
      '[',
      '_',
      'a',
      'a ',
      'a-',
      'aa',
      'b',
      '{',
      '~',
      '~~',
    ];
    await write(store, async (transaction) => {
      for (const name of names.toReversed()) await transaction.put('settings', setting(name, name.length));
    });
    same(
      (await settings(store)).map(({ name }) => name),
      names,
    );
  }),

  checked('numbers are in their order, also negative and very large ones, and before text', async (store) => {
    const { MIN_SAFE_INTEGER: min, MAX_SAFE_INTEGER: max } = Number;
    const numbers = [min, min + 1, -(2 ** 32), -10, -9, -1, 0, 1, 9, 10, 2 ** 31, 2 ** 32, max - 1, max];
    const names = [...numbers, '', '-1', '10', '9'];
    await write(store, async (transaction) => {
      for (const seq of numbers.toReversed()) await transaction.put('log', logRecord(seq));
      for (const name of names.toReversed()) await transaction.put('settings', setting(name as string, 1));
    });
    same(await read(store, async (transaction) => (await transaction.list('log')).map(({ seq }) => seq)), numbers);
    same(
      (await settings(store)).map(({ name }) => name),
      names,
    );
    const found = await read(store, (transaction) => transaction.get('log', [max]));
    same(found?.seq, max);
  }),

  checked('what a store would order in its own way is no key', async (store) => {
    const keys: Key[] = [
      ['é'],
      ['𝄞'],
      ['\u0000'],
      ['\n'],
      [0.5],
      [Number.NaN],
      [2 ** 53],
      [undefined as unknown as string],
    ];
    for (const key of keys) {
      await rejected(
        write(store, (transaction) => transaction.put('settings', setting(key[0] as string, 1))),
        TypeError,
      );
      await rejected(
        read(store, (transaction) => transaction.get('settings', key)),
        TypeError,
      );
    }
    same(await settings(store), []);
  }),

  checked('an index has the rows that have all of its fields, by paths', async (store) => {
    await write(store, async (transaction) => {
      await transaction.put('rows', localRow('early', { createdAt: -5 }));
      await transaction.put('rows', localRow('late', { createdAt: 5, journalId: 'j' }));
      await transaction.put('rows', localRow('null', { createdAt: null }));
      await transaction.put('rows', localRow('without', { title: 'no date' }));
      await transaction.put('rows', { ...localRow('no body', {}), body: null });
      await transaction.put('rows', localRow('middle', { createdAt: 0 }));
    });
    const listed = (index?: string): Promise<string[]> =>
      read(store, async (transaction) => (await transaction.list('rows', { index })).map(idOf));
    same(await listed('byDate'), ['early', 'middle', 'late']);
    same(await listed('byJournal'), ['late']);
    same(await listed(), ['early', 'late', 'middle', 'no body', 'null', 'without']);
    same(await read(store, (transaction) => transaction.count('rows', { index: 'byDate' })), 3);
    await write(store, (transaction) => transaction.put('rows', localRow('early', { createdAt: 9 })));
    await write(store, (transaction) => transaction.put('rows', localRow('middle', {})));
    same(await listed('byDate'), ['late', 'early']);
    const wrong = localRow('wrong', { createdAt: ['no', 'date'] as unknown as null });
    await rejected(
      write(store, (transaction) => transaction.put('rows', wrong)),
      TypeError,
    );
  }),

  checked('a list takes prefix, after, limit and reverse together', async (store) => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    await write(store, async (transaction) => {
      for (const type of ['journal', 'content', 'media'] as const) {
        for (const id of ids) await transaction.put('rows', { ...localRow(id, { createdAt: 1 }), type });
      }
    });
    const listed = (range: Parameters<Transaction['list']>[1]): Promise<string> =>
      read(store, async (transaction) => (await transaction.list('rows', range)).map(idOf).join(''));
    const prefix = ['content'];
    same(await listed({ prefix }), 'abcde');
    same(await listed({ prefix, limit: 2 }), 'ab');
    same(await listed({ prefix, after: ['content', 'b'], limit: 2 }), 'cd');
    same(await listed({ prefix, after: ['content', 'b'], limit: 9, reverse: true }), 'a');
    same(await listed({ prefix, after: ['content', 'zz'], limit: 2, reverse: true }), 'ed');
    same(await listed({ prefix, after: ['journal', 'a'] }), '');
    same(await listed({ prefix, after: ['journal', 'a'], reverse: true, limit: 1 }), 'e');
    same(await listed({ prefix, after: ['a', 'a'], limit: 1 }), 'a');
    same(await listed({ prefix: ['content', 'c'] }), 'c');
    same(await listed({ prefix: ['none'] }), '');
    same(await listed({ limit: 0 }), '');
    same(await listed({ limit: 6 }), 'abcdea');
    same(await listed({ limit: 6, reverse: true }), 'edcbae');
    const date = { index: 'byDate', prefix: ['content', 'live', 1] };
    same(await listed({ ...date, after: ['content', 'live', 1, 'd'], reverse: true, limit: 2 }), 'cb');
    await rejected(listed({ index: 'none' }), TypeError);
    await rejected(listed({ after: ['content'] }), TypeError);
    await rejected(listed({ limit: -1 }), TypeError);
  }),
];
