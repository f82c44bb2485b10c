import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Entry, LogDate } from '../src/log-date.js';
import type { ContentBody } from '../src/resources.js';
import { TransportError } from '../src/transport.js';
import { MemoryStorage, memoryStore } from '../src/stores/memory.js';
import { openDevice } from './support/open-device.js';
import { SmallServer } from './support/small-server.js';

const ID = '6b0e8f5e-7d0c-4f4c-9d6e-0d6a3c1f2b4a';
const words = (content: string) => ({ type: 'TEXT', content, mediaUri: null, durationMs: 0, createdAt: 5 });

describe('an edit of what a person had before them', () => {
  let server: SmallServer;
  let db: LogDate;
  let otherTab: LogDate;
  /** As the editor loaded it. */
  let opened: Entry<ContentBody>;

  beforeEach(async () => {
    server = new SmallServer();
    const storage = new MemoryStorage();
    db = await openDevice(server, { store: memoryStore(storage) });
    otherTab = await openDevice(server, { store: memoryStore(storage) });
    opened = await db.content.save({ id: ID, content: 'It rained. We stayed in.', createdAt: 5 });
    await db.sync.syncNow();
  });
  afterEach(async () => {
    await db.close();
    await otherTab.close();
  });

  const elsewhere = async (content: string | null): Promise<void> => {
    server.put({ type: 'content', id: ID, body: content === null ? null : words(content) });
    await db.sync.downloadRemoteChanges();
  };
  const save = (content: string, seen = opened) => db.content.save({ id: ID, content }, { seen });
  const texts = async () =>
    (await db.content.list()).map(({ content }) => String(content)).toSorted((one, other) => one.localeCompare(other));

  test('changed in another sentence meanwhile by the server is merged, answered and sent', async () => {
    await elsewhere('It rained. We stayed in. The cat slept.');
    expect(await save('It poured. We stayed in.')).toMatchObject({
      content: 'It poured. We stayed in. The cat slept.',
      backup: 'waiting',
    });
    await db.sync.syncNow();
    expect(server.get('content', ID)?.body).toMatchObject({ content: 'It poured. We stayed in. The cat slept.' });
    expect(await db.sync.conflicts()).toEqual([]);
  });

  test('changed in the same sentence meanwhile by the server stays as typed, and is a conflict with what was seen as its base', async () => {
    await elsewhere('It hailed. We stayed in.');
    expect(await save('It poured. We stayed in.')).toMatchObject({
      content: 'It poured. We stayed in.',
      backup: 'conflict',
    });
    expect(await db.sync.conflicts()).toMatchObject([
      {
        base: { content: 'It rained. We stayed in.' },
        mine: { content: 'It poured. We stayed in.' },
        theirs: { body: { content: 'It hailed. We stayed in.' } },
      },
    ]);
    expect(Object.keys((await db.sync.conflicts())[0]?.base ?? {})).not.toContain('backup');
    expect(await texts()).toEqual(['It poured. We stayed in.']);
    expect(await db.sync.syncNow()).toMatchObject({ pushed: 0 });
    expect(server.get('content', ID)?.body).toMatchObject({ content: 'It hailed. We stayed in.' });
  });

  test.each([
    ['mine', 'It poured. We stayed in.', ['It poured. We stayed in.']],
    ['theirs', 'It hailed. We stayed in.', ['It hailed. We stayed in.']],
    ['both', 'It hailed. We stayed in.', ['It hailed. We stayed in.', 'It poured. We stayed in.']],
  ] as const)('in a conflict that is decided as %s is then the same here and on the server', async (how, held, all) => {
    await elsewhere('It hailed. We stayed in.');
    await save('It poured. We stayed in.');
    const [conflict] = await db.sync.conflicts();
    const theirsVersion = conflict?.theirsVersion ?? 0;
    expect(await db.sync.resolveConflict(ID, how, { theirsVersion })).toBe('resolved');
    await db.sync.syncNow();
    expect(server.get('content', ID)?.body).toMatchObject({ content: held });
    expect(await texts()).toEqual(all);
    expect(db.sync.status.get()).toMatchObject({ unsynced: 0, conflicts: 0 });
  });

  test('in a conflict is judged by what was seen also when the server changes again', async () => {
    await elsewhere('It hailed. We stayed in.');
    await save('It poured. We stayed in.');
    // Against the row that came first this would be an edit of another sentence.
    await elsewhere('It hailed. We stayed in. The cat slept.');
    expect(await db.sync.conflicts()).toMatchObject([
      {
        base: { content: 'It rained. We stayed in.' },
        theirs: { body: { content: 'It hailed. We stayed in. The cat slept.' } },
      },
    ]);
  });

  test('in a conflict goes on being saved with the answer of the last save, and settles it where it says the same', async () => {
    await elsewhere('It hailed. We stayed in.');
    const first = await save('It poured. We stayed in.');
    const second = await save('It poured down. We stayed in.', first);
    expect(second).toMatchObject({ content: 'It poured down. We stayed in.', backup: 'conflict' });
    expect(await db.sync.conflicts()).toMatchObject([{ base: { content: 'It rained. We stayed in.' } }]);
    const third = await save('It hailed. We stayed in. All day.', second);
    expect(third).toMatchObject({ content: 'It hailed. We stayed in. All day.', backup: 'waiting' });
    expect(await db.sync.conflicts()).toEqual([]);
    await db.sync.syncNow();
    expect(server.get('content', ID)?.body).toMatchObject({ content: 'It hailed. We stayed in. All day.' });
    expect(await texts()).toEqual(['It hailed. We stayed in. All day.']);
  });

  test('that is older than a conflict keeps what the row said then as an entry of its own', async () => {
    await elsewhere('It hailed. We stayed in.');
    await save('It poured. We stayed in.');
    expect(await save('It drizzled. We stayed in.')).toMatchObject({ backup: 'conflict' });
    expect(await texts()).toEqual(['It drizzled. We stayed in.', 'It poured. We stayed in.']);
    expect(await db.sync.conflicts()).toMatchObject([{ theirs: { body: { content: 'It hailed. We stayed in.' } } }]);
  });

  test('saved three times in a row, each on the answer of the last, is one edit, whatever was sent between', async () => {
    const first = await save('It poured. We stayed in.');
    const second = await save('It poured. We stayed at home.', first);
    await db.sync.syncNow();
    const third = await save('It poured. We stayed at home, all day.', second);
    expect(third).toMatchObject({ content: 'It poured. We stayed at home, all day.', backup: 'waiting' });
    await db.sync.syncNow();
    expect(await texts()).toEqual(['It poured. We stayed at home, all day.']);
    expect(db.sync.status.get()).toMatchObject({ unsynced: 0, conflicts: 0 });
  });

  test('saved again on a merged answer takes back what the person took out of it', async () => {
    await elsewhere('It rained. We stayed in. The cat slept.');
    const merged = await save('It poured. We stayed in.');
    expect(await save('It poured. The cat slept.', merged)).toMatchObject({ content: 'It poured. The cat slept.' });
  });

  test('changed in another sentence by another tab is merged', async () => {
    await otherTab.content.save({ id: ID, content: 'It rained. We stayed in. The cat slept.' });
    expect(await save('It poured. We stayed in.')).toMatchObject({
      content: 'It poured. We stayed in. The cat slept.',
    });
    expect(await texts()).toEqual(['It poured. We stayed in. The cat slept.']);
  });

  test('changed in the same sentence by another tab, unsent, keeps that as an entry of its own in the same journal', async () => {
    const journal = await db.journals.save({ title: 'Weather' });
    await db.associations.link(journal.id, ID);
    await otherTab.content.save({ id: ID, content: 'It hailed. We stayed in.' });
    expect(await save('It poured. We stayed in.')).toMatchObject({
      content: 'It poured. We stayed in.',
      backup: 'waiting',
    });
    expect(await texts()).toEqual(['It hailed. We stayed in.', 'It poured. We stayed in.']);
    expect(await db.associations.ofJournal(journal.id)).toHaveLength(2);
    expect(await db.sync.conflicts()).toEqual([]);
  });

  test('changed in the same sentence by another tab, and sent, is a conflict with what the server has of it', async () => {
    await otherTab.content.save({ id: ID, content: 'It hailed. We stayed in.' });
    await otherTab.sync.syncNow();
    expect(await save('It poured. We stayed in.')).toMatchObject({ backup: 'conflict' });
    expect(await db.sync.conflicts()).toMatchObject([{ theirs: { body: { content: 'It hailed. We stayed in.' } } }]);
    expect(await texts()).toEqual(['It poured. We stayed in.']);
  });

  test('changed in the same sentence by another tab, and sent with a lost answer, keeps that as an entry of its own', async () => {
    await otherTab.content.save({ id: ID, content: 'It hailed. We stayed in.' });
    server.after = () => {
      throw new TransportError('NO_ANSWER', 'cut');
    };
    await otherTab.sync.uploadPendingChanges();
    await save('It poured. We stayed in.');
    server.after = () => undefined;
    await db.sync.syncNow();
    expect(await texts()).toEqual(['It hailed. We stayed in.', 'It poured. We stayed in.']);
    expect(server.get('content', ID)?.body).toMatchObject({ content: 'It poured. We stayed in.' });
    expect(db.sync.status.get()).toMatchObject({ unsynced: 0, conflicts: 0 });
  });

  test('of what was deleted meanwhile brings it back', async () => {
    await elsewhere(null);
    expect(await save('It poured. We stayed in.')).toMatchObject({ content: 'It poured. We stayed in.', createdAt: 5 });
    await db.sync.syncNow();
    expect(server.get('content', ID)).toMatchObject({ status: 'live', body: { content: 'It poured. We stayed in.' } });
  });

  test('of what was deleted before it was ever sent brings it back with its time', async () => {
    const unsent = await db.content.save({ content: 'Never sent.', createdAt: 7 });
    await otherTab.content.delete(unsent.id);
    const back = await db.content.save({ id: unsent.id, content: 'Sent after all.' }, { seen: unsent });
    expect(back).toMatchObject({ content: 'Sent after all.', createdAt: 7, backup: 'waiting' });
  });

  test('leaves the fields that it does not name as they came meanwhile', async () => {
    const journal = await db.journals.save({ title: 'Garden', description: 'Beans.', createdAt: 1 });
    await db.sync.syncNow();
    const { id } = journal;
    server.put({ type: 'journal', id, body: { title: 'Allotment', description: 'Beans.', createdAt: 1 } });
    await db.sync.downloadRemoteChanges();
    const saved = await db.journals.save({ id, description: 'Beans and peas.' }, { seen: journal });
    expect(saved).toMatchObject({ title: 'Allotment', description: 'Beans and peas.' });
    expect(await db.sync.conflicts()).toEqual([]);
  });
});
