/** Photos and recordings over REST: as a form, as JSON, and how they are read again. */
import { randomUUID } from 'node:crypto';
import { request, type ClientRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { entry as entryBody } from './contract/support/bodies.js';
import type { Device } from './support/device.js';
import { until } from './support/killable-server.js';
import { rest, type RestReply } from './support/rest.js';
import { startTestServer, withTestServer, type TestServer } from './support/test-server.js';
import { filesIn, pending, pngOf, sha256Of, stored } from './support/uploads.js';

const PUBLIC_URL = 'https://diary.example';
const MEDIA_BYTES = 100_000;

let server: TestServer;
let device: Device;
beforeAll(async () => {
  server = await startTestServer({ publicUrl: PUBLIC_URL, mediaBytes: MEDIA_BYTES, userBytes: 150_000 });
});
afterAll(() => server.close());
beforeEach(async () => {
  device = await server.signUp();
});

const fieldsOf = (bytes: Uint8Array, fields: object = {}) => ({
  contentId: randomUUID() as string,
  fileName: 'beans.jpg',
  mimeType: 'image/png',
  sizeBytes: bytes.length,
  deviceId: 'camera',
  ...fields,
});

function formOf(bytes: Uint8Array, fields: object, order: 'fields first' | 'file first' = 'fields first'): FormData {
  const form = new FormData();
  if (order === 'file first') form.append('data', new Blob([new Uint8Array(bytes)]), 'beans.jpg');
  for (const [name, value] of Object.entries(fields)) form.append(name, String(value));
  if (order === 'fields first') form.append('data', new Blob([new Uint8Array(bytes)]), 'beans.jpg');
  return form;
}

const ask = (method: string, path: string, body?: object, headers?: Record<string, string>): Promise<RestReply> =>
  rest(device, method, path, body, headers);

const bytesAt = async (path: string, headers: Record<string, string> = {}): Promise<Buffer> => {
  const authorization = `Bearer ${device.tokens.accessToken}`;
  const response = await fetch(`${server.url}${path}`, { headers: { authorization, ...headers } });
  return Buffer.from(await response.arrayBuffer());
};

describe('an upload', () => {
  const png = pngOf(1_000);
  it.each<[string, (fields: object) => object]>([
    ['a form', (fields) => formOf(png, fields)],
    ['a form whose file stands first', (fields) => formOf(png, fields, 'file first')],
    ['JSON with base64', (fields) => ({ ...fields, data: png.toString('base64') })],
    ['JSON with signed bytes', (fields) => ({ ...fields, data: [...new Int8Array(png)] })],
    ['JSON with unsigned bytes', (fields) => ({ ...fields, data: [...png] })],
  ])('as %s is stored byte by byte', async (_, bodyOf) => {
    const fields = fieldsOf(png);
    const { status, body } = await ask('POST', '/sync/media', bodyOf(fields));
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        contentId: fields.contentId,
        mediaId: expect.any(String),
        downloadUrl: `${PUBLIC_URL}/sync/media/${body.mediaId}`,
        uploadedAt: expect.any(Number),
      },
    });
    const { rows } = await device.pull('mediaChanges');
    expect(rows).toMatchObject([
      { id: body.mediaId, sha256: sha256Of(png), mimeType: 'image/png', deviceId: 'camera' },
    ]);
    expect(await bytesAt(`/sync/media/${body.mediaId}`)).toEqual(png);
    expect(await bytesAt(`/api/v1/media/${body.mediaId}/binary`)).toEqual(png);
  });

  it('as a resource is 201 with its address', async () => {
    const { status, headers, body } = await ask('POST', '/api/v1/media', formOf(png, fieldsOf(png)));
    expect([status, headers.get('location')]).toEqual([201, `/api/v1/media/${body.mediaId}`]);
  });

  it('sent twice makes one row, also when there is no room for a second one', async () => {
    const bytes = pngOf(90_000);
    const fields = fieldsOf(bytes);
    const first = await ask('POST', '/sync/media', formOf(bytes, fields));
    const second = await ask('POST', '/sync/media', formOf(bytes, fields, 'file first'));
    expect(second).toMatchObject({ status: 200, body: first.body });
    expect((await device.pull('mediaChanges')).rows).toHaveLength(1);
  });

  it('under another name, or for another entry, is another row', async () => {
    const fields = fieldsOf(png);
    for (const more of [{}, { fileName: 'peas.jpg' }, { contentId: randomUUID() }]) {
      await ask('POST', '/sync/media', formOf(png, { ...fields, ...more }));
    }
    expect((await device.pull('mediaChanges')).rows).toHaveLength(3);
  });

  it('may choose its id, and does not replace other bytes under it', async () => {
    const [mediaId, other] = [randomUUID(), pngOf(500)];
    expect(await ask('POST', '/media', formOf(png, fieldsOf(png, { mediaId })))).toMatchObject({ body: { mediaId } });
    expect(await ask('POST', '/media', formOf(other, fieldsOf(other, { mediaId })))).toMatchObject({
      status: 409,
      body: { code: 'CONFLICT', current: { mediaId, sha256: sha256Of(png) } },
    });
  });

  it.each<[string, number, string, () => object]>([
    ['without a file', 400, 'BAD_USER_INPUT', () => formWithoutFile()],
    ['without the entry', 400, 'BAD_USER_INPUT', () => formOf(png, { fileName: 'a', mimeType: 'b' })],
    ['with a size that is none', 400, 'BAD_USER_INPUT', () => formOf(png, fieldsOf(png, { sizeBytes: 'many' }))],
    ['of other bytes than it says', 422, 'DIGEST_MISMATCH', () => formOf(png, fieldsOf(png, { sizeBytes: 7 }))],
    ['with text that is no base64', 400, 'BAD_USER_INPUT', () => ({ ...fieldsOf(png), data: 'b@d' })],
    ['with numbers that are no bytes', 400, 'BAD_USER_INPUT', () => ({ ...fieldsOf(png), data: [1, 300] })],
    ['without bytes', 400, 'BAD_USER_INPUT', () => fieldsOf(png)],
    ['as a list', 400, 'BAD_USER_INPUT', () => []],
    ['over the limit of a file', 413, 'TOO_LARGE', () => largeForm()],
    [
      'of which the size alone is over the limit',
      413,
      'TOO_LARGE',
      () => formOf(png, fieldsOf(png, { sizeBytes: 1e9 })),
    ],
  ])('%s is refused with %i %s and leaves nothing', async (_, status, code, bodyOf) => {
    const before = await filesIn(server.dataDir, 'blobs', 'uploads');
    expect(await ask('POST', '/sync/media', bodyOf())).toMatchObject({ status, body: { code, error: { code } } });
    expect((await device.pull('mediaChanges')).rows).toEqual([]);
    expect(await filesIn(server.dataDir, 'blobs', 'uploads')).toEqual(before);
  });

  const formWithoutFile = (): FormData => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fieldsOf(png))) form.append(name, String(value));
    return form;
  };
  const largeForm = (): FormData => {
    const { sizeBytes: _, ...fields } = fieldsOf(png);
    return formOf(pngOf(MEDIA_BYTES + 1), fields);
  };

  it('that finds no room is 402 with what there is', async () => {
    await ask('POST', '/sync/media', formOf(pngOf(90_000), fieldsOf(pngOf(90_000))));
    const bytes = pngOf(80_000);
    const { status, body } = await ask('POST', '/media', formOf(bytes, fieldsOf(bytes)));
    expect({ status, body }).toMatchObject({
      status: 402,
      body: {
        code: 'QUOTA_EXCEEDED',
        details: { reason: expect.any(String), limit: 150_000, current: 90_000 },
        timestamp: expect.any(Number),
      },
    });
    expect((await ask('GET', '/quota')).body).toEqual({ totalBytes: 150_000, usedBytes: 90_000, categories: [] });
  });

  it('that breaks off leaves nothing, and the server goes on', async () => {
    const files = (): Promise<string[]> => filesIn(server.dataDir, 'blobs', 'uploads');
    const before = await files();
    const form = beginForm(`${server.url}/sync/media`, device);
    await until('its first bytes are kept', async () => (await files()).length > before.length);
    form.destroy();
    // The next request of the same user is served, and nothing of the first one is there.
    expect((await ask('GET', '/sync/status')).body.data).toMatchObject({ mediaCount: 0, pendingUploads: 0 });
    await until('nothing is left of it', async () => (await files()).length === before.length);
    expect(await files()).toEqual(before);
  });

  it.each(['', 'multipart/form-data', 'multipart/form-data; boundary=x'])(
    'of the type "%s" that is nothing of the kind is 400',
    async (type) => {
      const answer = await rest(device, 'POST', '/sync/media', 'not a form', { 'content-type': type });
      expect({ status: answer.status, code: answer.body?.code }).toEqual({ status: 400, code: 'BAD_USER_INPUT' });
    },
  );
});

