/** `POST /sync/{content,journals}/{id}` and `PATCH /{contents,journals}/{id}`: some fields of a row that is there. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { App, Reply } from './support/app.js';
import { entry, journal } from './support/bodies.js';
import { describeContract } from './support/contract-server.js';
import { bodyOf, changeOf, expectConflict, expectError, expectRefusal } from './support/expected.js';
import { KINDS, type Kind } from './support/kinds.js';

/** The two paths by which a row is edited in part. */
const EDITS = {
  'POST /sync': (app: App, { sync }: Kind, id: string, body: object): Promise<Reply> => app.post(`${sync}/${id}`, body),
  PATCH: (app: App, { resource }: Kind, id: string, body: object): Promise<Reply> =>
    app.patch(`${resource}/${id}`, body),
};

const EVERY_EDIT = KINDS.flatMap((kind) =>
  Object.entries(EDITS).map(([way, edit]) => ({ way, kind, name: kind.resource, edit })),
);

describeContract('an edit of some fields', (contract) => {
  describe.each(EVERY_EDIT)('by $way of $name', ({ kind, edit }) => {
    const { sync, body, text } = kind;

    async function uploaded(): Promise<{ app: App; id: string; serverVersion: number }> {
      const app = await contract.shared();
      const { id, serverVersion } = bodyOf(await app.post(sync, body()));
      return { app, id, serverVersion };
    }

    test('is 200 with the new version, and later in the feed', async () => {
      const { app, id, serverVersion } = await uploaded();
      const { lastTimestamp } = bodyOf(await app.get(`${sync}/changes`));
      const reply = await edit(app, kind, id, { [text]: 'edited', lastUpdated: 3_000 });
      expect(reply.status).toBe(200);
      expect(reply.body).toMatchObject({ id, serverVersion: expect.any(Number) });
      expect(reply.body.serverVersion).toBeGreaterThan(serverVersion);
      const { changes } = bodyOf(await app.get(`${sync}/changes?since=${lastTimestamp}`));
      expect(changes).toMatchObject([{ id, [text]: 'edited', serverVersion: reply.body.serverVersion }]);
    });

    test('leaves every field that is missing as it was', async () => {
      const { app, id } = await uploaded();
      const before = await changeOf(app, sync, id);
      const { serverVersion } = bodyOf(await edit(app, kind, id, { [text]: 'edited', lastUpdated: 3_000 }));
      expect(await changeOf(app, sync, id)).toEqual({ ...before, [text]: 'edited', lastUpdated: 3_000, serverVersion });
    });

    test.each([
      ['nothing', {}],
      ['syncVersion 0', { syncVersion: 0 }],
      ['the constraint "none"', { versionConstraint: { type: 'none' } }],
    ])('that carries %s writes whatever is there', async (_, constraint) => {
      const { app, id } = await uploaded();
      bodyOf(await edit(app, kind, id, { [text]: 'once', lastUpdated: 3_000 }));
      bodyOf(await edit(app, kind, id, { [text]: 'twice', lastUpdated: 3_001, ...constraint }));
      expect(await changeOf(app, sync, id)).toMatchObject({ [text]: 'twice' });
    });

    const known: [string, (version: number) => object][] = [
      ['versionConstraint', (serverVersion) => ({ versionConstraint: { type: 'known', serverVersion } })],
      ['clientLastKnownServerVersion', (version) => ({ clientLastKnownServerVersion: version })],
      ['syncVersion', (version) => ({ syncVersion: version })],
    ];

    test.each(known)('that knows the version by %s is written', async (_, constraint) => {
      const { app, id, serverVersion } = await uploaded();
      const reply = await edit(app, kind, id, { [text]: 'edited', lastUpdated: 3_000, ...constraint(serverVersion) });
      expect(reply.status).toBe(200);
      expect(await changeOf(app, sync, id)).toMatchObject({ [text]: 'edited' });
    });

    test.each(known)('that knows another version by %s is 409 with the row as it is now', async (_, constraint) => {
      const { app, id, serverVersion } = await uploaded();
      const newer = bodyOf(await edit(app, kind, id, { [text]: 'newer', lastUpdated: 3_000 }));
      // Older and newer alike: after a restore a larger number is just as stale.
      for (const stale of [serverVersion, newer.serverVersion + 1_000]) {
        const reply = await edit(app, kind, id, { [text]: 'stale', lastUpdated: 3_001, ...constraint(stale) });
        expectConflict(reply, { id, [text]: 'newer', serverVersion: newer.serverVersion });
      }
      expect(await changeOf(app, sync, id)).toMatchObject({ [text]: 'newer' });
    });

    test('goes by versionConstraint, then by clientLastKnownServerVersion, then by syncVersion', async () => {
      const { app, id, serverVersion } = await uploaded();
      const stale = { lastUpdated: 3_000, syncVersion: serverVersion + 7 };
      const none = { versionConstraint: { type: 'none' }, clientLastKnownServerVersion: serverVersion + 8, ...stale };
      const first = bodyOf(await edit(app, kind, id, { [text]: 'once', ...none }));
      const second = { clientLastKnownServerVersion: first.serverVersion, ...stale };
      bodyOf(await edit(app, kind, id, { [text]: 'twice', ...second }));
      expectError(await edit(app, kind, id, { [text]: 'thrice', ...second }), 409);
      expect(await changeOf(app, sync, id)).toMatchObject({ [text]: 'twice' });
    });

    test.each([
      ['of no known type', { type: 'newest' }],
      ['without a type', {}],
      ['without its version', { type: 'known' }],
      ['with a version that is text', { type: 'known', serverVersion: 'x' }],
      ['that is text', 'none'],
    ])('with a constraint %s is 400', async (_, versionConstraint) => {
      const { app, id } = await uploaded();
      const sent = { [text]: 'edited', lastUpdated: 3_000, versionConstraint };
      await expectRefusal(app, () => edit(app, kind, id, sent), 400);
    });

    test('of a row that is not there is 404 and makes none', async () => {
      const app = await contract.shared();
      await expectRefusal(app, () => edit(app, kind, randomUUID(), { [text]: 'edited', lastUpdated: 3_000 }), 404);
    });

    test('of a deleted row is 409 with its tombstone, and leaves it deleted', async () => {
      const { app, id } = await uploaded();
      bodyOf(await app.post(`${sync}/${id}/delete`));
      const edited = { [text]: 'edited', lastUpdated: 3_000 };
      const reply = await edit(app, kind, id, edited);
      expectConflict(reply, { id });
      // Also where it knows the tombstone: only a whole row brings a row back.
      expectConflict(await edit(app, kind, id, { ...edited, syncVersion: reply.body.current.serverVersion }), { id });
      expectError(await app.get(`${kind.resource}/${id}`), 404);
    });

    test('of an id that is no uuid is 400', async () => {
      const app = await contract.shared();
      expectError(await edit(app, kind, 'one', { [text]: 'edited', lastUpdated: 3_000 }), 400);
    });
  });

  test.each(Object.entries(EDITS))(
    'by %s keeps the duration of a recording, and changes it where it is sent',
    async (_, edit) => {
      const app = await contract.shared();
      const kind = KINDS[0]!;
      const sent = entry({ type: 'AUDIO', durationMs: 61_000 });
      bodyOf(await app.post('/sync/content', sent));
      bodyOf(await edit(app, kind, sent.id, { content: 'A blackbird', lastUpdated: 3_000 }));
      expect(await changeOf(app, '/sync/content', sent.id)).toMatchObject({
        content: 'A blackbird',
        durationMs: 61_000,
      });
      bodyOf(await edit(app, kind, sent.id, { durationMs: 62_000, lastUpdated: 3_001 }));
      expect(await changeOf(app, '/sync/content', sent.id)).toMatchObject({
        content: 'A blackbird',
        durationMs: 62_000,
      });
    },
  );

  test.each(Object.entries(EDITS))('by %s of the description of a journal keeps its title', async (_, edit) => {
    const app = await contract.shared();
    const sent = journal();
    bodyOf(await app.post('/sync/journals', sent));
    bodyOf(await edit(app, KINDS[1]!, sent.id, { description: '', lastUpdated: 3_000 }));
    expect(await changeOf(app, '/sync/journals', sent.id)).toMatchObject({ title: sent.title, description: '' });
  });

  test('answers POST /sync/content/{id} with id, serverVersion and updatedAt', async () => {
    const app = await contract.shared();
    const sent = entry();
    bodyOf(await app.post('/sync/content', sent));
    const reply = await app.post(`/sync/content/${sent.id}`, { content: 'edited', lastUpdated: 3_000 });
    expect(reply.body).toEqual({ id: sent.id, serverVersion: expect.any(Number), updatedAt: expect.any(Number) });
  });
});
