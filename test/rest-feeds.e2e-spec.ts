/** The feeds over REST: pages, cursors, and what an address may say. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Device } from './support/device.js';
import { deleteContent, saveContent, saveJournal } from './support/factories.js';
import { rest } from './support/rest.js';
import { startTestServer, type TestServer } from './support/test-server.js';

let server: TestServer;
let device: Device;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  device = await server.signUp();
});

describe('a feed', () => {
  it('brings a newer tombstone after the rows that are older, none of them lost', async () => {
    const rows = Array.from({ length: 1_000 }, () => saveContent());
    await device.push(rows.slice(0, 500));
    await device.push(rows.slice(500));
    const gone = randomUUID();
    await device.push([deleteContent(gone)]);
    const seen: string[] = [];
    const deleted: string[] = [];
    let [since, pages] = [0, 0];
    for (let hasMore = true; hasMore; pages += 1) {
      const { body } = await rest(device, 'GET', `/sync/content/changes?since=${since}&limit=200`);
      expect(body.changes.length + body.deletions.length).toBeLessThanOrEqual(200);
      seen.push(...body.changes.map(({ id }: { id: string }) => id));
      deleted.push(...body.deletions.map(({ id }: { id: string }) => id));
      ({ lastTimestamp: since, hasMore } = body);
    }
    expect([pages, seen.length, new Set(seen).size, deleted]).toEqual([6, 1_000, 1_000, [gone]]);
  });

  it('has 200 rows on a page unless it is asked for others', async () => {
    await device.push(Array.from({ length: 201 }, () => saveJournal()));
    const { body } = await rest(device, 'GET', '/journals');
    expect([body.changes.length, body.hasMore]).toEqual([200, true]);
  });

  it('is read from the start by an app whose cursor is of another database', async () => {
    await device.push([saveJournal()]);
    const { status, body } = await rest(device, 'GET', `/sync/journals/changes?since=${Number.MAX_SAFE_INTEGER}`);
    const { since } = await device.pull('journalChanges');
    expect({ status, changes: body.changes.length, lastTimestamp: body.lastTimestamp }).toEqual({
      status: 200,
      changes: 1,
      lastTimestamp: since,
    });
  });

  it.each(['since=x', 'since=', 'since=-x', 'since=1.5', 'since=1&since=2', 'limit=0', 'limit=501', 'limit=x'])(
    'is not read by ?%s',
    async (query) => {
      for (const path of ['/contents', '/sync/journals/changes', '/api/v1/associations']) {
        const { status, body } = await rest(device, 'GET', `${path}?${query}`);
        expect({ status, code: body.code, inner: body.error.code }).toEqual({
          status: 400,
          code: 'INVALID_PARAMETER',
          inner: 'INVALID_PARAMETER',
        });
      }
    },
  );
});
