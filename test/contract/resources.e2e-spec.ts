/** `PUT` and `GET` of `/contents/{id}` and `/journals/{id}`. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { entry } from './support/bodies.js';
import { describeContract, MOUNTS } from './support/contract-server.js';
import { bodyOf, changeOf, expectConflict, expectError, expectRefusal } from './support/expected.js';
import { KINDS } from './support/kinds.js';

describeContract('a resource', (contract) => {
  describe.each(KINDS)('$resource/{id}', ({ resource, sync, body, text }) => {
    test('PUT of a new id is 201 with its Location, which answers with the row', async () => {
      const app = await contract.shared();
      const sent = body();
      const reply = await app.put(`${resource}/${sent.id}`, sent);
      expect(reply.status).toBe(201);
      const location = reply.headers.get('location') ?? '';
      expect(location).toMatch(new RegExp(`${app.mount}${resource}/${sent.id}$`));
      const read = await fetch(new URL(location, app.url), { headers: { authorization: `Bearer ${app.token}` } });
      expect(await read.json()).toMatchObject(sent);
    });

    test('PUT of an id that is there is 200 and replaces it', async () => {
      const app = await contract.shared();
      const sent = body();
      bodyOf(await app.put(`${resource}/${sent.id}`, sent));
      const reply = await app.put(`${resource}/${sent.id}`, { ...sent, [text]: 'replaced' });
      expect({ status: reply.status, location: reply.headers.get('location') }).toEqual({
        status: 200,
        location: null,
      });
      expect(await changeOf(app, sync, sent.id)).toMatchObject({ [text]: 'replaced' });
    });

    test('PUT with another id in its body is 400 and writes nothing', async () => {
      const app = await contract.shared();
      await expectRefusal(app, () => app.put(`${resource}/${randomUUID()}`, body()), 400);
    });

    test('PUT that knows a stale version is 409 with the row as it is now', async () => {
      const app = await contract.shared();
      const sent = body();
      const { serverVersion } = bodyOf(await app.put(`${resource}/${sent.id}`, sent));
      expect(serverVersion).toEqual(expect.any(Number));
      bodyOf(await app.put(`${resource}/${sent.id}`, { ...sent, [text]: 'newer' }));
      const versionConstraint = { type: 'known', serverVersion };
      const reply = await app.put(`${resource}/${sent.id}`, { ...sent, [text]: 'stale', versionConstraint });
      expectConflict(reply, { id: sent.id, [text]: 'newer' });
    });

    test('PUT of a deleted id that did not ask for it is 409 and leaves it deleted', async () => {
      const app = await contract.shared();
      const sent = body();
      bodyOf(await app.put(`${resource}/${sent.id}`, sent));
      bodyOf(await app.delete(`${resource}/${sent.id}`));
      const asked = [{}, { syncVersion: 0 }, { versionConstraint: { type: 'none' } }];
      for (const constraint of asked) {
        expectConflict(await app.put(`${resource}/${sent.id}`, { ...sent, ...constraint }), { id: sent.id });
      }
      expectError(await app.get(`${resource}/${sent.id}`), 404);
    });

    test('PUT of a deleted id that knows its tombstone brings it back', async () => {
      const app = await contract.shared();
      const sent = body();
      bodyOf(await app.put(`${resource}/${sent.id}`, sent));
      bodyOf(await app.delete(`${resource}/${sent.id}`));
      const { serverVersion } = (await app.put(`${resource}/${sent.id}`, sent)).body.current;
      const versionConstraint = { type: 'known', serverVersion };
      bodyOf(await app.put(`${resource}/${sent.id}`, { ...sent, versionConstraint }));
      expect(bodyOf(await app.get(`${resource}/${sent.id}`))).toMatchObject(sent);
    });

    test('GET answers with the same as the feed, in both families', async () => {
      const app = await contract.signUp();
      const sent = body();
      const { serverVersion } = bodyOf(await app.put(`${resource}/${sent.id}`, sent));
      const row = bodyOf(await app.get(`${resource}/${sent.id}`));
      expect(row).toMatchObject({ ...sent, serverVersion });
      expect(bodyOf(await app.get(resource)).changes).toEqual([row]);
      expect(bodyOf(await app.get(`${sync}/changes`)).changes).toEqual([row]);
    });

    test('GET of an id that nobody has is 404, of one that is no uuid 400', async () => {
      const app = await contract.shared();
      expectError(await app.get(`${resource}/${randomUUID()}`), 404, 'NOT_FOUND');
      expectError(await app.get(`${resource}/one`), 400);
    });

    test('is 403, and never 404, where another account has it', async () => {
      const [mine, theirs] = [await contract.signUp(), await contract.signUp()];
      const sent = body();
      bodyOf(await theirs.put(`${resource}/${sent.id}`, sent));
      const edit = { [text]: 'mine now', lastUpdated: 3_000 };
      expectError(await mine.get(`${resource}/${sent.id}`), 403, 'FORBIDDEN');
      expectError(await mine.put(`${resource}/${sent.id}`, sent), 403, 'FORBIDDEN');
      expectError(await mine.patch(`${resource}/${sent.id}`, edit), 403, 'FORBIDDEN');
      expectError(await mine.post(sync, sent), 403, 'FORBIDDEN');
      expectError(await mine.post(`${sync}/${sent.id}`, edit), 403, 'FORBIDDEN');
      expect(bodyOf(await theirs.get(`${resource}/${sent.id}`))).toMatchObject(sent);
    });
  });

  test('that was put under one mount is read under the other', async () => {
    const app = await contract.shared();
    const sent = entry();
    bodyOf(await app.put(`/contents/${sent.id}`, sent));
    for (const mount of Object.values(MOUNTS)) {
      const read = await fetch(`${app.url}${mount}/contents/${sent.id}`, {
        headers: { authorization: `Bearer ${app.token}` },
      });
      expect(await read.json()).toMatchObject(sent);
    }
  });
});
