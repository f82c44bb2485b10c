/** What the worker does with a ZIP, without the worker. */
import { expect, test } from '@jest/globals';
import type { LocalStore, LogDate } from '@logdate/client';
import { memoryStore } from '@logdate/client/memory';
import { sendFiles } from '../../client/src/media/send-files.js';
import { openDevice } from '../../client/test/support/open-device.js';
import { SmallServer } from '../../client/test/support/small-server.js';
import { zipOf } from '../../formats/test/support/zips.js';
import { importJournal } from '../src/data/import-journal.js';
import type { WorkProgress } from '../src/data/journal-work.js';

const ACCOUNT = 'a0000000-0000-4000-8000-000000000001';
const DEVICE = 'd0000000-0000-4000-8000-000000000001';
const ENTRIES = 450;

const diary = new File(
  [zipOf({ 'Diary.json': JSON.stringify({ entries: dayOneEntries() }), 'photos/ab.png': 'png' })],
  'd.zip',
);

test('a second import changes nothing, and leaves alone what was edited and deleted here', async () => {
  const here = await device();
  expect(await here.import(diary)).toMatchObject({
    written: { journals: 1, entries: ENTRIES, links: ENTRIES, files: 1 },
    wasCancelled: false,
    leftOut: [{ field: 'starred', entries: 1 }],
    broken: [],
  });
  expect(await here.import(diary)).toMatchObject({
    written: { journals: 0, entries: 0, links: 0, files: 0 },
    unchanged: ENTRIES + 1,
  });
  const [edited, deleted] = await here.db.content.list({ limit: 2 });
  if (edited === undefined || deleted === undefined) throw new Error('Nothing was imported');
  await here.db.content.save({ id: edited.id, content: 'Otherwise.' });
  await here.db.sync.uploadPendingChanges();
  await here.db.content.delete(deleted.id);
  expect(await here.import(diary)).toMatchObject({
    written: { entries: 0 },
    editedHere: 1,
    editedEntries: [edited.id],
    deletedHere: 1,
  });
});

test('an import that is cancelled keeps what it has written, and the next one brings the rest', async () => {
  const here = await device();
  const cancelling = new AbortController();
  const onProgress = ({ what, done }: WorkProgress): void => {
    if (what === 'entries' && done > 0) cancelling.abort();
  };
  const first = await here.import(diary, { onProgress, signal: cancelling.signal });
  expect(first.wasCancelled).toBe(true);
  expect(first.written.entries).toBeLessThan(ENTRIES);
  expect(await here.db.content.count()).toBe(first.written.entries);
  expect(await here.import(diary)).toMatchObject({
    written: { journals: 0, entries: ENTRIES - first.written.entries, links: ENTRIES, files: 1 },
  });
  expect(await here.db.content.count()).toBe(ENTRIES);
});

test('what was imported before the sign-in is known after it, and does not come in twice', async () => {
  const here = await device();
  await here.import(diary, { userId: null });
  expect(await here.import(diary)).toMatchObject({ written: { entries: 0, files: 0 }, unchanged: ENTRIES + 1 });
  expect(await here.db.content.count()).toBe(ENTRIES);
});

test('each kind is told from nothing to its end, and never backwards', async () => {
  const told: WorkProgress[] = [];
  await (await device()).import(diary, { onProgress: (progress) => told.push(progress) });
  expect(told.slice(0, 4)).toEqual([
    { what: 'journals', done: 0, total: 1 },
    { what: 'entries', done: 0, total: ENTRIES },
    { what: 'links', done: 0, total: ENTRIES },
    { what: 'files', done: 0, total: 1 },
  ]);
  for (const kind of ['journals', 'entries', 'links', 'files'] as const) {
    const steps = told.filter(({ what }) => what === kind).map(({ done }) => done);
    expect(steps).toEqual(steps.toSorted((one, other) => one - other));
    expect(steps.at(-1)).toBe(told.find(({ what }) => what === kind)?.total);
  }
});

test('a photo that is damaged is named, and keeps no other thing back', async () => {
  const bytes = Buffer.from(await diary.arrayBuffer());
  // In the list at the end of a ZIP the checksum of a file stands 30 bytes before its name.
  const checksum = bytes.lastIndexOf('photos/ab.png') - 30;
  bytes[checksum] = ~bytes.readUInt8(checksum);
  const imported = await (await device()).import(new File([bytes], 'd.zip'));
  expect(imported).toMatchObject({ written: { entries: ENTRIES, files: 0 } });
  expect(imported.broken).toEqual([expect.stringContaining('photos/ab.png')]);
});

interface Device {
  db: LogDate;
  import: (file: File, options?: ImportOptions) => ReturnType<typeof importJournal>;
}
interface ImportOptions {
  userId?: string | null;
  onProgress?: (progress: WorkProgress) => void;
  signal?: AbortSignal;
}

async function device(): Promise<Device> {
  const store: LocalStore = memoryStore();
  // Nothing of a file is sent in these tests.
  const transport = {} as Parameters<typeof sendFiles>[0]['transport'];
  const db = await openDevice(new SmallServer(), { store, files: sendFiles({ transport }) });
  return {
    db,
    import: (file, { userId = ACCOUNT, onProgress = () => undefined, signal = new AbortController().signal } = {}) =>
      importJournal(file, { db, store, userId, deviceId: DEVICE }, onProgress, signal),
  };
}

function dayOneEntries(): object[] {
  return Array.from({ length: ENTRIES }, (_, index) => ({
    uuid: `E${index}`,
    creationDate: new Date(index * 86_400_000).toISOString(),
    text: `Day ${index}.`,
    ...(index === 0 && { photos: [{ md5: 'ab', identifier: 'P' }], starred: true }),
  }));
}
