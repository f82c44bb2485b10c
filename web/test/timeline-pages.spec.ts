/** Which entries a list shows: all or those of a journal, newest first, as the library has them. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { LogDate } from '@logdate/client';
import { openDevice } from '../../client/test/support/open-device.js';
import { SmallServer } from '../../client/test/support/small-server.js';
import { countEntries } from '../src/journals/count-entries.js';
import { pagesOf, readNewest, type ContentEntry } from '../src/timeline/pages.js';

let db: LogDate;
beforeEach(async () => {
  db = await openDevice(new SmallServer());
});
afterEach(() => db.close());

/** Writes entries `0`, `1` … each a minute newer than the one before. */
async function write(count: number): Promise<string[]> {
  const rows = Array.from({ length: count }, (_, index) => ({
    id: crypto.randomUUID(),
    content: String(index),
    createdAt: index * 60_000,
  }));
  await db.content.saveAll(rows);
  return rows.map(({ id }) => id);
}

async function journalOf(contentIds: readonly string[]): Promise<string> {
  const { id } = await db.journals.save({ title: 'Garden' });
  await db.associations.linkAll(contentIds.map((contentId) => ({ journalId: id, contentId })));
  return id;
}

const texts = (entries: readonly ContentEntry[]): (string | null)[] => entries.map(({ content }) => content);

test('the newest entries come, and whether there are older ones', async () => {
  await write(3);
  const { entries, hasMore } = await readNewest(db, null, 2);
  expect([texts(entries), hasMore]).toEqual([['2', '1'], true]);
  expect((await readNewest(db, null, 3)).hasMore).toBe(false);
});

test('a journal shows its own entries only, newest first, without those that were deleted', async () => {
  const ids = await write(6);
  const journalId = await journalOf(ids.filter((_, index) => index % 2 === 0));
  await db.content.delete(ids[2] ?? '');
  const { entries, hasMore } = await readNewest(db, journalId, 10);
  expect([texts(entries), hasMore]).toEqual([['4', '0'], false]);
});

test('entries of one moment keep the order that the list of all entries has', async () => {
  const rows = Array.from({ length: 20 }, () => ({ id: crypto.randomUUID(), content: 'x', createdAt: 5 }));
  await db.content.saveAll(rows);
  const journalId = await journalOf(rows.map(({ id }) => id));
  const all = await readNewest(db, null, 20);
  expect((await readNewest(db, journalId, 20)).entries).toEqual(all.entries);
});

test('a journal of many entries is read no further than it is shown', async () => {
  const ids = await write(510);
  const journalId = await journalOf(ids);
  let lists = 0;
  const counting = { ...db, content: { ...db.content, list: (of: object) => ((lists += 1), db.content.list(of)) } };
  const { entries, hasMore } = await readNewest(counting, journalId, 50);
  expect([entries.length, entries[0]?.content, hasMore, lists]).toEqual([50, '509', true, 1]);
});

test('every entry comes once, page after page', async () => {
  const ids = await write(510);
  const seen: string[] = [];
  for await (const page of pagesOf(db, null)) seen.push(...page.map(({ id }) => id));
  expect(seen).toEqual(ids.toReversed());
});

test('a journal counts the entries that it shows', async () => {
  const ids = await write(3);
  const journalId = await journalOf([...ids, crypto.randomUUID()]);
  await db.content.delete(ids[0] ?? '');
  expect([...(await countEntries(db))]).toEqual([[journalId, 2]]);
});
