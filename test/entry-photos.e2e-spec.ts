import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Device } from './support/device.js';
import { saveContent } from './support/factories.js';
import { statementsDuring } from './support/statements.js';
import { startTestServer, type TestServer } from './support/test-server.js';
import { pending, pngOf, stored } from './support/uploads.js';

let server: TestServer;
let device: Device;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());
beforeEach(async () => void (device = await server.signUp()));

describe('the entry of a photo', () => {
  const CONTENT = `query ($since: Millis!) {
    contentChanges(since: $since) { lastTimestamp changes { id serverVersion updatedAt media { id sha256 status } } }
  }`;
  const contentSince = async (since: number) => (await device.data(CONTENT, { since })).contentChanges;

  it('comes again in the feed with the photo, under the version that devices know', async () => {
    const item = saveContent();
    const [saved] = await device.push([item]);
    const { lastTimestamp: since } = await contentSince(0);
    const { id: contentId } = item.saveContent;

    const photo = await stored(device, pngOf(1000), { contentId });
    const { changes, lastTimestamp } = await contentSince(since);
    expect(changes).toMatchObject([
      { id: contentId, serverVersion: saved!.serverVersion, media: [{ id: photo.id, status: 'READY' }] },
    ]);
    expect((await contentSince(lastTimestamp)).changes).toEqual([]);
    // What a device knew before the photo came still is what it may write upon.
    const version = { known: saved!.serverVersion };
    expect((await device.push([saveContent({ id: contentId, content: 'later', version })]))[0]!.status).toBe('APPLIED');
  });

  it('comes again when a photo is begun, completed and deleted, and not when nothing was written', async () => {
    const item = saveContent();
    await device.push([item]);
    const { id: contentId } = item.saveContent;
    const bytes = pngOf(1000);
    let { lastTimestamp: since } = await contentSince(0);
    const next = async (): Promise<unknown> => {
      const { changes, lastTimestamp } = await contentSince(since);
      since = lastTimestamp;
      return changes[0]?.media.map(({ status }: { status: string }) => status);
    };
    const row = await pending(device, bytes, { contentId });
    expect(await next()).toEqual(['PENDING']);
    await stored(device, bytes, { id: row.id, contentId });
    expect(await next()).toEqual(['READY']);
    await stored(device, bytes, { id: row.id, contentId });
    expect(await next()).toBeUndefined();
    const deleteMedia = { id: row.id, mutationId: randomUUID() };
    await device.push([{ deleteMedia }]);
    expect(await next()).toEqual([]);
    await device.push([{ deleteMedia }]);
    expect(await next()).toBeUndefined();
  });

  it('stays a tombstone when a photo of it comes late', async () => {
    const item = saveContent();
    const { id: contentId } = item.saveContent;
    await device.push([item, { deleteContent: { id: contentId, mutationId: randomUUID() } }]);
    const before = await device.page('contentChanges');
    expect(before.deletions).toHaveLength(1);
    await stored(device, pngOf(1000), { contentId });
    const after = await device.page('contentChanges');
    expect([after.changes, after.deletions]).toEqual([before.changes, before.deletions]);
  });

  it('has its photos in one query for a whole page', async () => {
    const items = Array.from({ length: 20 }, () => saveContent());
    await device.push(items);
    for (const { saveContent: item } of items.slice(0, 5)) await stored(device, pngOf(100), { contentId: item.id });
    let changes: { media: unknown[] }[] = [];
    const statements = await statementsDuring(server, async () => void ({ changes } = await contentSince(0)));
    expect(changes.map(({ media }) => media.length).toSorted((a, b) => a - b)).toEqual([
      ...Array(15).fill(0),
      ...Array(5).fill(1),
    ]);
    expect(statements.filter(({ sql }) => /\bfrom\s+"?media"?\b/i.test(sql))).toHaveLength(1);
  });
});
