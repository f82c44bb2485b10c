import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { describeCutUpload } from './support/cut-upload.js';
import type { Device } from './support/device.js';
import { codeOf } from './support/error-codes.js';
import { HeldTransaction, untilWaiting } from './support/held-transaction.js';
import { digestOf } from './support/stored.js';
import { startTestServer, type TestServer } from './support/test-server.js';
import { sendByTus } from './support/tus-client.js';
import {
  bytesOf,
  completeUpload,
  createUpload,
  download,
  filesIn,
  patch,
  pending,
  pngOf,
  sha256Of,
  stored,
  tus,
  uploadInput,
} from './support/uploads.js';

let server: TestServer;
let holder: pg.Client;
let observer: pg.Client;
let device: Device;
beforeAll(async () => {
  server = await startTestServer();
  [holder, observer] = [await server.connect(), await server.connect()];
});
afterAll(() => server.close());
beforeEach(async () => void (device = await server.signUp()));

const BYTES = 3_000;
const deletion = (id: string) => ({ deleteMedia: { id, mutationId: randomUUID() } });
const offsetOf = async (id: string) => {
  const answer = await tus(device, 'HEAD', id);
  return answer.status === 200 ? Number(answer.headers.get('upload-offset')) : answer.status;
};
const blobs = async () => (await filesIn(server.dataDir, 'blobs')).filter((path) => path.includes(device.user.id));
/** What lies of unfinished uploads of this user. */
const unfinished = async () =>
  (await filesIn(server.dataDir, 'uploads')).filter((path) => path.includes(device.user.id));

describe('an upload by tus', () => {
  it('is begun, sent, completed, and nothing but the blob is left of it', async () => {
    const bytes = pngOf(BYTES);
    const { data } = await createUpload(device, uploadInput(bytes, { mimeType: 'text/html' }));
    const { method, url, media } = data.createMediaUpload;
    expect(method).toBe('TUS');
    expect(new URL(url!).pathname).toBe(`/media/uploads/${media.id}`);
    // What the device takes the bytes for is not believed before they are there.
    expect(media).toMatchObject({ status: 'PENDING', mimeType: 'application/octet-stream', downloadUrl: null });
    expect((await download(device, media.id)).status).toBe(404);

    await sendByTus(device, bytes, { uploadUrl: `${server.url}/media/uploads/${media.id}` });
    const { data: completed } = await completeUpload(device, media.id);
    expect(completed.completeMediaUpload).toMatchObject({
      status: 'READY',
      mimeType: 'image/png',
      contentId: media.contentId,
    });
    expect(completed.completeMediaUpload.serverVersion).toBeGreaterThan(media.serverVersion);
    expect(completed.completeMediaUpload.updatedAt).toBeGreaterThan(media.updatedAt);
    expect((await bytesOf(await download(device, media.id))).equals(bytes)).toBe(true);
    expect([await blobs(), await unfinished()]).toEqual([[expect.any(String)], []]);
  });

  it('arrives byte for byte when it comes in many pieces', async () => {
    const bytes = pngOf(BYTES);
    const { id } = await pending(device, bytes);
    await sendByTus(device, bytes, { uploadUrl: `${server.url}/media/uploads/${id}`, chunkSize: 700 });
    expect((await completeUpload(device, id)).data.completeMediaUpload.sha256).toBe(sha256Of(bytes));
    expect((await bytesOf(await download(device, id))).equals(bytes)).toBe(true);
  });

  it('can be made by POST with the id in the metadata', async () => {
    const bytes = pngOf(BYTES);
    const { id } = await pending(device, bytes);
    await tus(device, 'DELETE', id);
    const url = await sendByTus(device, bytes, {
      endpoint: `${server.url}/media/uploads`,
      metadata: { filename: 'beans.jpg', mediaId: id },
    });
    expect(new URL(url).pathname).toBe(`/media/uploads/${id}`);
    expect((await completeUpload(device, id)).data.completeMediaUpload.status).toBe('READY');
  });

  it('needs neither bytes nor a wait when the same bytes of the user are stored', async () => {
    const bytes = pngOf(BYTES);
    await stored(device, bytes);
    const { data } = await createUpload(device, uploadInput(bytes));
    expect(data.createMediaUpload).toMatchObject({
      method: 'ALREADY_STORED',
      url: null,
      media: { status: 'READY', mimeType: 'image/png' },
    });
    expect((await bytesOf(await download(device, data.createMediaUpload.media.id))).equals(bytes)).toBe(true);
    expect(await blobs()).toHaveLength(1);
    // Another user is not told so.
    const other = await server.signUp();
    expect((await createUpload(other, uploadInput(bytes))).data.createMediaUpload.method).toBe('TUS');
    // Nor one who declares another size.
    const lying = uploadInput(bytes, { sizeBytes: BYTES - 1 });
    expect((await createUpload(device, lying)).data.createMediaUpload.method).toBe('TUS');
  });

  it('goes on when it is created again with the same mutationId', async () => {
    const bytes = pngOf(BYTES);
    const input = uploadInput(bytes, { mutationId: randomUUID() });
    const first = (await createUpload(device, input)).data.createMediaUpload;
    await patch(device, first.media.id, bytes.subarray(0, 1000));
    const again = (await createUpload(device, input)).data.createMediaUpload;
    expect([again.method, again.media]).toEqual(['TUS', first.media]);
    expect(await offsetOf(first.media.id)).toBe(1000);
    await patch(device, first.media.id, bytes.subarray(1000), 1000);
    await completeUpload(device, first.media.id);
    // And after its end it is known to be there.
    expect((await createUpload(device, input)).data.createMediaUpload).toMatchObject({
      method: 'ALREADY_STORED',
      media: { id: first.media.id, status: 'READY' },
    });
  });

  it('of two rows with the same bytes is stored once, whichever is completed first', async () => {
    const bytes = pngOf(BYTES);
    const [one, two] = [await pending(device, bytes), await pending(device, bytes)];
    for (const { id } of [one, two]) await patch(device, id, bytes);
    const held = await HeldTransaction.onClock(holder, device.user.id);
    const both = Promise.all([one, two].map(({ id }) => completeUpload(device, id)));
    await untilWaiting(observer, 2, both);
    await held.release();
    expect((await both).map(({ status }) => status)).toEqual([200, 200]);
    expect(await blobs()).toHaveLength(1);
    expect(await unfinished()).toEqual([]);
    for (const { id } of [one, two]) expect((await bytesOf(await download(device, id))).equals(bytes)).toBe(true);
  });
});

