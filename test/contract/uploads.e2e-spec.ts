/** `POST /sync/content` and `POST /sync/journals`: a row as an app sends it the first time, or whole once more. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { DEVICE, type App } from './support/app.js';
import { entry, journal } from './support/bodies.js';
import { describeContract } from './support/contract-server.js';
import { bodyOf, changeOf, expectConflict, expectRefusal } from './support/expected.js';
import { KINDS } from './support/kinds.js';

/** Who wrote the entry last, as the other face tells it. */
async function deviceOf(app: App, id: string): Promise<string> {
  const { content } = await app.graphql('query ($id: ID!) { content(id: $id) { deviceId } }', { id });
  return content.deviceId;
}

describeContract('an upload', (contract) => {
  describe.each(KINDS)('to $sync', ({ sync, resource, body, text }) => {
    test('answers with id, serverVersion and uploadedAt, and 200', async () => {
      const app = await contract.shared();
      const sent = body();
      const reply = await app.post(sync, sent);
      expect(reply.status).toBe(200);
      expect(reply.body).toEqual({ id: sent.id, serverVersion: expect.any(Number), uploadedAt: expect.any(Number) });
      expect(reply.body.serverVersion).toBeLessThanOrEqual(reply.body.uploadedAt);
    });

    test('is in the feed as it was sent, with the version of its answer', async () => {
      const app = await contract.shared();
      const sent = body();
      const { serverVersion } = bodyOf(await app.post(sync, sent));
      expect(await changeOf(app, sync, sent.id)).toMatchObject({ ...sent, serverVersion });
    });

    test('may leave out what has a default, or send it: the row is the same', async () => {
      const app = await contract.shared();
      const [omitted, given] = [body(), body()];
      const defaults = {
        syncVersion: 0,
        deviceId: 'unknown',
        durationMs: 0,
        versionConstraint: { type: 'none' },
        isDeleted: false,
      };
      bodyOf(await app.post(sync, omitted));
      bodyOf(await app.post(sync, { ...given, ...defaults }));
      const [first, second] = [await changeOf(app, sync, omitted.id), await changeOf(app, sync, given.id)];
      expect({ ...second, id: '', serverVersion: 0 }).toEqual({ ...first, id: '', serverVersion: 0 });
    });

    test('may carry keys that nobody knows', async () => {
      const app = await contract.shared();
      const sent = body();
      expect((await app.post(sync, { ...sent, mood: 'calm', nested: { deep: [1] } })).status).toBe(200);
      expect(await changeOf(app, sync, sent.id)).toMatchObject(sent);
    });

    test('with syncVersion 0 of a row that is there replaces it: the last write wins', async () => {
      const app = await contract.shared();
      const sent = body();
      const first = bodyOf(await app.post(sync, sent));
      const second = bodyOf(await app.post(sync, { ...sent, [text]: 'changed', syncVersion: 0 }));
      expect(second.serverVersion).toBeGreaterThan(first.serverVersion);
      expect(second.uploadedAt).toBeGreaterThan(first.uploadedAt);
      expect(await changeOf(app, sync, sent.id)).toMatchObject({ [text]: 'changed' });
    });

    test('with a syncVersion that is stale is a conflict with the row as it is now', async () => {
      const app = await contract.shared();
      const sent = body();
      const first = bodyOf(await app.post(sync, sent));
      const second = bodyOf(await app.post(sync, { ...sent, [text]: 'newer', syncVersion: first.serverVersion }));
      const reply = await app.post(sync, { ...sent, [text]: 'stale', syncVersion: first.serverVersion });
      expectConflict(reply, { id: sent.id, [text]: 'newer', serverVersion: second.serverVersion });
      expect(await changeOf(app, sync, sent.id)).toMatchObject({ [text]: 'newer' });
    });

    test('of a deleted id that names no version is a conflict and does not bring it back', async () => {
      const app = await contract.signUp();
      const sent = body();
      bodyOf(await app.post(sync, sent));
      bodyOf(await app.post(`${sync}/${sent.id}/delete`));
      for (const constraint of [{}, { syncVersion: 0 }, { versionConstraint: { type: 'none' } }]) {
        expectConflict(await app.post(sync, { ...sent, ...constraint }), { id: sent.id });
      }
      const { changes, deletions } = bodyOf(await app.get(`${sync}/changes`));
      expect({ changes, deleted: deletions.map(({ id }: { id: string }) => id) }).toEqual({
        changes: [],
        deleted: [sent.id],
      });
    });

    test('of a deleted id that knows its tombstone brings it back', async () => {
      const app = await contract.shared();
      const sent = body();
      bodyOf(await app.post(sync, sent));
      bodyOf(await app.post(`${sync}/${sent.id}/delete`));
      const { current } = (await app.post(sync, sent)).body;
      bodyOf(await app.post(sync, { ...sent, syncVersion: current.serverVersion }));
      expect(await changeOf(app, sync, sent.id)).toMatchObject(sent);
    });

    test('with its id in capitals is of the same row', async () => {
      const app = await contract.shared();
      const sent = body();
      bodyOf(await app.post(sync, sent));
      bodyOf(await app.post(sync, { ...sent, id: sent.id.toUpperCase(), [text]: 'in capitals' }));
      expect(await changeOf(app, sync, sent.id)).toMatchObject({ [text]: 'in capitals' });
      expect((await app.get(`${resource}/${sent.id.toUpperCase()}`)).body).toMatchObject({ id: sent.id });
    });

    test('keeps times before 1970, and text of every script to the letter', async () => {
      const app = await contract.shared();
      const words = 'Ⅷ. žluť, 日記, 👩‍🌾, e\u0301, \u202eright to left, "quoted" \\ / <b>\n\t';
      const sent = body({ createdAt: -9_782_640_000_000, lastUpdated: -1, [text]: words });
      bodyOf(await app.post(sync, sent));
      expect(await changeOf(app, sync, sent.id)).toMatchObject(sent);
    });

    test.each([
      ['an id that is no uuid', { id: 'one' }],
      ['no id', { id: undefined }],
      ['a time that is text', { createdAt: '2026-11-22' }],
      ['a time with a fraction', { lastUpdated: 1.5 }],
      ['a time beyond 2^53', { createdAt: 2 ** 53 }],
      ['no time', { createdAt: undefined }],
      ['a syncVersion that is text', { syncVersion: 'x' }],
      ['a syncVersion below 0', { syncVersion: -1 }],
      ['a deviceId that is an object', { deviceId: { id: 'phone' } }],
    ])('with %s is 400 and writes nothing', async (_, fields) => {
      const app = await contract.shared();
      await expectRefusal(app, () => app.post(sync, body(fields)), 400);
    });

    test.each([['{"id":'], ['null'], ['7'], ['[]'], ['"text"'], ['']])('with the body %s is 400', async (sent) => {
      const app = await contract.shared();
      await expectRefusal(app, () => app.post(sync, sent), 400);
    });
  });

  test.each(['TEXT', 'IMAGE', 'VIDEO', 'AUDIO'])('of an entry of type %s keeps its type', async (type) => {
    const app = await contract.shared();
    const sent = entry({ type, content: null, mediaUri: 'file:///photos/1.jpg', durationMs: 9_007 });
    bodyOf(await app.post('/sync/content', sent));
    expect(await changeOf(app, '/sync/content', sent.id)).toMatchObject({
      type,
      mediaUri: sent.mediaUri,
      durationMs: 9_007,
    });
  });

  test.each([
    ['a type that nobody knows', { type: 'SMELL' }],
    ['a duration below 0', { durationMs: -1 }],
    ['a duration that is text', { durationMs: 'long' }],
    ['content that is a number', { content: 5 }],
    ['the character U+0000', { content: 'a\0b' }],
  ])('of an entry with %s is 400', async (_, fields) => {
    const app = await contract.shared();
    await expectRefusal(app, () => app.post('/sync/content', entry(fields)), 400);
  });

  test.each([
    ['no title', { title: undefined }],
    ['a title of null', { title: null }],
    ['a title of 501 characters', { title: 'x'.repeat(501) }],
    ['a description that is a list', { description: [] }],
  ])('of a journal with %s is 400', async (_, fields) => {
    const app = await contract.shared();
    await expectRefusal(app, () => app.post('/sync/journals', journal(fields)), 400);
  });

  test('is of the device that it names, a plain string', async () => {
    const app = await contract.shared();
    const sent = entry({ deviceId: 'tablet in the kitchen' });
    bodyOf(await app.post('/sync/content', sent));
    expect(await deviceOf(app, sent.id)).toBe('tablet in the kitchen');
  });

  test('is of the device of the token where it names none, or "unknown"', async () => {
    const app = await contract.shared();
    for (const deviceId of [undefined, null, 'unknown']) {
      const sent = entry({ id: randomUUID(), deviceId });
      bodyOf(await app.post('/sync/content', sent));
      expect(await deviceOf(app, sent.id)).toBe(DEVICE);
    }
  });
});