/** Sends the beginning of a form and no more. */
function beginForm(url: string, { tokens }: Device): ClientRequest {
  const sending = request(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens.accessToken}`, 'content-type': 'multipart/form-data; boundary=x' },
  });
  sending.on('error', () => undefined);
  const head = '--x\r\nContent-Disposition: form-data; name="data"; filename="a"\r\nContent-Type: image/png\r\n\r\n';
  sending.write(head + 'x'.repeat(50_000));
  return sending;
}

describe('a photo', () => {
  const png = pngOf(700);
  let mediaId: string;
  let contentId: string;
  beforeEach(async () => {
    const entry = entryBody({ type: 'IMAGE' });
    await ask('POST', '/sync/content', entry);
    contentId = entry.id;
    ({
      body: { mediaId },
    } = await ask('POST', '/sync/media', formOf(png, fieldsOf(png, { contentId }))));
  });

  it('stands at its entry, in the feed and alone', async () => {
    const media = [
      { mediaId, mimeType: 'image/png', sizeBytes: 700, downloadUrl: `${PUBLIC_URL}/sync/media/${mediaId}` },
    ];
    expect((await ask('GET', `/contents/${contentId}`)).body).toMatchObject({ id: contentId, media });
    expect((await ask('GET', '/sync/content/changes')).body.changes).toMatchObject([{ id: contentId, media }]);
  });

  it('whose bytes have not arrived is not shown at its entry, and has no address yet', async () => {
    const { id } = await pending(device, pngOf(300), { contentId });
    const { body } = await ask('GET', `/contents/${contentId}`);
    expect(body.media.map((one: { mediaId: string }) => one.mediaId)).toEqual([mediaId]);
    expect((await ask('GET', `/media/${id}`)).body).toMatchObject({ mediaId: id, downloadUrl: null });
    expect((await ask('GET', `/media/${id}/binary`)).status).toBe(404);
  });

  it.each([
    ['application/json', 'json'],
    ['application/json, */*;q=0.5', 'json'],
    ['application/json;q=0.9, image/*', 'bytes'],
    ['application/json, text/plain, */*', 'bytes'],
    ['*/*', 'bytes'],
    ['image/png', 'bytes'],
  ])('asked for as %s is answered as %s', async (accept, kind) => {
    const answer = await fetch(`${server.url}/sync/media/${mediaId}`, {
      headers: { accept, authorization: `Bearer ${device.tokens.accessToken}` },
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(answer.headers.get('vary')).toMatch(/accept/i);
    if (kind === 'bytes') expect(bytes).toEqual(png);
    else
      expect(JSON.parse(bytes.toString())).toMatchObject({ mediaId, contentId, sizeBytes: 700, fileName: 'beans.jpg' });
  });

  it('is described at its address, and is not there when it is deleted', async () => {
    const address = `/media/${mediaId}`;
    expect((await ask('GET', address)).body).toEqual({
      mediaId,
      contentId,
      fileName: 'beans.jpg',
      mimeType: 'image/png',
      sizeBytes: 700,
      sha256: sha256Of(png),
      downloadUrl: `${PUBLIC_URL}/sync/media/${mediaId}`,
      uploadedAt: expect.any(Number),
    });
    expect([(await ask('DELETE', address)).status, (await ask('DELETE', address)).status]).toEqual([204, 204]);
    for (const path of [address, `${address}/binary`, `/sync/media/${mediaId}`]) {
      expect(await ask('GET', path)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    }
  });

  it('that a GraphQL device stored is read too, in ranges', async () => {
    const { id } = await stored(device, png, { contentId });
    expect(await bytesAt(`/media/${id}/binary`, { range: 'bytes=0-3' })).toEqual(png.subarray(0, 4));
  });

  it('of another user is 403', async () => {
    const other = await server.signUp();
    for (const path of [`/media/${mediaId}`, `/media/${mediaId}/binary`, `/sync/media/${mediaId}`]) {
      expect((await rest(other, 'GET', path)).status).toBe(403);
    }
  });
});

describe('an address', () => {
  it('of the REST face is never the web app’s, and is 401 without a token', async () => {
    const nobody = Object.assign(Object.create(device) as Device, { tokens: { accessToken: 'none' } });
    for (const path of [
      '/journals?since=0',
      '/contents',
      '/associations',
      '/quota',
      '/ops/sync/status',
      '/api/v1/media/1',
    ]) {
      for (const accept of ['application/json', 'text/html']) {
        const answer = await rest(nobody, 'GET', path, undefined, { accept });
        expect(answer).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
      }
    }
    for (const path of ['/api', '/server/x', '/sync/x', '/api/v1/x']) {
      const answer = await rest(device, 'GET', path, undefined, { accept: 'text/html' });
      expect(answer).toMatchObject({ status: 404, body: { code: 'NOT_FOUND', error: { code: 'NOT_FOUND' } } });
    }
  });

  it('that says what the server is needs no token', async () => {
    const { status, body } = await rest(device, 'GET', '/server/info', undefined, { authorization: '' });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { success: true, data: { serverOrigin: PUBLIC_URL, apiBaseUrl: `${PUBLIC_URL}/api/v1`, apiVersion: 'v1' } },
    });
  });

  it('is told as it is known, where none is configured', () =>
    withTestServer({}, async (plain) => {
      const { body } = await rest(await plain.signUp(), 'GET', '/server/info');
      expect(body.data.serverOrigin).toMatch(/^http:\/\/localhost:\d+$/);
    }));
});
