import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Content } from '../src/content/content.entity.js';
import { SyncedRows } from '../src/sync/synced-rows.js';
import { rowsOf, type Device, type Feed, type FeedRow, type Page } from './support/device.js';
import { deleteContent, linkContent, saveContent, saveJournal } from './support/factories.js';
import { statementsDuring } from './support/statements.js';
import { startTestServer, type TestServer } from './support/test-server.js';

const MIB = 1024 * 1024;
const MOST = Number.MAX_SAFE_INTEGER;

describe('the change feeds', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  /** What the feed has to deliver, read past the server: id and place of every row, in stamp order. */
  async function storedContent(device: Device, condition = 'true', values: unknown[] = []): Promise<string[]> {
    const rows = await server.sql<{ id: string; updatedAt: string; deleted: boolean }>(
      `SELECT id, updated_at AS "updatedAt", deleted FROM content WHERE user_id = $1 AND ${condition} ORDER BY updated_at`,
      [device.user.id, ...values],
    );
    return rows.map(({ id, updatedAt, deleted }) => line(id, Number(updatedAt), deleted));
  }

  describe('pages', () => {
    it('cuts rows and tombstones together, in stamp order', async () => {
      const device = await server.signUp();
      const ids = Array.from({ length: 9 }, () => randomUUID());
      await device.push(ids.map((id) => saveContent({ id })));
      await device.push([ids[1]!, ids[4]!, ids[7]!].map((id) => deleteContent(id)));
      await device.push([saveContent({ id: ids[0]!, content: 'edited' }), deleteContent(ids[2]!)]);

      const first = await device.page('contentChanges', { limit: 6 });
      expect([first.changes.length, first.deletions.length]).toEqual([4, 2]);
      const second = await device.page('contentChanges', { since: first.lastTimestamp, limit: 6 });
      expect([second.changes.length, second.deletions.length]).toEqual([1, 2]);
      expect([first, second].flatMap(rowsOf).map(lineOf)).toEqual(await storedContent(device));
      expect([first, second].flatMap(rowsOf).map(({ id }) => id)).toEqual(
        [3, 5, 6, 8, 1, 4, 7, 0, 2].map((index) => ids[index]),
      );
      // Each list of a page is itself in stamp order.
      for (const { changes, deletions } of [first, second]) {
        for (const list of [changes, deletions]) expect(list).toEqual(list.toSorted(byStamp));
      }
    });

    it('delivers the same set in the same order with every page size from 1 to 1,000', async () => {
      const device = await server.signUp();
      await makeHistory(device, 330);
      const expected = await storedContent(device);
      expect(expected).toHaveLength(330);
      expect(expected.filter((one) => one.endsWith('deleted')).length).toBeGreaterThan(30);
      // Below GraphQL for all of them, since the whole way takes ten times as long; through it for some.
      const rows = server.app.get(SyncedRows);
      const read = (since: number, limit: number) =>
        rows.changes<Content, FeedRow>(Content, device.user.id, { since, limit, withDeletions: true });
      for (let limit = 1; limit <= 1000; limit += 1) {
        const lines: string[] = [];
        const sizes: number[] = [];
        for (let since = 0, hasMore = true; hasMore;) {
          const page = await read(since, limit);
          const pageLines = [
            ...page.changes.map(({ id, updatedAt }) => ({ updatedAt, text: line(id, updatedAt, false) })),
            ...page.deletions.map(({ id, updatedAt }) => ({ updatedAt, text: line(String(id), updatedAt, true) })),
          ];
          lines.push(...pageLines.sort((a, b) => a.updatedAt - b.updatedAt).map(({ text }) => text));
          sizes.push(pageLines.length);
          if (page.hasMore && page.lastTimestamp <= since) throw new Error(`the cursor stands still at ${since}`);
          ({ lastTimestamp: since, hasMore } = page);
        }
        expect({ limit, lines }).toEqual({ limit, lines: expected });
        expect({ limit, sizes }).toEqual({ limit, sizes: sizesOf(330, limit) });
      }
      for (const limit of [5, 10, 64, 100, 164, 165, 166, 329, 330, 331, 999, 1000]) {
        const pulled = await pullLines(device, limit);
        expect({ limit, ...pulled }).toEqual({ limit, lines: expected, sizes: sizesOf(330, limit) });
      }
    });

    it('brings a device that was away through 10,000 changes to the state of the server', async () => {
      const writer = await server.signUp('writer');
      const reader = await writer.another('reader');
      const ids = Array.from({ length: 2000 }, () => randomUUID());
      await writer.push(ids.slice(0, 500).map((id, index) => saveContent({ id, content: `first ${index}` })));
      const copy = new Map<string, string>();
      let since = await apply(reader, copy, 0, 500);

      // Every second change goes to one of 200 rows, which are written, deleted and brought back again and again.
      for (let round = 0; round < 20; round += 1) {
        const mutations = Array.from({ length: 500 }, (_, index) => {
          const change = round * 500 + index;
          const id = ids[change % 2 === 0 ? (change * 288.5) % 2000 : (change * 37) % 200]!;
          return change % 7 === 3 ? deleteContent(id) : saveContent({ id, content: `change ${change}` });
        });
        const outcomes = await writer.push(mutations);
        expect(outcomes.every(({ status }) => status === 'APPLIED')).toBe(true);
      }

      since = await apply(reader, copy, since, 500);
      const stored = await server.sql<{ id: string; state: string }>(
        `SELECT id, CASE WHEN deleted THEN 'deleted' ELSE content END || ' ' || server_version || ' ' || updated_at AS state
           FROM content WHERE user_id = $1`,
        [writer.user.id],
      );
      expect(copy.size).toBe(2000);
      expect(Object.fromEntries(copy)).toEqual(Object.fromEntries(stored.map(({ id, state }) => [id, state])));
      expect(rowsOf(await reader.page('contentChanges', { since }))).toEqual([]);

      const expected = await storedContent(writer);
      for (const limit of [13, 97, 499, 500, 501, 666, 999, 1000]) {
        expect({ limit, ...(await pullLines(reader, limit)) }).toMatchObject({ limit, lines: expected });
      }
    });

    it('keeps the cursor where it is on the last page and answers `since` for an empty one', async () => {
      const device = await server.signUp();
      expect(await device.page('contentChanges')).toMatchObject({ lastTimestamp: 0, hasMore: false, remaining: 0 });
      expect(await device.page('contentChanges', { since: -77 })).toMatchObject({ lastTimestamp: -77 });

      const outcomes = await device.push([saveContent(), saveContent(), saveContent()]);
      const last = outcomes.at(-1)!.updatedAt!;
      for (const limit of [1, 2, 3, 4, 1000]) {
        const { since } = await device.pull('contentChanges', { limit });
        expect(since).toBe(last);
      }
      const again = await device.page('contentChanges', { since: last });
      expect(again).toMatchObject({ changes: [], deletions: [], lastTimestamp: last, hasMore: false, remaining: 0 });
      // Another resource moves the user's clock; this feed's cursor must not follow it, nor be refused for lying behind.
      await device.push([saveJournal()]);
      expect(await device.page('contentChanges', { since: last })).toMatchObject({ lastTimestamp: last });
    });

    it('ends a page at 4 MiB of text', async () => {
      const device = await server.signUp();
      // é has two bytes: counted in characters, all of these rows would go into one page.
      const texts = [...Array<string>(4).fill('x'.repeat(MIB)), ...Array<string>(4).fill('é'.repeat(MIB / 2))];
      const ids: string[] = [];
      for (const content of texts) {
        const mutation = saveContent({ content });
        ids.push(mutation.saveContent.id);
        await device.push([mutation]);
      }
      await device.push([saveContent({ content: 'short' })]);

      const { lines, sizes } = await pullLines(device, 1000);
      expect(lines).toEqual(await storedContent(device));
      expect(sizes).toEqual([3, 3, 3]);
      expect(await device.page('contentChanges', { limit: 1000 })).toMatchObject({ hasMore: true, remaining: 6 });

      // A tombstone sends no text, so it must not fill a page either.
      await device.push(ids.map((id) => deleteContent(id)));
      expect((await pullLines(device, 1000)).sizes).toEqual([9]);
    });

    it('has at least one row on a page, however large it is', async () => {
      const device = await server.signUp();
      const [, large] = await device.push([saveContent(), saveContent(), saveContent()]);
      await server.sql(`UPDATE content SET content = repeat('x', $1) WHERE user_id = $2 AND mutation_id = $3`, [
        5 * MIB,
        device.user.id,
        large!.mutationId,
      ]);
      const { lines, sizes } = await pullLines(device, 1000);
      expect(sizes).toEqual([1, 1, 1]);
      expect(lines).toEqual(await storedContent(device));
    });

    it('leaves tombstones out for a device that holds nothing, and only for it', async () => {
      const device = await server.signUp();
      await makeHistory(device, 60);
      const live: string[] = [];
      let since = 0;
      for (let hasMore = true; hasMore;) {
        const page = await device.page('contentChanges', { since, limit: 7, withDeletions: false });
        expect(page.deletions).toEqual([]);
        expect(page.remaining).toBe(
          (await storedContent(device, `NOT deleted AND updated_at > $2`, [page.lastTimestamp])).length,
        );
        live.push(...page.changes.map(lineOf));
        ({ lastTimestamp: since, hasMore } = page);
      }
      expect(live).toEqual(await storedContent(device, 'NOT deleted'));
      const { deletions } = await device.page('contentChanges', { since: 0 });
      expect(deletions.length).toBeGreaterThan(0);
    });
  });

  describe('the rule', () => {
    const SEED = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);

    /** The rule as the protocol writes it, both halves, run by the test itself. */
    const byTheLetter = (device: Device, since: number): Promise<string[]> =>
      storedContent(device, '(updated_at > $2 OR server_version > $2)', [since]);

    const cases = [
      { name: 'versions far below the times, as they usually are', prepare: async (): Promise<void> => undefined },
      {
        name: 'versions among the times, as after centuries of new epochs',
        prepare: async (device: Device): Promise<void> => {
          await server.sql(
            `UPDATE user_clock SET version = greatest(ms, floor(extract(epoch FROM now()) * 1000)) - 700 WHERE user_id = $1`,
            [device.user.id],
          );
        },
      },
    ];

    it.each(cases)('`updated_at > since OR server_version > since` equals the feed with $name', async ({ prepare }) => {
      const device = await server.signUp();
      await prepare(device);
      await makeHistory(device, 120);
      const stamps = await server.sql<{ version: string; ms: string }>(
        'SELECT server_version AS version, updated_at AS ms FROM content WHERE user_id = $1 ORDER BY updated_at',
        [device.user.id],
      );
      const [{ head }] = (await server.sql<{ head: string }>('SELECT ms AS head FROM user_clock WHERE user_id = $1', [
        device.user.id,
      ])) as [{ head: string }];
      const edges = stamps.flatMap(({ version, ms }) => [Number(version), Number(ms)]);
      const versions = stamps.map(({ version }) => Number(version));
      const times = stamps.map(({ ms }) => Number(ms));
      const since = fc
        .oneof(
          fc.tuple(fc.constantFrom(...edges), fc.integer({ min: -2, max: 2 })).map(([edge, step]) => edge + step),
          fc.integer({ min: Math.min(...versions) - 3, max: Math.max(...versions) + 3 }),
          fc.integer({ min: Math.min(...times) - 3, max: Math.max(...times) }),
          fc.integer({ min: -MOST, max: 0 }),
          fc.constantFrom(0, -1, 1, -MOST),
        )
        .filter((value) => value <= Number(head));

      await fc.assert(
        fc.asyncProperty(since, fc.constantFrom(17, 40, 500), async (value, limit) => {
          expect((await pullLines(device, limit, value)).lines).toEqual(await byTheLetter(device, value));
        }),
        { seed: SEED, numRuns: 60 },
      );
    });

    it('refuses a `since` beyond the clock with EPOCH_CHANGED: that history is lost', async () => {
      const device = await server.signUp();
      const { headTimestamp } = await device.pushed([saveContent()]);
      for (const feed of FEEDS) {
        const at = await device.send(`{ ${feed}(since: ${headTimestamp}) { lastTimestamp } }`);
        expect(at).toMatchObject({ status: 200, data: { [feed]: { lastTimestamp: headTimestamp } } });
        for (const since of [headTimestamp + 1, MOST]) {
          const beyond = await device.send(`{ ${feed}(since: ${since}) { lastTimestamp } }`);
          expect(beyond).toMatchObject({ status: 409, errors: [{ extensions: { code: 'EPOCH_CHANGED' } }] });
        }
      }
    });
  });

  describe('arguments', () => {
    it.each([0, 1001, -1, -2147483648])('refuses a limit of %d and names the field', async (limit) => {
      const device = await server.signUp();
      for (const feed of FEEDS) {
        const refused = { status: 400, errors: [{ extensions: { code: 'BAD_USER_INPUT', fields: ['limit'] } }] };
        expect(await device.send(`{ ${feed}(limit: ${limit}) { hasMore } }`)).toMatchObject(refused);
        expect(
          await device.send(`query ($limit: Int!) { ${feed}(limit: $limit) { hasMore } }`, { limit }),
        ).toMatchObject(refused);
      }
    });

    it.each(['ten', '10', 1.5, null, true, [10], {}, 2 ** 31])('refuses %j as a limit', async (limit) => {
      const device = await server.signUp();
      const answer = await device.send(`query ($limit: Int!) { contentChanges(limit: $limit) { hasMore } }`, { limit });
      expect(answer).toMatchObject({
        status: 400,
        errors: [{ extensions: { code: 'BAD_USER_INPUT', fields: ['limit'] } }],
      });
    });

    it.each(['now', '0', 1.5, null, 2 ** 53, -(2 ** 53), {}])('refuses %j as a cursor', async (since) => {
      const device = await server.signUp();
      const document = `query ($since: Millis!) { contentChanges(since: $since) { hasMore } }`;
      expect(await device.send(document, { since })).toMatchObject({
        status: 400,
        errors: [{ extensions: { code: 'BAD_USER_INPUT', fields: ['since'] } }],
      });
    });

    it('has a limit of 500 and a cursor of 0 when nothing is said', async () => {
      const device = await server.signUp();
      await device.push(Array.from({ length: 500 }, () => saveJournal()));
      const { updatedAt } = (await device.push([saveJournal()]))[0]!;
      const { journalChanges: page } = await device.data('{ journalChanges { changes { updatedAt } hasMore } }');
      expect(page.changes).toHaveLength(500);
      expect(page.hasMore).toBe(true);
      expect(page.changes.at(-1).updatedAt).toBeLessThan(updatedAt!);
    });
  });

  describe('what a page tells', () => {
    it('counts in `remaining` what then comes, 0 at the end', async () => {
      const device = await server.signUp();
      await makeHistory(device, 47);
      const pages: Page[] = [];
      let since = 0;
      do {
        pages.push(await device.page('contentChanges', { since, limit: 9 }));
        since = pages.at(-1)!.lastTimestamp;
      } while (pages.at(-1)!.hasMore);
      expect(pages.map(({ remaining }) => remaining)).toEqual([38, 29, 20, 11, 2, 0]);
      expect(pages.map((page) => rowsOf(page).length)).toEqual([9, 9, 9, 9, 9, 2]);
    });

    it('counts only when `remaining` is selected and there is something to count', async () => {
      const device = await server.signUp();
      await device.push([saveContent(), saveContent()]);
      const countsDuring = async (query: string): Promise<{ all: number; counts: number }> => {
        const statements = await statementsDuring(server, () => device.data(query));
        const counts = statements.filter(({ sql }) => /^\s*SELECT count\(\*\)/.test(sql)).length;
        return { all: statements.length, counts };
      };
      expect(await countsDuring('{ contentChanges(limit: 1) { changes { id } hasMore } }')).toEqual({
        all: 2,
        counts: 0,
      });
      expect(await countsDuring('{ contentChanges(limit: 1) { changes { id } remaining } }')).toEqual({
        all: 3,
        counts: 1,
      });
      expect(await countsDuring('{ contentChanges(limit: 2) { changes { id } remaining } }')).toEqual({
        all: 2,
        counts: 0,
      });
    });

    it('gives each of four feeds in one request its own cursor', async () => {
      const device = await server.signUp();
      const journal = saveJournal();
      const content = saveContent();
      const link = linkContent({ journalId: journal.saveJournal.id, contentId: content.saveContent.id });
      const photo = { deleteMedia: { id: randomUUID() } };
      const first = await device.push([journal, content, link, photo]);
      const second = await device.push([
        saveJournal(),
        saveContent(),
        linkContent(),
        { deleteMedia: { id: randomUUID() } },
      ]);

      // The journals' cursor stands before everything, each next one after one row more of its own feed.
      const cursors = {
        journals: 0,
        content: first[1]!.updatedAt,
        links: second[2]!.updatedAt,
        media: second[3]!.updatedAt,
      };
      const data = await device.data(
        `query ($journals: Millis!, $content: Millis!, $links: Millis!, $media: Millis!) {
          journalChanges(since: $journals, limit: 1) { changes { updatedAt } lastTimestamp hasMore }
          contentChanges(since: $content) { changes { updatedAt } lastTimestamp hasMore }
          associationChanges(since: $links) { changes { updatedAt } lastTimestamp hasMore }
          mediaChanges(since: $media) { deletions { updatedAt } lastTimestamp hasMore }
        }`,
        cursors,
      );
      const row = (outcome: { updatedAt: number | null }) => ({ updatedAt: outcome.updatedAt });
      expect(data).toEqual({
        journalChanges: { changes: [row(first[0]!)], lastTimestamp: first[0]!.updatedAt, hasMore: true },
        contentChanges: { changes: [row(second[1]!)], lastTimestamp: second[1]!.updatedAt, hasMore: false },
        associationChanges: { changes: [], lastTimestamp: second[2]!.updatedAt, hasMore: false },
        mediaChanges: { deletions: [], lastTimestamp: second[3]!.updatedAt, hasMore: false },
      });
    });

    it('answers what succeeded of four feeds with 200 when one cursor is refused', async () => {
      const device = await server.signUp();
      await device.push([saveJournal()]);
      const answer = await device.send(
        `{ journalChanges { changes { title } } contentChanges(limit: 0) { changes { id } } }`,
      );
      expect(answer.status).toBe(200);
      expect(answer.errors).toMatchObject([{ path: ['contentChanges'], extensions: { code: 'BAD_USER_INPUT' } }]);
    });

    it('carries the epoch of the database and the clock of the server', async () => {
      const device = await server.signUp();
      const { epoch: pushed } = await device.pushed([saveContent()]);
      const [stored] = await server.sql<{ epoch: string }>('SELECT epoch FROM database_identity');
      for (const feed of FEEDS) {
        const before = Date.now();
        const { epoch, serverTime } = await device.page(feed);
        expect(epoch).toBe(stored!.epoch);
        expect(epoch).toBe(pushed);
        // The server shares this process's clock.
        expect(serverTime).toBeGreaterThanOrEqual(before);
        expect(serverTime).toBeLessThanOrEqual(Date.now());
      }
    });

    it('lets a device recognise its own echo by mutation and device', async () => {
      const phone = await server.signUp('phone');
      const tablet = await phone.another('tablet');
      const mine = saveContent();
      const theirs = saveContent({ deviceId: 'the tablet’s other name' });
      const gone = deleteContent(randomUUID());
      await phone.push([mine]);
      await tablet.push([theirs, gone]);
      const { changes, deletions } = await phone.page('contentChanges');
      expect(changes).toMatchObject([
        { id: mine.saveContent.id, mutationId: mine.saveContent.mutationId, deviceId: 'phone' },
        { id: theirs.saveContent.id, mutationId: theirs.saveContent.mutationId, deviceId: 'the tablet’s other name' },
      ]);
      expect(deletions).toMatchObject([{ mutationId: gone.deleteContent.mutationId, deviceId: 'tablet' }]);

      // An edit carries the mutation and the device of the edit.
      const edit = saveContent({ id: mine.saveContent.id, content: 'edited' });
      await tablet.push([edit]);
      const after = (await phone.page('contentChanges')).changes.at(-1);
      expect(after).toMatchObject({
        id: mine.saveContent.id,
        mutationId: edit.saveContent.mutationId,
        deviceId: 'tablet',
      });
    });
  });

  describe('times of devices', () => {
    const IN_1660 = Date.UTC(1660, 0, 1);
    const TIMES = [IN_1660, -MOST, MOST, -1, 0, 1, 2 ** 31, -(2 ** 31) - 1];

    it('come back exactly, before 1970 and at the ends of 53 bits', async () => {
      const device = await server.signUp();
      const saves = TIMES.flatMap((time, index) => {
        const times = { createdAt: time, clientUpdatedAt: TIMES.at(-1 - index)! };
        return [saveContent(times), saveJournal(times), linkContent(times)];
      });
      const outcomes = await device.push(saves);
      expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['APPLIED']));
      const expected = TIMES.map((time, index) => ({ createdAt: time, clientUpdatedAt: TIMES.at(-1 - index)! }));
      for (const feed of ['contentChanges', 'journalChanges', 'associationChanges'] as const) {
        const { changes } = await device.page(feed);
        expect(changes.map(({ createdAt, clientUpdatedAt }) => ({ createdAt, clientUpdatedAt }))).toEqual(expected);
      }
      // Digits, not a rounded number: the last bit of each is still there.
      const raw = await device.send('{ contentChanges { changes { createdAt } } }');
      expect(JSON.stringify(raw.data)).toContain('9007199254740991');
      expect(JSON.stringify(raw.data)).toContain('-9007199254740991');
      const stored = await server.sql<{ created: string }>(
        'SELECT created_at::text AS created FROM content WHERE user_id = $1 ORDER BY updated_at',
        [device.user.id],
      );
      expect(stored.map(({ created }) => created)).toEqual(TIMES.map(String));
    });

    it('never order: a device whose clock is wrong by centuries is heard in its turn', async () => {
      const device = await server.signUp();
      const saves = [MOST, IN_1660, 0, 5, -MOST, MOST].map((time) =>
        saveContent({ createdAt: time, clientUpdatedAt: time }),
      );
      await device.push(saves);
      const ids = saves.map((save) => save.saveContent.id);
      const { rows, since } = await device.pull('contentChanges', { limit: 2 });
      expect(rows.map(({ id }) => id)).toEqual(ids);

      // An edit dated before everything still is the last, and the one that stands.
      const edit = saveContent({ id: ids[0]!, content: 'the last word', createdAt: -MOST, clientUpdatedAt: -MOST });
      await device.push([edit]);
      expect(rowsOf(await device.page('contentChanges', { since }))).toMatchObject([
        { id: ids[0], content: 'the last word', clientUpdatedAt: -MOST },
      ]);
      expect((await device.pull('contentChanges')).rows.map(({ id }) => id)).toEqual([...ids.slice(1), ids[0]]);
    });

    it('take the server’s time where the device gives none', async () => {
      const device = await server.signUp();
      const [outcome] = await device.push([saveContent({ clientUpdatedAt: undefined, createdAt: IN_1660 })]);
      const [row] = (await device.page('contentChanges')).changes;
      expect(row).toMatchObject({ createdAt: IN_1660, clientUpdatedAt: outcome!.updatedAt });
    });
  });
});

