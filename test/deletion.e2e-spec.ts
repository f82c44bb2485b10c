/** Tombstones, what they leave alone, and how a deleted row comes back. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { BodySweep } from '../src/sync/body-sweep.js';
import type { Device } from './support/device.js';
import {
  deleteContent,
  deleteJournal,
  linkContent,
  saveContent,
  saveJournal,
  unlinkContent,
} from './support/factories.js';
import { digestOf, stampOf, storedRow } from './support/stored.js';
import { startTestServer, type TestServer } from './support/test-server.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const RESTORE = `mutation ($input: DeleteInput!) { restoreContent(input: $input) { id content serverVersion updatedAt } }`;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const storedContent = (device: Device, id: string) => storedRow(server, 'content', device.user.id, { id });

describe('deleting', () => {
  it('an id that was never seen leaves a tombstone, which a late create meets as a conflict', async () => {
    const device = await server.signUp();
    const [id, journalId] = [randomUUID(), randomUUID()];
    const deleted = await device.push([deleteContent(id), deleteJournal(journalId), unlinkContent(journalId, id)]);
    expect(deleted.map(({ status }) => status)).toEqual(['APPLIED', 'APPLIED', 'APPLIED']);
    const version = { absent: true };
    const late = await device.push([
      saveContent({ id, version }),
      saveJournal({ id: journalId, version }),
      linkContent({ journalId, contentId: id, version }),
    ]);
    expect(late.map(({ status }) => status)).toEqual(['CONFLICT', 'CONFLICT', 'CONFLICT']);
    expect(late.map(({ current }) => current)).toMatchObject([
      { __typename: 'Tombstone', id, ...stampOf(deleted[0]!) },
      { __typename: 'Tombstone', id: journalId, ...stampOf(deleted[1]!) },
      { __typename: 'AssociationTombstone', journalId, contentId: id, ...stampOf(deleted[2]!) },
    ]);
    expect((await device.page('contentChanges')).deletions).toMatchObject([{ id, ...stampOf(deleted[0]!) }]);
  });

  it('never cascades: the links of a deleted entry and of a deleted journal stay', async () => {
    const device = await server.signUp();
    const [journalId, contentId, otherId] = [randomUUID(), randomUUID(), randomUUID()];
    await device.push([
      saveJournal({ id: journalId }),
      saveContent({ id: contentId }),
      saveContent({ id: otherId }),
      linkContent({ journalId, contentId }),
      linkContent({ journalId, contentId: otherId }),
    ]);
    const links = await device.page('associationChanges');
    await device.push([deleteContent(contentId), deleteJournal(journalId)]);
    const after = await device.page('associationChanges');
    expect(after.changes).toEqual(links.changes);
    expect(after.deletions).toEqual([]);
    expect((await device.page('contentChanges')).changes).toMatchObject([{ id: otherId }]);
  });

  it('a link needs no existing ends', async () => {
    const device = await server.signUp();
    const [outcome] = await device.push([linkContent()]);
    expect(outcome!.status).toBe('APPLIED');
    expect((await device.pull('associationChanges')).rows).toHaveLength(1);
    expect((await device.pull('contentChanges')).rows).toEqual([]);
  });

  it('pages of a feed cut rows and tombstones together, and a cursor passes none of them', async () => {
    const device = await server.signUp();
    const ids = Array.from({ length: 30 }, () => randomUUID());
    await device.push(ids.map((id) => saveContent({ id })));
    await device.push(ids.filter((_, index) => index % 3 === 0).map((id) => deleteContent(id)));
    await device.push(ids.filter((_, index) => index % 5 === 0).map((id) => saveContent({ id })));
    const all = (await device.pull('contentChanges', { limit: 500 })).rows;
    const { rows, pages } = await device.pull('contentChanges', { limit: 4 });
    expect(rows).toEqual(all);
    expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(ids));
    expect(rows).toHaveLength(ids.length);
    expect(rows.filter(({ deletedAt }) => deletedAt !== undefined)).toHaveLength(8);
    expect(pages).toBe(8);
    const stamps = rows.map(({ updatedAt }) => updatedAt);
    expect(stamps).toEqual([...stamps].sort((a, b) => a - b));
  });
});

describe('restoring', () => {
  async function deletedContent(device: Device, age = 0): Promise<string> {
    const id = randomUUID();
    await device.push([saveContent({ id, content: 'kept' }), deleteContent(id)]);
    await server.sql('UPDATE content SET deleted_at = deleted_at - $2::bigint WHERE id = $1', [id, age]);
    return id;
  }

  it('a deleted row comes back whole within 30 days, and the feed shows it live', async () => {
    const device = await server.signUp();
    const id = await deletedContent(device, 30 * DAY_MS - 60_000);
    const { since } = await device.pull('contentChanges');
    const { restoreContent: row } = await device.data(RESTORE, { input: { id } });
    expect(row).toMatchObject({ id, content: 'kept' });
    const page = await device.page('contentChanges', { since });
    expect([page.changes, page.deletions]).toMatchObject([[{ id, content: 'kept', ...stampOf(row) }], []]);
  });

  it('restoring twice changes nothing the second time', async () => {
    const device = await server.signUp();
    const id = await deletedContent(device);
    const first = await device.data(RESTORE, { input: { id } });
    expect(await device.data(RESTORE, { input: { id } })).toEqual(first);
    const mutationId = randomUUID();
    await device.push([deleteContent(id)]);
    const again = await device.data(RESTORE, { input: { id, mutationId } });
    expect(await device.data(RESTORE, { input: { id, mutationId } })).toEqual(again);
  });

  it('nothing comes back after 30 days, nor once its body was cleared', async () => {
    const device = await server.signUp();
    const old = await deletedContent(device, 30 * DAY_MS + 1);
    expect(await device.send(RESTORE, { input: { id: old } })).toMatchObject({
      status: 404,
      errors: [{ extensions: { code: 'NOT_FOUND' } }],
    });
    const before = await storedContent(device, old);
    await server.app.get(BodySweep).sweep();
    expect(await storedContent(device, old)).toEqual({ ...before, content: null, has_body: false });
    expect((await device.send(RESTORE, { input: { id: old } })).status).toBe(404);
    expect((await device.page('contentChanges')).deletions).toMatchObject([{ id: old }]);
  });

  it('a row that was never seen is not found, nor the tombstone of one', async () => {
    const device = await server.signUp();
    const id = randomUUID();
    expect((await device.send(RESTORE, { input: { id } })).status).toBe(404);
    await device.push([deleteContent(id)]);
    const before = await digestOf(server, device.user.id);
    expect((await device.send(RESTORE, { input: { id } })).status).toBe(404);
    expect(await digestOf(server, device.user.id)).toBe(before);
  });

  it('a tombstone that was saved again has a body to restore', async () => {
    const device = await server.signUp();
    const id = randomUUID();
    await device.push([deleteContent(id), saveContent({ id, content: 'after all' }), deleteContent(id)]);
    const { restoreContent: row } = await device.data(RESTORE, { input: { id } });
    expect(row.content).toBe('after all');
  });
});
