/** `GET …/changes?since=&limit=` and the feeds of the resources: pages that lose nothing. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { App } from './support/app.js';
import { entry, link } from './support/bodies.js';
import { describeContract } from './support/contract-server.js';
import { bodyOf, expectError } from './support/expected.js';

const ROWS = 1_000;
const PAGE = 200;

const FEEDS = [
  '/sync/content/changes',
  '/sync/journals/changes',
  '/sync/associations/changes',
  '/contents',
  '/journals',
  '/associations',
];
const CONTENT_FEEDS = ['/sync/content/changes', '/contents'];

const PUSH = `mutation ($input: PushInput!) { push(input: $input) { outcomes { status } } }`;

/** Many entries in one go, as the other face takes them. */
async function pushEntries(app: App, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  for (let from = 0; from < count; from += 500) {
    const mutations = ids
      .slice(from, from + 500)
      .map((id) => ({ saveContent: { id, type: 'TEXT', content: 'x', createdAt: 1 } }));
    await app.graphql(PUSH, { input: { deviceId: 'phone', mutations } });
  }
  return ids;
}

/** Uploads entries one after the other and answers their stamps. */
async function uploadEntries(app: App, count: number): Promise<{ id: string; uploadedAt: number }[]> {
  const uploaded: { id: string; uploadedAt: number }[] = [];
  while (uploaded.length < count) uploaded.push(bodyOf(await app.post('/sync/content', entry())));
  return uploaded;
}

const idsOf = (rows: { id: string }[]): string[] => rows.map(({ id }) => id);

describeContract('a feed', (contract) => {
  test.each(CONTENT_FEEDS)('%s gives 1,000 rows and one newer tombstone in pages of 200, each once', async (feed) => {
    const app = await contract.signUp();
    const ids = await pushEntries(app, ROWS);
    const gone = randomUUID();
    bodyOf(await app.post(`/sync/content/${gone}/delete`));
    const [live, deleted]: [string[], string[]] = [[], []];
    const sizes: number[] = [];
    for (let since = 0, hasMore = true; hasMore && sizes.length < 10;) {
      const page = bodyOf(await app.get(`${feed}?since=${since}&limit=${PAGE}`));
      live.push(...idsOf(page.changes));
      deleted.push(...idsOf(page.deletions));
      sizes.push(page.changes.length + page.deletions.length);
      ({ lastTimestamp: since, hasMore = false } = page);
    }
    // Rows and tombstones are cut together: a tombstone on the first page would carry the cursor past the rest.
    expect(sizes).toEqual([200, 200, 200, 200, 200, 1]);
    expect({ live: live.toSorted(), deleted }).toEqual({ live: ids.toSorted(), deleted: [gone] });
  });

  test('gives 200 rows where no limit is said', async () => {
    const app = await contract.signUp();
    await pushEntries(app, PAGE + 1);
    for (const feed of CONTENT_FEEDS) {
      const page = bodyOf(await app.get(feed));
      expect({ rows: page.changes.length, hasMore: page.hasMore }).toEqual({ rows: PAGE, hasMore: true });
    }
  });

  describe.each(FEEDS)('%s', (feed) => {
    async function filled(): Promise<App> {
      const app = await contract.signUp();
      const { id } = bodyOf(await app.post('/sync/content', entry()));
      const journalId = randomUUID();
      bodyOf(
        await app.post('/sync/journals', { id: journalId, title: 'a', description: 'b', createdAt: 1, lastUpdated: 1 }),
      );
      bodyOf(await app.post('/sync/associations', { associations: [link({ journalId, contentId: id })] }));
      return app;
    }

    test('of a new account is empty, ends, and gives back the cursor', async () => {
      const app = await contract.signUp();
      for (const query of ['', '?since=-5']) {
        const page = bodyOf(await app.get(`${feed}${query}`));
        expect({ hasMore: false, ...page }).toEqual({ changes: [], deletions: [], lastTimestamp: 0, hasMore: false });
      }
    });

    test.each([
      ['missing', ''],
      ['0', '?since=0'],
      ['negative', '?since=-5'],
      ['beyond the clock', `?since=${2 ** 52}`],
    ])('is answered from 0 where since is %s', async (_, query) => {
      const app = await filled();
      const page = bodyOf(await app.get(`${feed}${query}`));
      expect(page.changes).toHaveLength(1);
      expect(page.lastTimestamp).toBeLessThan(2 ** 52);
      expect(page).toEqual(bodyOf(await app.get(feed)));
    });

    test('is empty behind its own cursor, which stays', async () => {
      const app = await filled();
      const { lastTimestamp } = bodyOf(await app.get(feed));
      const page = bodyOf(await app.get(`${feed}?since=${lastTimestamp}`));
      expect({ hasMore: false, ...page }).toEqual({ changes: [], deletions: [], lastTimestamp, hasMore: false });
    });

    test.each(['', '-', 'yesterday', 'NaN', '1.5', '1e400', '5%00', '1;2', '1&since=2'])(
      'refuses since=%s by name',
      async (since) => {
        const app = await contract.shared();
        expectError(await app.get(`${feed}?since=${since}`), 400, 'INVALID_PARAMETER');
      },
    );

    test.each(['many', '2.5', '%20x'])('refuses limit=%s by name', async (limit) => {
      const app = await contract.shared();
      expectError(await app.get(`${feed}?limit=${limit}`), 400, 'INVALID_PARAMETER');
    });
  });

  test('takes limits from 1 to 500, and no others', async () => {
    const app = await contract.signUp();
    await pushEntries(app, 501);
    for (const feed of CONTENT_FEEDS) {
      for (const limit of [1, 500]) {
        expect(bodyOf(await app.get(`${feed}?limit=${limit}`))).toMatchObject({
          changes: { length: limit },
          hasMore: true,
        });
      }
      for (const limit of [0, -1, 501]) expectError(await app.get(`${feed}?limit=${limit}`), 400, 'INVALID_PARAMETER');
    }
  });

  test('is in the order of the stamps, and its cursor is the largest stamp of the page', async () => {
    const app = await contract.signUp();
    const [first, second, third] = await uploadEntries(app, 3);
    const edited = bodyOf(await app.post(`/sync/content/${first!.id}`, { content: 'edited', lastUpdated: 1 }));
    const page = bodyOf(await app.get('/sync/content/changes?limit=2'));
    expect(page).toMatchObject({
      changes: [{ id: second!.id }, { id: third!.id }],
      lastTimestamp: third!.uploadedAt,
      hasMore: true,
    });
    const rest = bodyOf(await app.get(`/sync/content/changes?since=${page.lastTimestamp}`));
    expect(rest).toMatchObject({ changes: [{ id: first!.id }], lastTimestamp: edited.updatedAt });
  });

  test('holds no row of another account', async () => {
    const [mine, theirs] = [await contract.signUp(), await contract.signUp()];
    await uploadEntries(theirs, 2);
    const [own] = await uploadEntries(mine, 1);
    for (const feed of CONTENT_FEEDS) expect(idsOf(bodyOf(await mine.get(feed)).changes)).toEqual([own!.id]);
  });

  test('of entries has a change of these fields, and of their photos', async () => {
    const app = await contract.signUp();
    const sent = entry({ type: 'VIDEO', mediaUri: 'file:///film', durationMs: 5 });
    const { serverVersion } = bodyOf(await app.post('/sync/content', sent));
    const [change] = bodyOf(await app.get('/sync/content/changes')).changes;
    expect({ isDeleted: false, ...change }).toEqual({ ...sent, serverVersion, isDeleted: false, media: [] });
  });
});
