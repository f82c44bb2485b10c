// Every way in which a device and the server can differ is found, and named.
import { expect, test } from '@jest/globals';
import type { LocalRow, RemoteRow, RowType, Transport } from '@logdate/client';
import { compareRows, readServer } from '../src/verify-rows.js';
import { rowOf } from '../../formats/test/support/rows.js';

const BODY = { type: 'TEXT', content: 'A robin.', mediaUri: null, durationMs: 0, createdAt: 1 };

function remote(id: string, more: Partial<RemoteRow> = {}): RemoteRow {
  const common = { version: 7, updatedAt: 7, clientUpdatedAt: 0, deviceId: 'd', mutationId: 'm' };
  return { type: 'content', id, status: 'live', body: BODY, ...common, ...more };
}

function local(id: string, more: Partial<LocalRow> = {}): LocalRow {
  return { ...rowOf('content', id, BODY), base: remote(id), ...more };
}

const differencesOf = (here: LocalRow[], there: RemoteRow[]) =>
  compareRows(here, there).differences.map(({ id, difference }) => `${id} ${difference}`);

test('rows that are the same on both sides match, and what is deleted on both counts for nothing', () => {
  const tombstone = remote('b', { status: 'deleted', body: null });
  const { counts, differences } = compareRows(
    [local('a'), { ...local('b'), status: 'deleted' }],
    [remote('a'), tombstone],
  );
  expect(differences).toEqual([]);
  expect(counts.content).toEqual({ matching: 1, all: 1 });
});

test.each<[string, LocalRow[], RemoteRow[]]>([
  ['a is on the server and not here', [], [remote('a')]],
  ['a is on the server and not here', [{ ...local('a'), status: 'deleted' }], [remote('a')]],
  ['a is here and not yet on the server', [local('a', { base: null })], []],
  ['a is here and no longer on the server', [local('a')], [remote('a', { status: 'deleted', body: null })]],
  ['a differs in content', [local('a')], [remote('a', { body: { ...BODY, content: 'A wren.' } })]],
  ['a differs in createdAt', [local('a')], [remote('a', { body: { ...BODY, createdAt: 2 } })]],
  ['a has version 8 on the server, 7 here', [local('a')], [remote('a', { version: 8 })]],
])('%s', (difference, here, there) => {
  expect(differencesOf(here, there)).toEqual([difference]);
});

test('every feed is read from 0 to its end, each at its own pace', async () => {
  const left: Record<RowType, number> = { journal: 1, content: 3, association: 2, media: 0 };
  const asked: unknown[] = [];
  const transport: Pick<Transport, 'pull'> = {
    pull: async ({ since }) => {
      asked.push(since);
      const page = (type: RowType, from: number) => ({
        rows: from < left[type] ? [remote(`${type} ${from}`, { type })] : [],
        lastTimestamp: from + 1,
        hasMore: from + 1 < left[type],
        remaining: 0,
        epoch: 'e',
        serverTime: 0,
      });
      return Object.fromEntries(Object.entries(since).map(([type, from]) => [type, page(type as RowType, from)]));
    },
  };
  const rows = await readServer(transport as Transport, new AbortController().signal);
  expect(rows).toHaveLength(6);
  expect(asked).toEqual([
    { journal: 0, content: 0, association: 0, media: 0 },
    { content: 1, association: 1 },
    { content: 2 },
  ]);
});
