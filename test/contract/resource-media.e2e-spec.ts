/** `/media…`: photos as LogDate's newest app sends and reads them. */
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { pngOf } from '../support/uploads.js';
import { entry, photoForm } from './support/bodies.js';
import { describeContract } from './support/contract-server.js';
import { bodyOf, expectEmpty, expectError } from './support/expected.js';

describeContract('a photo as a resource', (contract) => {
  test('POST of a form is 201 with its Location, which tells what it is', async () => {
    const app = await contract.shared();
    const contentId = randomUUID();
    const reply = await app.post('/media', photoForm(pngOf(500), { contentId }));
    expect(reply.status).toBe(201);
    const { mediaId } = reply.body;
    const location = reply.headers.get('location') ?? '';
    expect(location).toMatch(new RegExp(`${app.mount}/media/${mediaId}$`));
    const read = await fetch(new URL(location, app.url), { headers: { authorization: `Bearer ${app.token}` } });
    expect(await read.json()).toMatchObject({
      mediaId,
      contentId,
      fileName: 'beans.jpg',
      mimeType: 'image/png',
      sizeBytes: 500,
    });
  });

  test('POST again makes no second row', async () => {
    const app = await contract.signUp();
    const [bytes, contentId] = [pngOf(500), randomUUID()];
    const first = bodyOf(await app.post('/media', photoForm(bytes, { contentId })));
    const second = bodyOf(await app.post('/media', photoForm(bytes, { contentId })));
    expect(second.mediaId).toBe(first.mediaId);
    expect(bodyOf(await app.get('/sync/status')).data.mediaCount).toBe(1);
  });

  test('GET of its binary gives its bytes, which no browser runs', async () => {
    const app = await contract.shared();
    const bytes = pngOf(5_000);
    const { mediaId } = bodyOf(await app.post('/media', photoForm(bytes)));
    const reply = await app.get(`/media/${mediaId}/binary`);
    expect(reply.status).toBe(200);
    expect(reply.bytes.equals(bytes)).toBe(true);
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': '5000',
      'content-disposition': expect.stringMatching(/^attachment/),
      'x-content-type-options': 'nosniff',
    });
  });

  test('DELETE is 204, also the second time, and takes it out of what is read', async () => {
    const app = await contract.shared();
    const { mediaId } = bodyOf(await app.post('/media', photoForm(pngOf(500))));
    expectEmpty(await app.delete(`/media/${mediaId}`), 204);
    expectEmpty(await app.delete(`/media/${mediaId}`), 204);
    for (const path of [`/media/${mediaId}`, `/media/${mediaId}/binary`, `/sync/media/${mediaId}`]) {
      expectError(await app.get(path), 404, 'NOT_FOUND');
    }
  });

  test('POST of a photo that was deleted is 409 and does not bring it back', async () => {
    const app = await contract.signUp();
    const [bytes, contentId] = [pngOf(500), randomUUID()];
    const { mediaId } = bodyOf(await app.post('/media', photoForm(bytes, { contentId })));
    bodyOf(await app.delete(`/media/${mediaId}`));
    expectError(await app.post('/media', photoForm(bytes, { contentId })), 409);
    expectError(await app.get(`/media/${mediaId}`), 404);
  });

  test('is 404 where nobody has it, and 400 where the id is no uuid', async () => {
    const app = await contract.shared();
    for (const path of ['', '/binary']) {
      expectError(await app.get(`/media/${randomUUID()}${path}`), 404, 'NOT_FOUND');
      expectError(await app.get(`/media/one${path}`), 400);
    }
    expectError(await app.delete('/media/one'), 400);
  });

  test('is 403 on every path where another account has it', async () => {
    const [mine, theirs] = [await contract.signUp(), await contract.signUp()];
    const { mediaId } = bodyOf(await theirs.post('/media', photoForm(pngOf(500))));
    for (const path of [`/media/${mediaId}`, `/media/${mediaId}/binary`, `/sync/media/${mediaId}`]) {
      expectError(await mine.get(path), 403, 'FORBIDDEN');
    }
    expectError(await mine.delete(`/media/${mediaId}`), 403, 'FORBIDDEN');
    expect((await theirs.get(`/media/${mediaId}/binary`)).status).toBe(200);
  });

  test('of an entry that was deleted stays', async () => {
    const app = await contract.signUp();
    const sent = entry({ type: 'IMAGE' });
    bodyOf(await app.put(`/contents/${sent.id}`, sent));
    const { mediaId } = bodyOf(await app.post('/media', photoForm(pngOf(500), { contentId: sent.id })));
    bodyOf(await app.delete(`/contents/${sent.id}`));
    expect((await app.get(`/media/${mediaId}/binary`)).status).toBe(200);
  });
});
