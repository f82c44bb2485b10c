// What was written before a sign-in moves, whatever cuts it off, and nothing of it is lost or doubled.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { adoptJournal, forgetAdopted, type OpenedJournal } from '../src/adopt-journal.js';
import { sendFiles } from '../src/media/send-files.js';
import { LiveValue } from '../src/live.js';
import type { ContentBody } from '../src/resources.js';
import type { LocalStore } from '../src/store.js';
import { MemoryStorage, memoryStore } from '../src/stores/memory.js';
import type { LocalRow, Setting } from '../src/tables.js';
import { bytesOf, FakeMediaServer, read } from './support/media-device.js';
import { openDevice } from './support/open-device.js';
import { SmallServer } from './support/small-server.js';

const GARDEN = '0a3c1f2b-7d0c-4f4c-9d6e-6b0e8f5e0001';
const RAIN = '0a3c1f2b-7d0c-4f4c-9d6e-6b0e8f5e0002';
const SUN = '0a3c1f2b-7d0c-4f4c-9d6e-6b0e8f5e0003';
const GONE = '0a3c1f2b-7d0c-4f4c-9d6e-6b0e8f5e0004';
const EARLIER = '00000000-7d0c-4f4c-9d6e-6b0e8f5e0006';
const PHOTO = '0a3c1f2b-7d0c-4f4c-9d6e-6b0e8f5e0005';
/** Two pieces and a half. */
const BYTES = bytesOf(640 * 1024);

/** Both journals of one device, and the server of the account. */
class Device {
  readonly server = new SmallServer();
  readonly storages = { from: new MemoryStorage(), into: new MemoryStorage() };
  #opened: OpenedJournal[] = [];

  /** @param through stands between the journal and its storage */
  async open(
    side: 'from' | 'into',
    through: (store: LocalStore) => LocalStore = (store) => store,
  ): Promise<OpenedJournal> {
    const store = through(memoryStore(this.storages[side]));
    const signedIn = new LiveValue(side === 'into');
    const db = await openDevice(this.server, {
      store,
      auth: { signedIn, signOut: () => Promise.resolve() },
      files: sendFiles({ transport: new FakeMediaServer() }),
      deviceId: 'this-browser',
    });
    const opened = { db, store };
    this.#opened.push(opened);
    return opened;
  }