const FEEDS: Feed[] = ['journalChanges', 'contentChanges', 'associationChanges', 'mediaChanges'];

const line = (id: string, updatedAt: number, isDeleted: boolean): string =>
  `${updatedAt} ${id}${isDeleted ? ' deleted' : ''}`;

/** How many rows each page must have. */
const sizesOf = (count: number, limit: number): number[] =>
  Array.from({ length: Math.ceil(count / limit) }, (_, page) => Math.min(limit, count - page * limit));

const lineOf = (row: FeedRow): string => line(String(row.id), row.updatedAt, row['deletedAt'] !== undefined);

const byStamp = (a: FeedRow, b: FeedRow): number => a.updatedAt - b.updatedAt;

/** `count` entries with a past: edited, deleted, written again after that, and restored. */
async function makeHistory(device: Device, count: number): Promise<void> {
  const ids = Array.from({ length: count }, () => randomUUID());
  const mutations: object[] = ids.map((id, index) => saveContent({ id, content: `entry ${index}` }));
  const every = (nth: number, from: number): string[] => ids.filter((_, index) => index % nth === from);
  mutations.push(...every(3, 1).map((id) => saveContent({ id, content: 'edited' })));
  mutations.push(...every(4, 2).map((id) => deleteContent(id)));
  mutations.push(...every(9, 6).map((id) => saveContent({ id, content: 'written again' })));
  mutations.push(...every(7, 0).map((id) => deleteContent(id)));
  for (let from = 0; from < mutations.length; from += 500) await device.push(mutations.slice(from, from + 500));
  const restored = every(28, 14);
  const document = `mutation ($input: DeleteInput!) { restoreContent(input: $input) { id } }`;
  for (const id of restored) await device.data(document, { input: { id } });
}

