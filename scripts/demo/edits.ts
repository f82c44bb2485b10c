// What happens after the first sync: one entry edited on two devices, a delete, and callers who may not.
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareRows } from '@logdate/client/compare';
import type { OpenDevice } from 'logdate/device';
import { writeExport } from 'logdate/export-file';
import { outcomeOf, RawCaller } from './graphql.js';
import type { Report } from './report.js';

/** Both devices edit one entry: other sentences merge by themselves, the same sentence is for the person to decide. */
export async function editOnBoth(a: OpenDevice, b: OpenDevice, id: string, report: Report): Promise<void> {
  const text = await textOf(a, id);
  await edit(a, id, `Begun on A.\n\n${text}`);
  const sent = await a.db.sync.syncNow();
  report.check('A edits an entry', '1 sent, 0 conflicts', `${sent.pushed} sent, ${sent.conflicts} conflicts`);
  await edit(b, id, `${text}\n\nEnded on B.`);
  await b.db.sync.syncNow();
  const merged = `Begun on A.\n\n${text}\n\nEnded on B.`;
  report.check(
    'B edits another sentence of it',
    'merged, 0 conflicts',
    `${(await textOf(b, id)) === merged ? 'merged' : 'not merged'}, ${b.db.sync.status.get().conflicts} conflicts`,
  );
  await b.db.sync.syncNow();
  await a.db.sync.syncNow();

  await edit(a, id, merged.replace('Begun on A.', 'Begun anew on A.'));
  await a.db.sync.syncNow();
  await edit(b, id, merged.replace('Begun on A.', 'Begun anew on B.'));
  await b.db.sync.syncNow();
  const [conflict] = await b.db.sync.conflicts();
  const mine = String(conflict?.mine?.['content']).includes('anew on B.');
  const theirs = String(conflict?.theirs.body?.['content']).includes('anew on A.');
  report.check(
    'both edit the same sentence',
    "a conflict, A's and B's kept",
    `${conflict ? 'a' : 'no'} conflict, ${theirs ? "A's" : 'not A’s'} and ${mine ? "B's" : 'not B’s'} kept`,
  );

  const { entries: before } = await a.totals();
  if (conflict) await b.db.sync.resolveConflict(id, 'both', { theirsVersion: conflict.theirsVersion });
  await b.db.sync.syncNow();
  const { entries: after } = await a.totals();
  report.check(
    'B decides to keep both',
    '0 conflicts, 1 entry more',
    `${b.db.sync.status.get().conflicts} conflicts, ${after - before} entry more`,
  );
}

/** A deletes an entry; B hears of it as a tombstone. */
export async function deleteOnOne(a: OpenDevice, b: OpenDevice, id: string, report: Report): Promise<void> {
  await a.db.content.delete(id);
  await a.db.sync.syncNow();
  await b.db.sync.syncNow();
  const row = await b.store.transaction('read', ['rows'], (transaction) => transaction.get('rows', ['content', id]));
  const isLive = (await b.db.content.get(id)) !== undefined;
  const seen = `${row?.status === 'deleted' ? 'a' : 'no'} tombstone, ${isLive ? 'a' : 'no'} row`;
  report.check('A deletes an entry, B fetches that', 'a tombstone, no row', seen);
}

/** Raw requests: without a token, by another user, and of an outdated version. */
export async function refuseStrangers(
  url: string,
  account: readonly [username: string, password: string],
  id: string,
  report: Report,
): Promise<void> {
  const owner = new RawCaller(url);
  await owner.enter('signIn', ...account);
  const before = (await owner.entry(id)).data?.content;
  const version = before?.serverVersion ?? 0;
  report.check('a call without a token', '401 UNAUTHENTICATED', outcomeOf(await new RawCaller(url).entry(id)));

  const stranger = new RawCaller(url);
  await stranger.enter('signUp', 'stranger', randomUUID());
  report.check("another user reads A's entry", '403 FORBIDDEN', outcomeOf(await stranger.entry(id)));
  const write = outcomeOf(await stranger.save(id, 'Not mine.', version));
  const after = (await owner.entry(id)).data?.content;
  const isUntouched = before !== undefined && JSON.stringify(after) === JSON.stringify(before);
  report.check(
    'another user writes it',
    '403 FORBIDDEN, untouched',
    `${write}, ${isUntouched ? 'untouched' : 'changed'}`,
  );

  const stale = await owner.save(id, 'Over an older version.', version - 1);
  const current = stale.errors?.[0]?.extensions?.current?.serverVersion === version ? 'the current row' : 'another row';
  report.check(
    'the owner writes an outdated version',
    '409 CONFLICT with the current row',
    `${outcomeOf(stale)} with ${current}`,
  );
}

/** After all that: both devices hold the same rows with the same versions, and export the same bytes. */
export async function compareCopies(a: OpenDevice, b: OpenDevice, userId: string, report: Report): Promise<void> {
  for (const device of [a, b]) await device.db.sync.syncNow();
  const [onA, onB] = await Promise.all(
    [a, b].map(({ store }) => store.transaction('read', ['rows'], (transaction) => transaction.list('rows'))),
  );
  const known = (onB ?? []).flatMap(({ base }) => base ?? []);
  const { differences, counts } = compareRows(onA ?? [], known);
  const rows = Object.values(counts).reduce((sum, { all }) => sum + all, 0);
  report.check(
    'A against B, with versions',
    `${rows} rows, 0 differences`,
    `${rows} rows, ${differences.length} differences`,
  );
  report.explain(
    'A against B, with versions',
    differences.map(({ type, id, difference }) => `${type} ${id} ${difference}`),
  );

  const folder = await mkdtemp(join(tmpdir(), 'logdate-demo-export-'));
  try {
    const zips = await Promise.all(
      [a, b].map((device, index) => exportOf(device, join(folder, `${index}.zip`), userId)),
    );
    const isSame = zips[0]?.equals(zips[1] ?? Buffer.alloc(0)) ?? false;
    report.check('exports of A and B', 'the same bytes', isSame ? 'the same bytes' : 'other bytes');
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function exportOf({ db, store }: OpenDevice, path: string, userId: string): Promise<Buffer> {
  await writeExport(path, { db, store, userId });
  return readFile(path);
}

async function textOf({ db }: OpenDevice, id: string): Promise<string> {
  const entry = await db.content.get(id);
  if (!entry) throw new Error(`The entry ${id} is not on this device`);
  return entry.content ?? '';
}

async function edit({ db }: OpenDevice, id: string, content: string): Promise<void> {
  await db.content.save({ id, content });
}