  async close(): Promise<void> {
    for (const { db } of this.#opened.splice(0)) await db.close();
  }

  rows(side: 'from' | 'into'): LocalRow[] {
    return (this.storages[side].dump().rows.rows ?? []) as LocalRow[];
  }
}

/** Writes as a person does who has not signed in. */
async function write({ db }: OpenedJournal): Promise<void> {
  await db.journals.save({ id: GARDEN, title: 'Garden', createdAt: 1, clientUpdatedAt: 11 });
  await db.content.save({ id: RAIN, content: 'It rained.', createdAt: 2, clientUpdatedAt: 12 });
  await db.content.save({ id: SUN, content: 'The sun shone.', createdAt: -3, clientUpdatedAt: 13 });
  await db.associations.linkAll([{ journalId: GARDEN, contentId: RAIN, createdAt: 4 }]);
  await db.media.add({
    id: PHOTO,
    contentId: RAIN,
    fileName: 'rain.png',
    mimeType: 'image/png',
    createdAt: 5,
    bytes: BYTES,
  });
}

const texts = async ({ db }: OpenedJournal): Promise<string[]> =>
  (await db.content.list()).map(({ content }) => String(content)).toSorted();

let device: Device;
let from: OpenedJournal;
let into: OpenedJournal;

beforeEach(async () => {
  device = new Device();
  from = await device.open('from');
  into = await device.open('into');
  await write(from);
});
afterEach(() => device.close());

test('everything moves with its ids and times, and reaches the server', async () => {
  const before = device.storages.from.dump();
  expect(await adoptJournal({ from, into })).toEqual({
    journals: 1,
    entries: 2,
    links: 1,
    files: 1,
    copies: 0,
    damaged: [],
  });
  expect(await into.db.journals.get(GARDEN)).toMatchObject({ title: 'Garden', createdAt: 1, clientUpdatedAt: 11 });
  expect(await into.db.content.get(RAIN)).toMatchObject({ content: 'It rained.', createdAt: 2, clientUpdatedAt: 12 });
  expect(await into.db.content.get(SUN)).toMatchObject({ createdAt: -3, clientUpdatedAt: 13, backup: 'waiting' });
  expect(await into.db.associations.ofJournal(GARDEN)).toMatchObject([{ contentId: RAIN, createdAt: 4 }]);
  expect(await into.db.media.get(PHOTO)).toMatchObject({ contentId: RAIN, fileName: 'rain.png', createdAt: 5 });
  expect(Buffer.compare(await read(into.db.media.read(PHOTO)), BYTES)).toBe(0);
  expect(into.db.sync.status.get()).toMatchObject({ unsynced: 4, media: { waiting: 1 } });
  expect(await into.db.sync.syncNow()).toMatchObject({ ended: 'done', pushed: 4 });
  expect(device.server.get('content', RAIN)?.body).toMatchObject({ content: 'It rained.', createdAt: 2 });
  expect(device.storages.from.dump()).toEqual(before);
});

test('what is deleted does not move', async () => {
  await from.db.content.save({ id: GONE, content: 'Nothing.' });
  await from.db.content.delete(GONE);
  await from.db.media.delete(PHOTO);
  expect(await adoptJournal({ from, into })).toMatchObject({ entries: 2, files: 0 });
  expect(await into.db.content.get(GONE)).toBeUndefined();
  expect(await into.db.media.list()).toEqual([]);
});

test('the journal is told of words that moved without a file', async () => {
  await from.db.media.delete(PHOTO);
  let told = 0;
  into.db.onChange(() => (told += 1));
  await adoptJournal({ from, into });
  expect(told).toBeGreaterThan(0);
});

test('a second time moves nothing, and leaves what was edited and deleted in between', async () => {
  await adoptJournal({ from, into });
  await into.db.content.save({ id: RAIN, content: 'It rained all day.' });
  await into.db.content.delete(SUN);
  await into.db.media.delete(PHOTO);
  expect(await adoptJournal({ from, into })).toEqual({
    journals: 0,
    entries: 0,
    links: 0,
    files: 0,
    copies: 0,
    damaged: [],
  });
  expect(await texts(into)).toEqual(['It rained all day.']);
  expect(await into.db.media.get(PHOTO)).toBeUndefined();
});

test('what is written while it moves is moved too', async () => {
  let written: Promise<unknown> | undefined;
  const onProgress = ({ done }: { done: number }): void => {
    // Both entries are over there; this one comes before them in the order in which they are read.
    if (done === 3) written ??= from.db.content.save({ id: EARLIER, content: 'Just now.' });
  };
  expect(await adoptJournal({ from, into, onProgress })).toMatchObject({ entries: 3 });
  await written;
  expect(await texts(into)).toContain('Just now.');
});

test('an entry that is there with other words stays, and the words that came are one of their own in the same journal', async () => {
  await into.db.content.save({ id: RAIN, content: 'It hailed.' });
  expect(await adoptJournal({ from, into })).toMatchObject({ entries: 1, links: 1, copies: 1 });
  expect(await into.db.content.get(RAIN)).toMatchObject({ content: 'It hailed.' });
  expect(await texts(into)).toEqual(['It hailed.', 'It rained.', 'The sun shone.']);
  expect(await into.db.associations.ofJournal(GARDEN)).toHaveLength(2);
  expect(await adoptJournal({ from, into })).toMatchObject({ copies: 0 });
  expect(await texts(into)).toHaveLength(3);
});

test('an entry that was edited again after it moved keeps both', async () => {
  await adoptJournal({ from, into });
  await from.db.content.save({ id: RAIN, content: 'It poured.' });
  expect(await adoptJournal({ from, into })).toMatchObject({ entries: 0, copies: 1 });
  expect(await texts(into)).toEqual(['It poured.', 'It rained.', 'The sun shone.']);
});

test('an entry that is there with the same words is not saved again', async () => {
  const { content, type, mediaUri, durationMs }: ContentBody = (await from.db.content.get(RAIN))!;
  device.server.put({ type: 'content', id: RAIN, body: { content, type, mediaUri, durationMs, createdAt: 99 } });
  await into.db.sync.downloadRemoteChanges();
  expect(await adoptJournal({ from, into })).toMatchObject({ entries: 1, copies: 0 });
  expect(await into.db.content.get(RAIN)).toMatchObject({ backup: 'backed-up', createdAt: 99 });
});

test('a file that is there with other bytes stays, and the bytes that came are one of their own', async () => {
  const facts = { contentId: RAIN, fileName: 'other.png', mimeType: 'image/png' };
  await into.db.media.add({ ...facts, id: PHOTO, bytes: bytesOf(100, 7) });
  expect(await adoptJournal({ from, into })).toMatchObject({ files: 0, copies: 1 });
  const files = await into.db.media.ofContent(RAIN);
  expect(files.map(({ fileName }) => fileName).toSorted()).toEqual(['other.png', 'rain.png']);
  const copy = files.find(({ fileName }) => fileName === 'rain.png')!;
  expect(Buffer.compare(await read(into.db.media.read(copy.id)), BYTES)).toBe(0);
});

test.each([
  ['missing', (store: LocalStore) => store.transaction('write', ['blobs'], (t) => t.delete('blobs', [PHOTO, 1]))],
  [
    'other than they were',
    (store: LocalStore) =>
      store.transaction('write', ['blobs'], (t) =>
        t.put('blobs', { id: PHOTO, part: 2, bytes: bytesOf(128 * 1024, 9) }),
      ),
  ],
])('a file whose bytes are %s is named, and all else moves', async (_, damage) => {
  await damage(from.store);
  expect(await adoptJournal({ from, into })).toMatchObject({ entries: 2, files: 0, damaged: [PHOTO] });
  expect(await into.db.media.get(PHOTO)).toBeUndefined();
  expect(device.storages.into.dump().rows.blobs).toEqual([]);
});

test('more than a batch moves, and progress counts each row and file once', async () => {
  await from.db.content.saveAll(Array.from({ length: 700 }, (_, at) => ({ content: `Entry ${at}`, createdAt: at })));
  const told: { done: number; total: number }[] = [];
  expect(await adoptJournal({ from, into, onProgress: (progress) => told.push(progress) })).toMatchObject({
    entries: 702,
  });
  expect(told[0]).toEqual({ done: 0, total: 705 });
  expect(told.at(-1)).toEqual({ done: 705, total: 705 });
  expect(told.map(({ done }) => done)).toEqual(told.map(({ done }) => done).toSorted((one, other) => one - other));
  expect(told.length).toBeGreaterThan(5);
});

test('the marks are gone when they are forgotten, and only they', async () => {
  await adoptJournal({ from, into });
  const names = () => (device.storages.into.dump().rows.settings as Setting[]).map(({ name }) => name);
  expect(names()).toContain(`adopted:content:${RAIN}`);
  await forgetAdopted(into.store);
  expect(names().filter((name) => name.startsWith('adopted:'))).toEqual([]);
  expect(names()).toContain('device');
});

/** A device that dies at its n-th write: before it, or just after it was kept. */
class Death {
  private writes = -Infinity;

