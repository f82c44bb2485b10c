/** `POST /sync/{content,journals}/{id}/delete` and `DELETE /{contents,journals}/{id}`. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { App, Reply } from './support/app.js';
import { entry, link } from './support/bodies.js';
import { describeContract } from './support/contract-server.js';
import { bodyOf, expectEmpty, expectError } from './support/expected.js';
import { KINDS, type Kind } from './support/kinds.js';

const DELETES: [way: string, status: number, remove: (app: App, kind: Kind, id: string) => Promise<Reply>][] = [
  ['POST /sync', 200, (app, { sync }, id) => app.post(`${sync}/${id}/delete`)],
  ['DELETE', 204, (app, { resource }, id) => app.delete(`${resource}/${id}`)],
];

const EVERY_DELETE = KINDS.flatMap((kind) =>
  DELETES.map(([way, status, remove]) => ({ way, status, kind, name: kind.resource, remove })),
);

describeContract('a delete', (contract) => {
  describe.each(EVERY_DELETE)('by $way of $name', ({ kind, status, remove }) => {
    const { sync, resource, body } = kind;

    test('is empty, and leaves a tombstone in the feed in place of the row', async () => {
      const app = await contract.shared();
      const { id, uploadedAt } = bodyOf(await app.post(sync, body()));
      expectEmpty(await remove(app, kind, id), status);
      const page = bodyOf(await app.get(`${sync}/changes?since=${uploadedAt}`));
      expect(page).toMatchObject({ changes: [], deletions: [{ id, deletedAt: page.lastTimestamp }] });
      expect(page.lastTimestamp).toBeGreaterThan(uploadedAt);
    });

    test('sent again is answered alike and changes nothing', async () => {
      const app = await contract.shared();
      const { id } = bodyOf(await app.post(sync, body()));
      bodyOf(await remove(app, kind, id));
      const before = bodyOf(await app.get(`${sync}/changes`));
      expectEmpty(await remove(app, kind, id), status);
      expect(bodyOf(await app.get(`${sync}/changes`))).toEqual(before);
    });

    test('of an id that was never seen leaves a tombstone, which a late upload meets', async () => {
      const app = await contract.signUp();
      const sent = body();
      expectEmpty(await remove(app, kind, sent.id), status);
      expectError(await app.post(sync, sent), 409);
      expect(bodyOf(await app.get(`${sync}/changes`))).toMatchObject({ changes: [], deletions: [{ id: sent.id }] });
    });

    test('takes the row out of what is read by its id', async () => {
      const app = await contract.shared();
      const { id } = bodyOf(await app.post(sync, body()));
      expect((await app.get(`${resource}/${id}`)).status).toBe(200);
      bodyOf(await remove(app, kind, id));
      expectError(await app.get(`${resource}/${id}`), 404);
    });

    test('of an id that is no uuid is 400', async () => {
      const app = await contract.shared();
      expectError(await remove(app, kind, 'one'), 400);
    });

    test('of another account’s row is 403 and leaves it', async () => {
      const [mine, theirs] = [await contract.signUp(), await contract.signUp()];
      const { id } = bodyOf(await theirs.post(sync, body()));
      expectError(await remove(mine, kind, id), 403, 'FORBIDDEN');
      expect((await theirs.get(`${resource}/${id}`)).status).toBe(200);
    });
  });

  test('of an entry keeps its links, so that it is whole when it comes back', async () => {
    const app = await contract.signUp();
    const sent = entry();
    bodyOf(await app.post('/sync/content', sent));
    const linked = link({ contentId: sent.id, journalId: randomUUID() });
    bodyOf(await app.post('/sync/associations', { associations: [linked] }));
    bodyOf(await app.post(`/sync/content/${sent.id}/delete`));
    expect(bodyOf(await app.get('/sync/associations/changes'))).toMatchObject({ changes: [linked], deletions: [] });
  });
});
