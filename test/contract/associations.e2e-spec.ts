/** Links of entries and journals: `/sync/associations…` and `/associations…`. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { App, Reply } from './support/app.js';
import { entry, journal, link } from './support/bodies.js';
import { describeContract } from './support/contract-server.js';
import { bodyOf, expectConflict, expectEmpty, expectError, expectRefusal } from './support/expected.js';

type Link = ReturnType<typeof link>;

const feedOf = async (app: App): Promise<any> => bodyOf(await app.get('/sync/associations/changes'));
const keyOf = ({ journalId, contentId }: Link) => ({ journalId, contentId });
const pathOf = ({ journalId, contentId }: Link): string => `/associations/${journalId}/${contentId}`;

/** Each way to make one link, and to take it away. */
const LINKS: [way: string, put: (app: App, one: Link) => Promise<Reply>][] = [
  ['POST /sync/associations', (app, one) => app.post('/sync/associations', { associations: [one] })],
  ['POST /associations', (app, one) => app.post('/associations', { associations: [one] })],
  ['PUT /associations/{journalId}/{contentId}', (app, one) => app.put(pathOf(one), one)],
];
const UNLINKS: [way: string, status: number, remove: (app: App, one: Link) => Promise<Reply>][] = [
  [
    'POST /sync/associations/delete',
    200,
    (app, one) => app.post('/sync/associations/delete', { associations: [keyOf(one)] }),
  ],
  ['DELETE /associations', 204, (app, one) => app.delete('/associations', { associations: [keyOf(one)] })],
  ['DELETE /associations/{journalId}/{contentId}', 204, (app, one) => app.delete(pathOf(one))],
];

describeContract('a link', (contract) => {
  describe.each(LINKS)('made by %s', (_, put) => {
    test('is in the feed with its version', async () => {
      const app = await contract.signUp();
      const one = link({ deviceId: 'unknown', syncVersion: 0 });
      expect((await put(app, one)).status).toBeLessThan(300);
      const { changes, deletions } = await feedOf(app);
      const told = changes.map((change: object) => ({ isDeleted: false, ...change }));
      expect({ changes: told, deletions }).toEqual({
        // `isDeleted` may be told or left out, being its default.
        changes: [{ isDeleted: false, ...keyOf(one), createdAt: 1_000, serverVersion: expect.any(Number) }],
        deletions: [],
      });
    });

    test('needs no ends, and may be made again', async () => {
      const app = await contract.signUp();
      const one = link();
      bodyOf(await put(app, one));
      bodyOf(await put(app, one));
      expect((await feedOf(app)).changes).toMatchObject([keyOf(one)]);
    });

    test.each(['journalId', 'contentId'])('to a %s that is no uuid is 400', async (end) => {
      const app = await contract.shared();
      await expectRefusal(app, () => put(app, link({ [end]: 'one' })), 400);
    });

    test('that was taken away is a conflict with its tombstone, and stays away', async () => {
      const app = await contract.signUp();
      const one = link();
      bodyOf(await put(app, one));
      bodyOf(await app.delete(pathOf(one)));
      expectConflict(await put(app, one), keyOf(one));
      expect(await feedOf(app)).toMatchObject({ changes: [], deletions: [keyOf(one)] });
    });

    test.each([
      ['journal', '/sync/journals', journal, 'journalId'],
      ['entry', '/sync/content', entry, 'contentId'],
    ] as const)('to another account’s %s is 403 and makes nothing', async (_end, sync, body, end) => {
      const [mine, theirs] = [await contract.signUp(), await contract.signUp()];
      const { id } = bodyOf(await theirs.post(sync, body()));
      expectError(await put(mine, link({ [end]: id })), 403, 'FORBIDDEN');
      expect(await feedOf(mine)).toMatchObject({ changes: [], deletions: [] });
    });
  });

  describe.each(UNLINKS)('taken away by %s', (_, status, remove) => {
    test('is a tombstone in the feed, and the answer is empty', async () => {
      const app = await contract.signUp();
      const one = link();
      bodyOf(await app.post('/sync/associations', { associations: [one] }));
      expectEmpty(await remove(app, one), status);
      const page = await feedOf(app);
      expect({ hasMore: false, ...page }).toEqual({
        changes: [],
        deletions: [{ ...keyOf(one), deletedAt: page.lastTimestamp }],
        lastTimestamp: expect.any(Number),
        hasMore: false,
      });
    });

    test('twice is answered alike and changes nothing', async () => {
      const app = await contract.signUp();
      const one = link();
      bodyOf(await app.post('/sync/associations', { associations: [one] }));
      bodyOf(await remove(app, one));
      const before = await feedOf(app);
      expectEmpty(await remove(app, one), status);
      expect(await feedOf(app)).toEqual(before);
    });

    test('before it was ever seen leaves a tombstone', async () => {
      const app = await contract.signUp();
      const one = link();
      expectEmpty(await remove(app, one), status);
      expect(await feedOf(app)).toMatchObject({ changes: [], deletions: [keyOf(one)] });
    });
  });

  test('is counted with the others of its request, also where there is none', async () => {
    const app = await contract.signUp();
    const three = [link(), link(), link()];
    const reply = await app.post('/sync/associations', { associations: three });
    expect(reply).toMatchObject({ status: 200, body: { uploadedCount: 3, uploadedAt: expect.any(Number) } });
    expect((await app.post('/sync/associations', { associations: [] })).body).toMatchObject({ uploadedCount: 0 });
    const { changes, lastTimestamp } = await feedOf(app);
    expect([changes.length, reply.body.uploadedAt]).toEqual([3, lastTimestamp]);
  });

  test('that knows a stale version is a conflict with the row as it is now', async () => {
    const app = await contract.signUp();
    const one = link();
    bodyOf(await app.post('/sync/associations', { associations: [one] }));
    const [{ serverVersion }] = (await feedOf(app)).changes;
    const stale = { ...one, syncVersion: serverVersion + 1 };
    expectConflict(await app.post('/sync/associations', { associations: [stale] }), { ...keyOf(one), serverVersion });
  });

  test.each([
    ['no list', {}],
    ['a list of text', { associations: ['x'] }],
    ['a link without its entry', { associations: [{ journalId: randomUUID(), createdAt: 1 }] }],
    ['null', { associations: null }],
  ])('in a request with %s is 400 on every path that takes lists', async (_, body) => {
    const app = await contract.shared();
    expectError(await app.post('/sync/associations', body), 400);
    expectError(await app.post('/sync/associations/delete', body), 400);
    expectError(await app.post('/associations', body), 400);
    expectError(await app.delete('/associations', body), 400);
  });

  test('PUT answers 204, and DELETE of the same path too', async () => {
    const app = await contract.signUp();
    const one = link();
    for (const body of [one, undefined]) expectEmpty(await app.put(pathOf(one), body), 204);
    expectEmpty(await app.delete(pathOf(one)), 204);
  });
});