describe('completing an upload', () => {
  it('too early is 422, and what has arrived stays', async () => {
    const bytes = pngOf(BYTES);
    const { id } = await pending(device, bytes);
    const before = await digestOf(server, device.user.id);
    for (const arrived of [0, 1000]) {
      if (arrived > 0) await patch(device, id, bytes.subarray(0, arrived));
      const answer = await completeUpload(device, id);
      expect([...codeOf(answer), answer.errors![0]!.extensions.fields]).toEqual([
        422,
        'DIGEST_MISMATCH',
        ['sizeBytes'],
      ]);
      expect(await offsetOf(id)).toBe(arrived);
    }
    expect(await digestOf(server, device.user.id)).toBe(before);
    await patch(device, id, bytes.subarray(1000), 1000);
    expect((await completeUpload(device, id)).status).toBe(200);
  });

  it('with another digest than declared is 422, stores nothing, and the upload starts from 0', async () => {
    const [bytes, others] = [pngOf(BYTES), pngOf(BYTES)];
    const input = uploadInput(bytes);
    const { media } = (await createUpload(device, input)).data.createMediaUpload;
    await patch(device, media.id, others);
    const before = await digestOf(server, device.user.id);
    const answer = await completeUpload(device, media.id);
    expect([...codeOf(answer), answer.errors![0]!.extensions.fields]).toEqual([422, 'DIGEST_MISMATCH', ['sha256']]);
    expect([await digestOf(server, device.user.id), await blobs(), await unfinished()]).toEqual([before, [], []]);

    expect((await createUpload(device, input)).data.createMediaUpload).toMatchObject({ method: 'TUS', media });
    expect(await offsetOf(media.id)).toBe(0);
    await patch(device, media.id, bytes);
    expect((await completeUpload(device, media.id)).data.completeMediaUpload.status).toBe('READY');
  });

  it('twice is a conflict with the row as it is', async () => {
    const bytes = pngOf(BYTES);
    const { id } = await pending(device, bytes);
    await patch(device, id, bytes);
    expect((await completeUpload(device, id)).status).toBe(200);
    const before = [await digestOf(server, device.user.id), await blobs()];
    const again = await completeUpload(device, id);
    expect(codeOf(again)).toEqual([409, 'CONFLICT']);
    expect(again.errors![0]!.extensions.current).toMatchObject({ id, status: 'READY' });
    expect((await patch(device, id, bytes)).status).toBe(409);
    expect((await tus(device, 'DELETE', id)).status).toBe(409);
    expect([await digestOf(server, device.user.id), await blobs()]).toEqual(before);
    expect((await bytesOf(await download(device, id))).equals(bytes)).toBe(true);
  });

  it('twice at the same moment leaves the row with its bytes', async () => {
    const bytes = pngOf(BYTES);
    const { id } = await pending(device, bytes);
    await patch(device, id, bytes);
    const held = await HeldTransaction.onClock(holder, device.user.id);
    const first = completeUpload(device, id);
    await untilWaiting(observer, 1, first);
    const second = completeUpload(device, id);
    await held.release();
    expect((await first).data.completeMediaUpload.status).toBe('READY');
    expect((await second).status).toBe(409);
    expect((await bytesOf(await download(device, id))).equals(bytes)).toBe(true);
    expect(await blobs()).toHaveLength(1);
  });

  it('of a row that was deleted is 404, and of one that is deleted meanwhile 409, and leaves no blob', async () => {
    const bytes = pngOf(BYTES);
    const { id } = await pending(device, bytes);
    await patch(device, id, bytes);
    const held = await HeldTransaction.onClock(holder, device.user.id);
    const deleting = device.push([deletion(id)]);
    await untilWaiting(observer, 1, deleting);
    const completing = completeUpload(device, id);
    await untilWaiting(observer, 2, completing);
    await held.release();
    expect((await deleting)[0]!.status).toBe('APPLIED');
    expect(codeOf(await completing)).toEqual([409, 'CONFLICT']);
    expect(await blobs()).toEqual([]);
    expect(codeOf(await completeUpload(device, id))).toEqual([404, 'NOT_FOUND']);
    expect((await device.page('mediaChanges')).changes).toEqual([]);
  });
});

