import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import type { Answer, Device } from './support/device.js';
import { codeOf } from './support/error-codes.js';
import { saveContent } from './support/factories.js';
import { HeldTransaction, untilWaiting } from './support/held-transaction.js';
import { startTestServer, type TestServer } from './support/test-server.js';
import { leavesNothing, tracesOf } from './support/traces.js';
import { bytesOf, download, filesIn, mediaInput, pending, pngOf, sha256Of, stored, upload } from './support/uploads.js';

const MEDIA_BYTES = 100_000;

let server: TestServer;
let holder: pg.Client;
let observer: pg.Client;
let device: Device;
beforeAll(async () => {
  server = await startTestServer({ mediaBytes: MEDIA_BYTES });
  [holder, observer] = [await server.connect(), await server.connect()];
});
afterAll(() => server.close());
beforeEach(async () => void (device = await server.signUp()));

/** The blobs of one user. */
const blobs = async () => (await filesIn(server.dataDir, 'blobs')).filter((path) => path.includes(device.user.id));

const refused = (work: () => Promise<Answer>): Promise<Answer> => leavesNothing(server, device, work);

describe('a file that comes with the request', () => {
  it('is kept with its bytes, size, digest and the type that the bytes show', async () => {
    const bytes = pngOf(70_001);
    const row = await stored(device, bytes, { mimeType: 'text/html', fileName: 'beans.html' });
    expect(row).toMatchObject({
      fileName: 'beans.html',
      mimeType: 'image/png',
      sizeBytes: 70_001,
      sha256: sha256Of(bytes),
      status: 'READY',
    });
    expect(new URL(row.downloadUrl!).pathname).toBe(`/sync/media/${row.id}`);
    expect((await bytesOf(await download(device, row.id))).equals(bytes)).toBe(true);
    expect((await device.page('mediaChanges')).changes).toMatchObject([{ id: row.id, sha256: row.sha256 }]);
    expect(await filesIn(server.dataDir, 'uploads/staged')).toEqual([]);
  });

  it('may be empty', async () => {
    const row = await stored(device, Buffer.alloc(0));
    expect(row).toMatchObject({ sizeBytes: 0, mimeType: 'application/octet-stream' });
    expect(await bytesOf(await download(device, row.id))).toHaveLength(0);
  });

  it('twice is two rows and one blob', async () => {
    const bytes = pngOf(1000);
    const [one, two] = [await stored(device, bytes), await stored(device, bytes)];
    expect(await blobs()).toHaveLength(1);
    for (const { id } of [one, two]) expect((await bytesOf(await download(device, id))).equals(bytes)).toBe(true);
  });

  it('twice at the same moment is two rows and one blob', async () => {
    const bytes = pngOf(1000);
    const held = await HeldTransaction.onClock(holder, device.user.id);
    const both = Promise.all([stored(device, bytes), stored(device, bytes)]);
    await untilWaiting(observer, 2, both);
    // Each has put its own by now: what one of them takes back must not be what the other one's row refers to.
    expect(await blobs()).toHaveLength(2);
    await held.release();
    const rows = await both;
    expect(await blobs()).toHaveLength(1);
    for (const { id } of rows) expect((await bytesOf(await download(device, id))).equals(bytes)).toBe(true);
  });

  it('of two users is two blobs, so that none learns what another has', async () => {
    const bytes = pngOf(1000);
    const other = await server.signUp();
    const before = await filesIn(server.dataDir, 'blobs');
    await stored(device, bytes);
    await stored(other, bytes);
    expect(await filesIn(server.dataDir, 'blobs')).toHaveLength(before.length + 2);
  });

  it.each([
    { declared: { sha256: 'a'.repeat(64) }, field: 'sha256' },
    { declared: { sizeBytes: 999 }, field: 'sizeBytes' },
    { declared: { sizeBytes: 1001 }, field: 'sizeBytes' },
    { declared: { sizeBytes: 0 }, field: 'sizeBytes' },
  ])('that is not as declared, $declared, is refused and leaves nothing', async ({ declared, field }) => {
    const answer = await refused(() => upload(device, pngOf(1000), mediaInput(declared)));
    expect(answer).toMatchObject({
      status: 422,
      errors: [{ extensions: { code: 'DIGEST_MISMATCH', fields: [field] } }],
    });
  });

  it('is taken with a digest in capital letters, which is kept in small ones', async () => {
    const bytes = pngOf(1000);
    const row = await stored(device, bytes, { sha256: sha256Of(bytes).toUpperCase(), sizeBytes: 1000 });
    expect(row.sha256).toBe(sha256Of(bytes));
  });

  it('needs a token before a byte of it is kept', async () => {
    const answer = await refused(() => upload(device, pngOf(MEDIA_BYTES), mediaInput(), {}));
    expect(codeOf(answer)).toEqual([401, 'UNAUTHENTICATED']);
    const ended = await device.another('device-b');
    await ended.data('mutation { signOut }');
    expect(codeOf(await refused(() => upload(ended, pngOf(MEDIA_BYTES))))).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('is not taken from a foreign page, which cannot send the header', async () => {
    const headers = { authorization: `Bearer ${device.tokens.accessToken}`, 'apollo-require-preflight': '' };
    const form = new FormData();
    form.append('operations', '{"query":"mutation { signOut }"}');
    const answer = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { authorization: headers.authorization },
      body: form,
    });
    expect(answer.status).toBe(400);
    expect((await device.send('{ me { id } }')).status).toBe(200);
  });

  it('sent again with the same mutationId is the same row, and other bytes with it are refused', async () => {
    const [bytes, mutationId] = [pngOf(1000), randomUUID()];
    const input = mediaInput({ mutationId });
    const first = await upload(device, bytes, input);
    const before = await tracesOf(server, device);
    const again = await upload(device, bytes, input);
    expect(again.data.uploadMedia).toEqual(first.data.uploadMedia);
    expect(await upload(device, pngOf(1000), input)).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: 'BAD_USER_INPUT', fields: ['mutationId'] } }],
    });
    expect(await tracesOf(server, device)).toEqual(before);
  });

  it('under an id of another user is 403', async () => {
    const other = await server.signUp();
    const theirs = await stored(other, pngOf(1000));
    const theirContent = saveContent();
    await other.push([theirContent]);
    for (const fields of [{ id: theirs.id }, { contentId: theirContent.saveContent.id }]) {
      expect(codeOf(await refused(() => upload(device, pngOf(1000), mediaInput(fields))))).toEqual([403, 'FORBIDDEN']);
    }
    expect((await download(other, theirs.id)).status).toBe(200);
  });

  it('never changes bytes that are there: the same id with others is a conflict with the row as it is', async () => {
    const bytes = pngOf(1000);
    const { deviceId: _, ...row } = (await stored(device, bytes)) as unknown as Record<string, unknown>;
    const { id, contentId } = row as { id: string; contentId: string };
    const answer = await refused(() => upload(device, pngOf(1000), mediaInput({ id, contentId })));
    expect(codeOf(answer)).toEqual([409, 'CONFLICT']);
    const { downloadUrl: __, ...current } = row;
    expect(answer.errors![0]!.extensions.current).toMatchObject(current);
    expect((await bytesOf(await download(device, id))).equals(bytes)).toBe(true);
    // The very same again is no other.
    expect((await upload(device, bytes, mediaInput({ id, contentId }))).data.uploadMedia).toMatchObject(row);
  });

  it('makes the row that waits for these bytes ready, and conflicts with one that waits for others', async () => {
    const bytes = pngOf(1000);
    const row = await pending(device, bytes);
    const input = mediaInput({ id: row.id, contentId: row.contentId });
    expect(codeOf(await refused(() => upload(device, pngOf(1000), input)))).toEqual([409, 'CONFLICT']);
    expect((await upload(device, bytes, input)).data.uploadMedia).toMatchObject({ id: row.id, status: 'READY' });
    expect((await bytesOf(await download(device, row.id))).equals(bytes)).toBe(true);
  });
});