  constructor(
    private readonly at: number,
    private readonly when: 'before' | 'after',
  ) {}

  /** From here on writes are counted. */
  arm(): void {
    this.writes = 0;
  }

  get came(): boolean {
    return this.writes >= this.at;
  }

  readonly through = (store: LocalStore): LocalStore => ({
    close: () => store.close(),
    destroy: () => store.destroy(),
    transaction: async (mode, tables, body) => {
      const wasDead = this.came;
      if (mode === 'write') this.writes += 1;
      if (wasDead || (this.came && this.when === 'before')) throw new Error('cut off');
      const answer = await store.transaction(mode, tables, body);
      if (this.came) throw new Error('cut off');
      return answer;
    },
  });
}

/** What the journal of the account holds, and what is on its way. */
function outcome() {
  const { rows = [], outbox = [], blobs = [], media = [], settings = [] } = device.storages.into.dump().rows;
  return {
    rows: (rows as LocalRow[]).map(({ type, id, body }) => ({ type, id, body })),
    queued: outbox.length,
    files: media.length,
    pieces: blobs.length,
    copying: (settings as Setting[]).filter(({ name }) => name.startsWith('copy:')),
  };
}

test.each(['before', 'after'] as const)(
  'cut off %s any write, it is done again without a trace of it',
  async (when) => {
    await into.db.content.save({ id: SUN, content: 'Clouds.' });
    await device.close();
    const start = device.storages.into.dump();
    await adoptJournal({ from: await device.open('from'), into: await device.open('into') });
    await device.close();
    const whole = outcome();
    expect(whole).toMatchObject({ queued: 5, files: 1, pieces: 3, copying: [] });
    for (let at = 1; ; at += 1) {
      device.storages.into = new MemoryStorage(start);
      const death = new Death(at, when);
      const dying = await device.open('into', death.through);
      death.arm();
      const cut = adoptJournal({ from: await device.open('from'), into: dying });
      await cut.catch((error: unknown) => expect(error).toMatchObject({ message: 'cut off' }));
      if (!death.came) {
        // Three batches and a copy, each of them told, and a file in three pieces.
        expect(at).toBeGreaterThan(10);
        return;
      }
      await dying.db.close().catch(() => undefined);
      await adoptJournal({ from: await device.open('from'), into: await device.open('into') });
      expect({ at, ...outcome() }).toEqual({ at, ...whole });
      await device.close();
    }
  },
);