describe('what tus refuses', () => {
  let bytes: Buffer;
  let id: string;
  beforeEach(async () => {
    bytes = pngOf(BYTES);
    ({ id } = await pending(device, bytes));
    await patch(device, id, bytes.subarray(0, 1000));
  });

  const metadata = (mediaId: string) => `mediaId ${Buffer.from(mediaId).toString('base64')}`;
  const post = (headers: Record<string, string>, at = '') => tus(device, 'POST', at, { headers });

  it.each(['2999', '3001', '0', '-1', '1e9', 'many', ''])('a length of %j where 3000 was declared', async (length) => {
    const answer = await post({ 'upload-length': length, 'upload-metadata': metadata(id) });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    expect(await offsetOf(id)).toBe(1000);
  });

  it('a length that is to come later, metadata without an id or with one that is none', async () => {
    const answers = [
      await post({ 'upload-defer-length': '1', 'upload-metadata': metadata(id) }),
      await post({ 'upload-length': '3000' }),
      await post({ 'upload-length': '3000', 'upload-metadata': 'mediaId' }),
      await post({ 'upload-length': '3000', 'upload-metadata': metadata('../../x') }),
      await post({ 'upload-length': '3000', 'upload-metadata': metadata('') }),
      await tus(device, 'HEAD', '..%2f..%2fx'),
      await tus(device, 'HEAD', '%00'),
      await tus(device, 'HEAD', '%E0%A4%A'),
      await tus(device, 'HEAD', `${id}/more`),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 400));
    expect(await offsetOf(id)).toBe(1000);
  });

  it('bytes at another offset, beyond the end, without the version of tus or under another type', async () => {
    const type = { 'content-type': 'application/offset+octet-stream' };
    const at = { 'upload-offset': '1000' };
    const send = (headers: Record<string, string>, body: Uint8Array = bytes.subarray(0, 500)) =>
      tus(device, 'PATCH', id, { headers, body });
    const answers = [
      await send({ ...type, 'upload-offset': '999' }),
      await send({ ...type, 'upload-offset': '1001' }),
      await send({ ...type, ...at }, pngOf(5000)),
      await send({ ...type, ...at, 'tus-resumable': '0.2.2' }),
      await send({ 'content-type': 'application/octet-stream', ...at }),
      await send({ 'content-type': 'application/json', ...at }, Buffer.from('{}')),
      await send({ 'content-type': 'text/plain', ...at }),
      await send(type),
    ];
    for (const { status } of answers) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    }
    // None of them is in the file: the rest makes it whole.
    const arrived = await offsetOf(id);
    expect(arrived).toBeGreaterThanOrEqual(1000);
    expect((await patch(device, id, bytes.subarray(arrived), arrived)).status).toBe(204);
    const completed = await completeUpload(device, id);
    expect(completed.status).toBe(arrived === 1000 ? 200 : 422);
  });

  it('a header that names the upload of another user', async () => {
    const other = await server.signUp();
    const theirs = await pending(other, bytes);
    await patch(device, id, bytes.subarray(1000), 1000);
    for (const name of ['x-logdate-upload', 'X-LogDate-Upload']) {
      const headers = { [name]: `${other.user.id}.${theirs.id}`, 'content-type': 'application/offset+octet-stream' };
      const sent = await tus(device, 'PATCH', id, { headers: { ...headers, 'upload-offset': '0' }, body: bytes });
      expect(sent.status).toBe(409);
      expect((await tus(device, 'DELETE', randomUUID(), { headers })).status).toBe(404);
    }
    expect((await tus(other, 'HEAD', theirs.id)).headers.get('upload-offset')).toBe('0');
  });

  it('nothing of a termination: it forgets what has arrived, and the row waits on', async () => {
    expect((await tus(device, 'DELETE', id)).status).toBe(204);
    expect([await offsetOf(id), await unfinished()]).toEqual([404, []]);
    expect((await device.page('mediaChanges')).changes).toMatchObject([{ id, status: 'PENDING' }]);
    expect(codeOf(await completeUpload(device, id))).toEqual([422, 'DIGEST_MISMATCH']);
  });

  it('the methods that it does not have', async () => {
    for (const method of ['GET', 'PUT']) {
      const { status } = await tus(device, method, id);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    }
  });
});

describeCutUpload({ bytes: 20 * 2 ** 20, cutAfter: 2_000_000 });
