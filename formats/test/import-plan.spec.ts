// What an import writes: what is not here, or was edited later than what is here, and nothing else.
import { expect, test } from '@jest/globals';
import type { EntryItem, ImportItems } from '../src/import/items.js';
import { planImport, type PresentRows } from '../src/import/plan.js';
import type { LocalRow } from '@logdate/client';
import { rowOf } from './support/rows.js';

const BODY = {
  type: 'TEXT',
  content: 'A robin.',
  mediaUri: null,
  durationMs: 0,
  createdAt: -9_781_700_400_000,
} as const;
const ENTRY: EntryItem = { id: 'e', ...BODY, clientUpdatedAt: 100 };

const plan = (...rows: LocalRow[]) => planImport(items({ entries: [ENTRY] }), present(rows));

test('an entry that is not here is written', () => {
  expect(plan().entries).toEqual([ENTRY]);
});

test('an entry that is here as it is imported is left alone', () => {
  expect(plan(rowOf('content', 'e', BODY, 0))).toMatchObject({ entries: [], unchanged: 1 });
});

test('of two versions the later edit stays', () => {
  const other = { ...BODY, content: 'A wren.' };
  expect(plan(rowOf('content', 'e', other, 100))).toMatchObject({ entries: [], editedHere: 1, editedEntries: ['e'] });
  expect(plan(rowOf('content', 'e', other, 99)).entries).toEqual([ENTRY]);
});

test('an entry with another date is another version', () => {
  expect(plan(rowOf('content', 'e', { ...BODY, createdAt: 0 }, 99)).entries).toEqual([ENTRY]);
});

test('an entry that was deleted here stays deleted', () => {
  expect(plan(rowOf('content', 'e', null, 0))).toMatchObject({ entries: [], deletedHere: 1 });
});

test('links and files that are here, deleted here, or on their way are not written again', () => {
  const link = { journalId: 'j', contentId: 'e', createdAt: 1 };
  const file = {
    id: 'm',
    contentId: 'e',
    fileName: 'a.png',
    mimeType: 'image/png',
    createdAt: 1,
    source: 'a.png',
    read: async () => new Uint8Array(),
  };
  const brought = items({ links: [link], files: [file] });
  expect(planImport(brought, present([]))).toMatchObject({ links: [link], files: [file] });
  const here = [rowOf('association', 'j:e', null), rowOf('media', 'm', null)];
  expect(planImport(brought, present(here))).toMatchObject({ links: [], files: [] });
  expect(planImport(brought, { ...present([]), isQueued: () => true }).files).toEqual([]);
});

function items(some: Partial<ImportItems>): ImportItems {
  return { journals: [], entries: [], links: [], files: [], broken: [], leftOut: [], ...some };
}

function present(rows: LocalRow[]): PresentRows {
  return { get: (type, id) => rows.find((row) => row.type === type && row.id === id), isQueued: () => false };
}
