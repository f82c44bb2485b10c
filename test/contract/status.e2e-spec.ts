/** What an app asks of the server itself: status, quota, information. */
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { pngOf } from '../support/uploads.js';
import { entry, journal, link, photoForm } from './support/bodies.js';
import { describeContract } from './support/contract-server.js';
import { bodyOf } from './support/expected.js';

const STATUS_PATHS = ['/sync/status', '/ops/sync/status'];

describeContract('the server', (contract) => {
  test.each(STATUS_PATHS)('%s counts nothing for a new account', async (path) => {
    const app = await contract.signUp();
    const reply = await app.get(path);
    expect(reply.status).toBe(200);
    const zeros = { contentCount: 0, journalCount: 0, associationCount: 0, mediaCount: 0, pendingUploads: 0 };
    expect(reply.body).toMatchObject({ data: { ...zeros, lastTimestamp: 0 }, timestamp: expect.any(Number) });
  });

  test('/sync/status counts live rows of each kind, and its lastTimestamp is the newest stamp', async () => {
    const app = await contract.signUp();
    const [one, other] = [entry(), entry()];
    bodyOf(await app.post('/sync/content', one));
    bodyOf(await app.post('/sync/content', other));
    bodyOf(await app.post('/sync/journals', journal()));
    bodyOf(await app.post('/sync/associations', { associations: [link(), link()] }));
    bodyOf(await app.post('/sync/media', photoForm(pngOf(500), { contentId: randomUUID() })));
    bodyOf(await app.post(`/sync/content/${other.id}/delete`));
    const { lastTimestamp } = bodyOf(await app.get('/sync/content/changes'));
    expect(bodyOf(await app.get('/sync/status')).data).toMatchObject({
      contentCount: 1,
      journalCount: 1,
      associationCount: 2,
      mediaCount: 1,
      pendingUploads: 0,
      lastTimestamp,
    });
  });

  test('/quota says what is used of how much, and a photo counts', async () => {
    const app = await contract.signUp();
    const before = bodyOf(await app.get('/quota'));
    expect(before).toMatchObject({ totalBytes: expect.any(Number), usedBytes: 0, categories: expect.any(Array) });
    bodyOf(await app.post('/media', photoForm(pngOf(500))));
    expect(bodyOf(await app.get('/quota'))).toMatchObject({ totalBytes: before.totalBytes, usedBytes: 500 });
  });

  test('/server/info answers everybody', async () => {
    const app = await contract.signUp();
    for (const caller of [app, app.withToken(''), app.withToken('nonsense')]) {
      const reply = await caller.get('/server/info');
      expect({ status: reply.status, body: typeof reply.body }).toEqual({ status: 200, body: 'object' });
    }
  });
});
