import 'fake-indexeddb/auto';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Key, LocalStore, Range } from '../src/store.js';
import { TABLES } from '../src/tables.js';
import type { LocalRow } from '../src/tables.js';
import { indexedDbUnderTest, memoryUnderTest, scratchFolder, sqliteUnderTest } from './support/store-storages.js';

const folder = scratchFolder();
afterAll(folder.remove);

const RUNS = 150;
/** A few values of each kind, so that most ranges have rows in them and edges between them. */
const types = fc.constantFrom('journal', 'content');
const ids = fc.constantFrom('', '1', 'a', 'ab', 'b', '~');
const dates = fc.constantFrom(Number.MIN_SAFE_INTEGER, -1, 0, 1, 2 ** 40);
const states = fc.constantFrom('live', 'deleted');

const rows = fc.array(
  fc.record({
    type: types,
    id: ids,
    status: states,
    body: fc.option(fc.record({ createdAt: fc.option(dates), journalId: fc.option(ids) }, { requiredKeys: [] })),
  }),
  { maxLength: 25 },
);
const removed = fc.array(fc.tuple(types, ids), { maxLength: 5 });

function entries(index: string | undefined): fc.Arbitrary<Key> {
  if (index === undefined) return fc.tuple(types, ids);
  return fc.tuple(types, states, index === 'byDate' ? dates : ids, ids);
}
const ranges: fc.Arbitrary<Range> = fc.constantFrom(undefined, 'byDate', 'byJournal').chain((index) =>
  fc.record({
    index: fc.constant(index),
    prefix: fc.option(
      fc.tuple(entries(index), fc.nat(4)).map(([entry, parts]) => entry.slice(0, parts)),
      { nil: undefined },
    ),
    after: fc.option(entries(index), { nil: undefined }),
    limit: fc.option(fc.nat(6), { nil: undefined }),
    reverse: fc.option(fc.boolean(), { nil: undefined }),
  }),
);

const storages = {
  memory: memoryUnderTest,
  libsql: () => sqliteUnderTest(join(folder.path, randomUUID())),
  'IndexedDB (a fake one)': () => indexedDbUnderTest(randomUUID()),
};

for (const [kind, newStorage] of Object.entries(storages)) {
  test(`a store over ${kind} lists and counts like an array that is filtered, sorted and cut`, async () => {
    const store = await newStorage().open();
    const property = fc.asyncProperty(
      rows,
      removed,
      fc.array(ranges, { minLength: 1, maxLength: 8 }),
      async (...all) => {
        const [put, deleted, asked] = all as unknown as [LocalRow[], [string, string][], Range[]];
        const expected = await replaceAll(store, put, deleted);
        await store.transaction('read', ['rows'], async (transaction) => {
          for (const range of asked) {
            expect(await transaction.list('rows', range)).toEqual(listOf(expected, range));
            const { index, prefix } = range;
            expect(await transaction.count('rows', range)).toBe(listOf(expected, { index, prefix }).length);
          }
        });
      },
    );
    await fc.assert(property, { numRuns: RUNS });
    await store.close();
  });
}

async function replaceAll(store: LocalStore, put: LocalRow[], deleted: [string, string][]): Promise<LocalRow[]> {
  return store.transaction('write', ['rows'], async (transaction) => {
    for (const { type, id } of await transaction.list('rows')) await transaction.delete('rows', [type, id]);
    for (const row of put) await transaction.put('rows', row);
    for (const key of deleted) await transaction.delete('rows', key);
    const kept = new Map(put.map((row) => [`${row.type} ${row.id}`, row]));
    for (const [type, id] of deleted) kept.delete(`${type} ${id}`);
    return [...kept.values()];
  });
}

function listOf(all: LocalRow[], { index, prefix = [], after, limit, reverse }: Range): LocalRow[] {
  const fields = (index === undefined ? TABLES.rows.key : TABLES.rows.indexes[index]) ?? [];
  const direction = reverse ? -1 : 1;
  return all
    .map((row) => ({ row, entry: fields.map((field) => valueAt(row, field)) as Key }))
    .filter(({ entry }) => entry.every((part) => part != null))
    .filter(({ entry }) => prefix.every((part, place) => entry[place] === part))
    .filter(({ entry }) => !after || order(entry, after) * direction > 0)
    .sort((left, right) => order(left.entry, right.entry) * direction)
    .map(({ row }) => row)
    .slice(0, limit);
}

function valueAt(row: LocalRow, field: string): unknown {
  return field.startsWith('body.') ? row.body?.[field.slice(5)] : row[field as keyof LocalRow];
}

function order(left: Key, right: Key): number {
  const place = left.findIndex((part, at) => part !== right[at]);
  if (place < 0) return 0;
  const [one, other] = [left[place], right[place]] as [string | number, string | number];
  return one < other ? -1 : 1;
}
