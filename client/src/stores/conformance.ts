// What every store must do, as checks that run under any test runner and in a browser: for those who write their own.
import { StoreFullError, StoreLostError } from '../store.js';
import type { Key, LocalStore, Transaction } from '../store.js';
import type { BlobPart, LocalRow, LogRecord, OutboxEntry, Setting, TableName } from '../tables.js';

/** A storage that was empty when the check began; all that it opens are over the same rows. */
export interface StorageUnderTest {
  open(): LocalStore | Promise<LocalStore>;
  /** Leaves room for less than 1 MiB; without it the checks of a full device are passed over. */
  fill?(): void | Promise<void>;
  /** Makes room again. */
  makeRoom?(): void | Promise<void>;
}

/** One thing that a store must do; `run` throws where it does not. */
export interface StoreCheck {
  name: string;
  run(storage: StorageUnderTest): Promise<void>;
}

/** Runs all checks, each over a storage of its own, and answers what failed. */
export async function failedChecks(
  newStorage: () => StorageUnderTest | Promise<StorageUnderTest>,
): Promise<{ name: string; error: unknown }[]> {
  const failed: { name: string; error: unknown }[] = [];
  for (const check of storeChecks) {
    try {
      await check.run(await newStorage());
    } catch (error) {
      failed.push({ name: check.name, error });
    }
  }
  return failed;
}

/** All checks; each closes what it opened. */
export const storeChecks: readonly StoreCheck[] = [
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

/** A check over two openings of one storage; it may close them itself. */
function checked(
  name: string,
  body: (store: LocalStore, other: LocalStore, storage: StorageUnderTest) => Promise<void>,
): StoreCheck {
  return {
    name,
    async run(storage) {
      const [store, other] = [await storage.open(), await storage.open()];
      try {
        await body(store, other, storage);
      } finally {
        await store.close();
        await other.close();
      }
    },
  };
}

const EVERYDAY: readonly TableName[] = ['rows', 'outbox', 'settings', 'log'];

function write<T>(store: LocalStore, body: (transaction: Transaction) => Promise<T>): Promise<T> {
  return store.transaction('write', EVERYDAY, body);
}

function read<T>(store: LocalStore, body: (transaction: Transaction) => Promise<T>): Promise<T> {
  return store.transaction('read', EVERYDAY, body);
}

function settings(store: LocalStore): Promise<Setting[]> {
  return read(store, (transaction) => transaction.list('settings'));
}

function blobs(store: LocalStore): Promise<BlobPart[]> {
  return store.transaction('read', ['blobs'], (transaction) => transaction.list('blobs'));
}

function setting(name: string, value: unknown): Setting {
  return { name, value };
}

function blobPart(id: string, part: number, bytes: number[]): BlobPart {
  return { id, part, bytes: Uint8Array.from(bytes) };
}

function logRecord(seq: number): LogRecord {
  return { seq, at: 0, event: 'check', detail: {} };
}

function localRow(id: string, body: LocalRow['body']): LocalRow {
  return {
    type: 'content',
    id,
    body,
    status: 'live',
    localRev: 1,
    clientUpdatedAt: 0,
    base: null,
    theirs: null,
    generation: 0,
  };
}

function outboxEntry(id: string, seq: number): OutboxEntry {
  return {
    type: 'content',
    id,
    seq,
    op: 'UPSERT',
    lastUpdated: 0,
    retryCount: 0,
    deviceId: 'device',
    inflight: null,
    held: 'no',
    lastError: null,
  };
}

function idOf({ id }: { id: string }): string {
  return id;
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It should have failed');
}

async function rejected(promise: Promise<unknown>, expected: new (message: string) => Error = Error): Promise<void> {
  const error = await failureOf(promise);
  if (!(error instanceof expected)) throw new Error(`It should have failed as ${expected.name}`, { cause: error });
}

function same(actual: unknown, expected: unknown): void {
  if (!equal(actual, expected)) throw new Error(`${shown(actual)} should be ${shown(expected)}`);
}

function equal(left: unknown, right: unknown): boolean {
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return left === right;
  if (Object.prototype.toString.call(left) !== Object.prototype.toString.call(right)) return false;
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].every((name) => equal((left as never)[name], (right as never)[name]));
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, 500);
}
