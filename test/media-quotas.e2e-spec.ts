import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import type { Answer, Device } from './support/device.js';
import { codeOf } from './support/error-codes.js';
import { saveContent } from './support/factories.js';
import { HeldTransaction, untilWaiting } from './support/held-transaction.js';
import { startTestServer, type TestServer } from './support/test-server.js';
import { leavesNothing } from './support/traces.js';
import {
  createUpload,
  filesIn,
  mediaInput,
  multipart,
  openUpload,
  pending,
  pngOf,
  sha256Of,
  stored,
  upload,
} from './support/uploads.js';

const MEDIA_BYTES = 100_000;
const USER_BYTES = 150_000;

let server: TestServer;
let holder: pg.Client;
let observer: pg.Client;
let device: Device;
beforeAll(async () => {
  server = await startTestServer({ mediaBytes: MEDIA_BYTES, userBytes: USER_BYTES });
  [holder, observer] = [await server.connect(), await server.connect()];
});
afterAll(() => server.close());
beforeEach(async () => void (device = await server.signUp()));

/** The blobs of one user. */
const blobs = async () => (await filesIn(server.dataDir, 'blobs')).filter((path) => path.includes(device.user.id));

const refused = (work: () => Promise<Answer>): Promise<Answer> => leavesNothing(server, device, work);

describe('the largest file', () => {
  /** One request whose length nobody says beforehand, or somebody says wrongly. */
  async function sendRaw(bytes: Buffer, headers: Record<string, string> = {}, fields = {}): Promise<Answer> {
    const { type, before, behind } = multipart(mediaInput(fields));
    const { sending, answer } = openUpload(device, type, { headers });
    sending.write(before);
    for (let at = 0; at < bytes.length; at += 16_384) sending.write(bytes.subarray(at, at + 16_384));
    sending.end(behind);
    return answer;
  }

  it('is taken with exactly as many bytes as the limit says', async () => {
    const bytes = pngOf(MEDIA_BYTES);
    expect(await stored(device, bytes)).toMatchObject({ sizeBytes: MEDIA_BYTES });
    const other = pngOf(MEDIA_BYTES);
    device = await server.signUp();
    expect((await sendRaw(other)).data).toMatchObject({ uploadMedia: { sha256: sha256Of(other) } });
  });

  const tooLarge = { status: 413, errors: [{ extensions: { code: 'TOO_LARGE', limit: MEDIA_BYTES } }] };

  it('is refused with one byte more, and leaves nothing', async () => {
    expect(await refused(() => upload(device, pngOf(MEDIA_BYTES + 1)))).toMatchObject(tooLarge);
  });

  it('is refused with one byte more in chunks, where no header tells the length', async () => {
    expect(await refused(() => sendRaw(pngOf(MEDIA_BYTES + 1)))).toMatchObject(tooLarge);
  });

  it('is refused with one byte more, whatever size was declared', async () => {
    for (const sizeBytes of [1, MEDIA_BYTES, MEDIA_BYTES + 1]) {
      const answer = await refused(() => upload(device, pngOf(MEDIA_BYTES + 1), mediaInput({ sizeBytes })));
      expect(answer).toMatchObject(tooLarge);
    }
    expect(
      await refused(() => createUpload(device, mediaInput({ sizeBytes: MEDIA_BYTES + 1, sha256: 'a'.repeat(64) }))),
    ).toMatchObject(tooLarge);
  });

  it('is refused with a hundred times as many bytes, and its sender sees the answer', async () => {
    expect(await refused(() => upload(device, Buffer.alloc(100 * MEDIA_BYTES)))).toMatchObject(tooLarge);
  });

  it('whose header says less than is sent is refused, and leaves nothing', async () => {
    const bytes = pngOf(1000);
    const { type, before, behind } = multipart(mediaInput());
    const body = Buffer.concat([Buffer.from(before), bytes, Buffer.from(behind)]);
    await refused(async () => {
      const { sending, answer } = openUpload(device, type, {
        headers: { 'content-length': String(body.length - 500) },
      });
      sending.end(body.subarray(0, body.length - 500));
      const refusal = await answer;
      expect(codeOf(refusal)).toEqual([400, 'BAD_USER_INPUT']);
      return refusal;
    });
  });
});

describe('the storage of a user', () => {
  it('refuses what does not fit any more, keeps what is there, and text still saves', async () => {
    await stored(device, pngOf(90_000));
    const answer = await refused(() => upload(device, pngOf(90_000)));
    expect(answer).toMatchObject({
      status: 402,
      errors: [{ extensions: { code: 'QUOTA_EXCEEDED', limit: USER_BYTES } }],
    });
    const declared = { sizeBytes: 90_000, sha256: 'a'.repeat(64) };
    expect(codeOf(await refused(() => createUpload(device, mediaInput(declared))))).toEqual([402, 'QUOTA_EXCEEDED']);
    expect((await device.push([saveContent()]))[0]!.status).toBe('APPLIED');
    expect(await stored(device, pngOf(60_000))).toMatchObject({ sizeBytes: 60_000 });
  });

  it('is not passed by two uploads at the same moment that each would fit', async () => {
    const held = await HeldTransaction.onClock(holder, device.user.id);
    const both = Promise.all([upload(device, pngOf(90_000)), upload(device, pngOf(90_000))]);
    await untilWaiting(observer, 2, both);
    await held.release();
    expect((await both).map(codeOf).toSorted(([a], [b]) => Number(a) - Number(b))).toEqual([
      [200, undefined],
      [402, 'QUOTA_EXCEEDED'],
    ]);
    expect(await blobs()).toHaveLength(1);
    expect(await filesIn(server.dataDir, 'uploads/staged')).toEqual([]);
  });

  it('counts uploads that are not completed', async () => {
    await pending(device, pngOf(90_000));
    expect(codeOf(await refused(() => upload(device, pngOf(90_000))))).toEqual([402, 'QUOTA_EXCEEDED']);
  });

  it('counts the same bytes once', async () => {
    const bytes = pngOf(90_000);
    await stored(device, bytes);
    expect(await stored(device, bytes, { sha256: sha256Of(bytes) })).toMatchObject({ status: 'READY' });
  });

  it('has room again after a delete', async () => {
    const row = await stored(device, pngOf(90_000));
    await device.push([{ deleteMedia: { id: row.id, mutationId: randomUUID() } }]);
    expect(await stored(device, pngOf(90_000))).toMatchObject({ status: 'READY' });
  });
});
