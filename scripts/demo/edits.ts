// What happens after the first sync: the same entry edited on two devices, a delete, and callers who may not.
import { randomUUID } from 'node:crypto';
import { Device } from './device.js';
import type { Answer } from './graphql.js';
import type { Report } from './report.js';
import { differingFields, keyOf, type Mutation, type Row } from './rows.js';
import { compareRows } from './transfer.js';

/** A and B hold the same version of an entry and both edit it: one is accepted, the other is given the current row. */
export async function editOnBoth(a: Device, b: Device, entry: Mutation, page: number, report: Report): Promise<void> {
  await a.pull(page);
  const onA = rowOf(a, entry);
  const onB = rowOf(b, entry);

  const edited = await a.saveContent({ ...onA, content: `${onA.content}\n\nAdded on A.` }, onA.serverVersion);
  report.check('A edits an entry', '200 accepted', outcomeOf(edited));

  const stale = await b.saveContent({ ...onB, content: `${onB.content}\n\nAdded on B.` }, onB.serverVersion);
  const current = stale.errors?.[0]?.extensions?.current ?? {};
  const expected = edited.data?.saveContent;
  const isCurrent = expected !== undefined && differingFields(expected, current).length === 0;
  report.check(
    'B edits the version before that',
    "409 CONFLICT, current is A's",
    `${outcomeOf(stale)}, current is ${isCurrent ? "A's" : "not A's"}`,
  );

  const merged = { ...current, content: `${current.content}\n\nAdded on B.` };
  const second = await b.saveContent(merged, current.serverVersion ?? 0);
  report.check('B edits the current version', '200 accepted', outcomeOf(second));
}

/** A deletes an entry; B hears of it as a tombstone. */
export async function deleteOnOne(a: Device, b: Device, entry: Mutation, page: number, report: Report): Promise<void> {
  const key = keyOf(entry.verb, entry.body);
  const deleted = await a.deleteContent(entry.body.id ?? '', rowOf(a, entry).serverVersion);
  report.check('A deletes an entry', '200 accepted', outcomeOf(deleted));

  const pulled = await b.pull(page);
  const isLive = pulled.changed.includes(key) || b.rows.has(key);
  const seen = `${pulled.deleted.includes(key) ? 'a' : 'no'} tombstone, ${isLive ? 'a' : 'no'} row`;
  report.check('B fetches the delete', 'a tombstone, no row', seen);
}

/** Someone without a token, and another user who knows the id of an entry. */
export async function refuseStrangers(owner: Device, entry: Mutation, report: Report): Promise<void> {
  const { url } = owner;
  const id = entry.body.id ?? '';
  const before = await owner.content(id);

  report.check('a call without a token', '401 UNAUTHENTICATED', outcomeOf(await new Device(url, 'Nobody').content(id)));

  const stranger = new Device(url, 'Stranger');
  await stranger.signUp('stranger', randomUUID());
  report.check("another user reads A's entry", '403 FORBIDDEN', outcomeOf(await stranger.content(id)));

  const version = before.data?.content.serverVersion ?? 0;
  const write = await stranger.saveContent({ ...entry.body, content: 'Not mine.' }, version);
  const after = await owner.content(id);
  const isUntouched = before.data?.content !== undefined && JSON.stringify(after) === JSON.stringify(before);
  report.check(
    'another user writes it',
    '403 FORBIDDEN, untouched',
    `${outcomeOf(write)}, ${isUntouched ? 'untouched' : 'changed'}`,
  );
}

/** After all that: both devices hold the same rows with the same stamps, also in what the other one wrote. */
export async function compareCopies(a: Device, b: Device, page: number, report: Report): Promise<void> {
  await a.pull(page);
  await b.pull(page);
  compareRows('A against B, with stamps', a.rows, b.rows, report);
}

function rowOf(device: Device, { verb, body }: Mutation): Row {
  const row = device.rows.get(keyOf(verb, body));
  if (!row) throw new Error(`${device.name} does not hold the entry ${body.id}`);
  return row;
}

function outcomeOf({ status, errors }: Answer<unknown>): string {
  return `${status} ${errors ? (errors[0]?.extensions?.code ?? 'without a code') : 'accepted'}`;
}