/** Everything behind `since` as "stamp id deleted" lines, and how many rows each page had. */
async function pullLines(device: Device, limit: number, since = 0): Promise<{ lines: string[]; sizes: number[] }> {
  const document = `query ($since: Millis!, $limit: Int!) {
    page: contentChanges(since: $since, limit: $limit) {
      changes { id updatedAt } deletions { id updatedAt deletedAt } lastTimestamp hasMore
    }
  }`;
  const lines: string[] = [];
  const sizes: number[] = [];
  for (let cursor = since; ;) {
    const { page } = await device.data<{ page: Page }>(document, { since: cursor, limit });
    const rows = rowsOf(page);
    lines.push(...rows.map(lineOf));
    sizes.push(rows.length);
    if (page.hasMore && page.lastTimestamp <= cursor) throw new Error(`the cursor stands still at ${cursor}`);
    cursor = page.lastTimestamp;
    if (!page.hasMore) return { lines, sizes };
  }
}

/** Pulls as a device does: every page goes into its copy, then its cursor is kept. */
async function apply(device: Device, copy: Map<string, string>, since: number, limit: number): Promise<number> {
  const pulled = await device.pull('contentChanges', { since, limit });
  for (const { id, serverVersion, updatedAt, deletedAt, content } of pulled.rows) {
    copy.set(String(id), `${deletedAt === undefined ? String(content) : 'deleted'} ${serverVersion} ${updatedAt}`);
  }
  return pulled.since;
}
