// Every way in which a device and the server can differ is found, and named.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { compareRows, compareWithServer } from '../src/compare-with-server.js';
import type { LogDate } from '../src/log-date.js';
import { sendFiles } from '../src/media/send-files.js';
import type { RemoteRow, RowType } from '../src/resources.js';
import type { LocalStore } from '../src/store.js';
import { MemoryStorage, memoryStore } from '../src/stores/memory.js';
import type { LocalRow } from '../src/tables.js';
import type { Transport } from '../src/transport.js';
import { bytesOf, FakeMediaServer } from './support/media-device.js';
import { openDevice } from './support/open-device.js';
import { SmallServer } from './support/small-server.js';

const BODY = { type: 'TEXT', content: 'A robin.', mediaUri: null, durationMs: 0, createdAt: 1 };

function remote(id: string, more: Partial<RemoteRow> = {}): RemoteRow {
  const common = { version: 7, updatedAt: 7, clientUpdatedAt: 0, deviceId: 'd', mutationId: 'm' };
  return { type: 'content', id, status: 'live', body: BODY, ...common, ...more };
}

function local(id: string, more: Partial<LocalRow> = {}): LocalRow {
  const untouched = { localRev: 1, clientUpdatedAt: 0, theirs: null, generation: 0 };
  return { type: 'content', id, body: BODY, status: 'live', ...untouched, base: remote(id), ...more };
}

test('rows that are the same on both sides match, and what is deleted on both counts for nothing', () => {
  const tombstone = remote('b', { status: 'deleted', body: null });
  const { counts, differences } = compareRows(
    [local('a'), { ...local('b'), status: 'deleted' }],
    [remote('a'), tombstone],
  );
  expect(differences).toEqual([]);
  expect(counts.content).toEqual({ matching: 1, all: 1 });
});

describe.each<[string, LocalRow[], RemoteRow[]]>([
  ['is on the server and not here', [], [remote('a')]],
  ['is on the server and not here', [{ ...local('a'), status: 'deleted' }], [remote('a')]],
  ['is here and not yet on the server', [local('a', { base: null })], []],
  ['is here and no longer on the server', [local('a')], [remote('a', { status: 'deleted', body: null })]],
  ['differs in content', [local('a')], [remote('a', { body: { ...BODY, content: 'A wren.' } })]],
  ['differs in createdAt', [local('a')], [remote('a', { body: { ...BODY, createdAt: 2 } })]],
  ['has version 8 on the server, 7 here', [local('a')], [remote('a', { version: 8 })]],
])('a row that %s', (difference, here, there) => {
  const named = [{ type: 'content', id: 'a', difference }];

  test('is a difference', () => {
    expect(compareRows(here, there)).toMatchObject({ differences: named, waiting: [] });
  });

  test('is waiting where a change of it was not sent', () => {
    expect(compareRows(here, there, new Set(['content a']))).toMatchObject({ differences: [], waiting: named });
  });
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
        remaining: Math.max(0, left[type] - from - 1),
        epoch: 'e',
        serverTime: 0,
      });
      return Object.fromEntries(Object.entries(since).map(([type, from]) => [type, page(type as RowType, from)]));
    },
  };
  const told: unknown[] = [];
  const onProgress = (progress: unknown): void => void told.push(progress);
  const { counts, differences } = await compareWithServer({ store: memoryStore(), transport, onProgress });
  expect(counts).toMatchObject({
    journal: { all: 1 },
    content: { all: 3 },
    association: { all: 2 },
    media: { all: 0 },
  });
  expect(differences).toHaveLength(6);
  expect(asked).toEqual([
    { journal: 0, content: 0, association: 0, media: 0 },
    { content: 1, association: 1 },
    { content: 2 },
  ]);
  expect(told).toEqual([
    { done: 3, total: 6 },
    { done: 5, total: 6 },
    { done: 6, total: 6 },
  ]);
});

describe('a device that is compared with its server', () => {
  let server: SmallServer;
  let storage: MemoryStorage;
  let store: LocalStore;
  let db: LogDate;
  let sent: string;

  beforeEach(async () => {
    server = new SmallServer();
    storage = new MemoryStorage();
    store = memoryStore(storage);
    db = await openDevice(server, { store, files: sendFiles({ transport: new FakeMediaServer() }) });
    sent = (await db.content.save({ content: 'Sent.' })).id;
    await db.sync.syncNow();
  });
  afterEach(() => db.close());

  const compare = () => compareWithServer({ store, transport: server.transport });

  test('is left as it is', async () => {
    await db.content.save({ content: 'Not sent.' });
    await db.sync.whenMediaIdle();
    const before = storage.dump();
    await compare();
    expect(storage.dump()).toEqual(before);
  });

  test('has what it has not sent named as waiting: new, edited and deleted rows, and files', async () => {
    const { id } = await db.content.save({ content: 'New.' });
    const photo = await db.media.add({ contentId: sent, fileName: 'a.png', mimeType: 'image/png', bytes: bytesOf(9) });
    await db.content.save({ id: sent, content: 'Edited.' });
    const { counts, differences, waiting } = await compare();
    expect(differences).toEqual([]);
    expect(counts.content).toEqual({ matching: 0, all: 2 });
    expect(waiting).toHaveLength(3);
    expect(waiting).toEqual(
      expect.arrayContaining([
        { type: 'content', id, difference: 'is here and not yet on the server' },
        { type: 'content', id: sent, difference: 'differs in content' },
        { type: 'media', id: photo, difference: 'is here and not yet on the server' },
      ]),
    );
    await db.content.delete(sent);
    const deleted = { type: 'content', id: sent, difference: 'is on the server and not here' };
    expect((await compare()).waiting).toContainEqual(deleted);
  });

  test('has what it sends while the feeds are read compared too', async () => {
    const transport: Pick<Transport, 'pull'> = {
      pull: async (...asked) => {
        const pages = await server.transport.pull(...asked);
        if (asked[0].since.content === 0) {
          await db.content.save({ id: sent, content: 'Edited.' });
          await db.sync.syncNow();
        }
        return pages;
      },
    };
    expect(await compareWithServer({ store, transport })).toMatchObject({
      counts: { content: { matching: 1, all: 1 } },
      differences: [],
      waiting: [],
    });
  });

  test('that was restored to an older time has an end, and differs', async () => {
    server.rows.clear();
    expect(await compare()).toMatchObject({
      differences: [{ id: sent, difference: 'is here and no longer on the server' }],
    });
  });
});
