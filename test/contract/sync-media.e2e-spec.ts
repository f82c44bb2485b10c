/** `POST /sync/media` and `GET /sync/media/{mediaId}`: photos as the plan's apps send and read them. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { pngOf } from '../support/uploads.js';
import type { App, Reply } from './support/app.js';
import { entry, photo, photoForm } from './support/bodies.js';
import { describeContract } from './support/contract-server.js';
import { bodyOf, changeOf, expectError, expectRefusal } from './support/expected.js';

/** Every value that a byte can have, behind the head of a PNG. */
const everyByte = (): Buffer => Buffer.concat([pngOf(64), Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))]);

/** Each encoding of the bytes that the path takes. */
const ENCODINGS: [name: string, send: (app: App, bytes: Buffer, fields?: Record<string, unknown>) => Promise<Reply>][] =
  [
    ['a multipart form', (app, bytes, fields) => app.post('/sync/media', photoForm(bytes, fields))],
    ['JSON with base64', (app, bytes, fields) => app.post('/sync/media', photo(bytes, fields))],
    [
      'JSON with signed bytes',
      (app, bytes, fields) => app.post('/sync/media', photo(bytes, { data: [...new Int8Array(bytes)], ...fields })),
    ],
  ];

const mediaCountOf = async (app: App): Promise<number> => bodyOf(await app.get('/sync/status')).data.mediaCount;

describeContract('a photo', (contract) => {
  describe.each(ENCODINGS)('sent as %s', (_, send) => {
    test('is read back byte for byte', async () => {
      const app = await contract.shared();
      const bytes = everyByte();
      const reply = await send(app, bytes);
      expect(reply.status).toBe(200);
      const read = await app.get(`/sync/media/${reply.body.mediaId}`);
      expect(read.status).toBe(200);
      expect(read.bytes.equals(bytes)).toBe(true);
    });

    test('is answered with contentId, mediaId, downloadUrl and uploadedAt', async () => {
      const app = await contract.shared();
      const contentId = randomUUID();
      const { body } = await send(app, everyByte(), { contentId });
      expect(body).toEqual({
        contentId,
        mediaId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        downloadUrl: expect.any(String),
        uploadedAt: expect.any(Number),
      });
    });

    test('twice makes one row', async () => {
      const app = await contract.signUp();
      const [bytes, contentId] = [everyByte(), randomUUID()];
      const first = bodyOf(await send(app, bytes, { contentId }));
      const second = bodyOf(await send(app, bytes, { contentId }));
      expect(second.mediaId).toBe(first.mediaId);
      expect(await mediaCountOf(app)).toBe(1);
    });

    test('with a size that is not that of its bytes is 422 and stores nothing', async () => {
      const app = await contract.shared();
      await expectRefusal(app, () => send(app, everyByte(), { sizeBytes: 7 }), 422, 'DIGEST_MISMATCH');
    });

    test.each([
      ['a contentId that is no uuid', { contentId: 'one' }],
      ['no contentId', { contentId: undefined }],
      ['a size that is text', { sizeBytes: 'large' }],
      ['a name of 256 characters', { fileName: 'x'.repeat(256) }],
    ])('with %s is 400', async (_fault, fields) => {
      const app = await contract.shared();
      await expectRefusal(app, () => send(app, everyByte(), fields), 400);
    });

    test('of another account’s entry is 403', async () => {
      const [mine, theirs] = [await contract.signUp(), await contract.signUp()];
      const { id } = bodyOf(await theirs.post('/sync/content', entry()));
      expectError(await send(mine, everyByte(), { contentId: id }), 403, 'FORBIDDEN');
    });

    test('may leave out its device', async () => {
      const app = await contract.shared();
      expect((await send(app, everyByte(), { deviceId: undefined })).status).toBe(200);
    });
  });

  test('has one id in every encoding, and others for other entries, bytes and names', async () => {
    const app = await contract.shared();
    const [bytes, contentId] = [everyByte(), randomUUID()];
    const idOf = async (send: (typeof ENCODINGS)[number][1], of: Buffer, fields: object): Promise<string> =>
      bodyOf(await send(app, of, { contentId, ...fields })).mediaId;
    const same = await Promise.all(ENCODINGS.map(([, send]) => idOf(send, bytes, {})));
    expect(new Set(same).size).toBe(1);
    const [, send] = ENCODINGS[1]!;
    const others = [await idOf(send, pngOf(99), {}), await idOf(send, bytes, { fileName: 'b.jpg' })];
    others.push(await idOf(send, bytes, { contentId: randomUUID() }));
    expect(new Set([...same, ...others]).size).toBe(4);
  });

  test('of two accounts with the same bytes, entry id and name has two ids', async () => {
    const [one, other] = [await contract.signUp(), await contract.signUp()];
    const sent = photo(everyByte());
    const first = bodyOf(await one.post('/sync/media', sent));
    const second = bodyOf(await other.post('/sync/media', sent));
    expect(second.mediaId).not.toBe(first.mediaId);
  });

  test.each([
    ['a byte beyond 8 bits', [1, 2, 256]],
    ['a byte below -128', [-129]],
    ['a byte with a fraction', [1.5]],
    ['a byte that is text', ['1']],
    ['text that is no base64', '*** not base64 ***'],
    ['an object', { 0: 1 }],
    ['nothing', undefined],
    ['null', null],
  ])('whose data is %s is 400', async (_, data) => {
    const app = await contract.shared();
    const sent = photo(Buffer.alloc(1), { data, sizeBytes: undefined });
    await expectRefusal(app, () => app.post('/sync/media', sent), 400);
  });

  test('in a form without its file part is 400', async () => {
    const app = await contract.shared();
    const form = photoForm(everyByte());
    form.delete('data');
    await expectRefusal(app, () => app.post('/sync/media', form), 400);
  });

  test('has a downloadUrl from which its bytes are read with the token', async () => {
    const app = await contract.shared();
    const bytes = everyByte();
    const { downloadUrl } = bodyOf(await app.post('/sync/media', photo(bytes)));
    const read = await fetch(downloadUrl, { headers: { authorization: `Bearer ${app.token}` } });
    expect(Buffer.from(await read.arrayBuffer()).equals(bytes)).toBe(true);
  });

  test('is told of without its bytes to whoever accepts JSON', async () => {
    const app = await contract.shared();
    const sent = photo(everyByte());
    const { mediaId } = bodyOf(await app.post('/sync/media', sent));
    const reply = await app.get(`/sync/media/${mediaId}`, { accept: 'application/json' });
    expect(reply.status).toBe(200);
    const { contentId, fileName, sizeBytes } = sent;
    expect(reply.body).toMatchObject({ mediaId, contentId, fileName, mimeType: 'image/png', sizeBytes });
  });

  test('is named in the change of its entry', async () => {
    const app = await contract.shared();
    const sent = entry({ type: 'IMAGE' });
    bodyOf(await app.post('/sync/content', sent));
    const bytes = everyByte();
    const { mediaId, downloadUrl } = bodyOf(await app.post('/sync/media', photo(bytes, { contentId: sent.id })));
    const media = [{ mediaId, mimeType: 'image/png', sizeBytes: bytes.length, downloadUrl }];
    expect((await changeOf(app, '/sync/content', sent.id)).media).toEqual(media);
    expect(bodyOf(await app.get(`/contents/${sent.id}`)).media).toEqual(media);
  });

  test('that comes after its entry was read brings the entry into the feed again', async () => {
    const app = await contract.shared();
    const sent = entry({ type: 'IMAGE' });
    const { serverVersion } = bodyOf(await app.post('/sync/content', sent));
    const { lastTimestamp } = bodyOf(await app.get('/sync/content/changes'));
    bodyOf(await app.post('/sync/media', photo(everyByte(), { contentId: sent.id })));
    const { changes } = bodyOf(await app.get(`/sync/content/changes?since=${lastTimestamp}`));
    // The version stays, so that the photo is no conflict for who edits the words.
    expect(changes).toMatchObject([{ id: sent.id, serverVersion }]);
  });

  test('that nobody has is 404, one with an id that is no uuid 400', async () => {
    const app = await contract.shared();
    expectError(await app.get(`/sync/media/${randomUUID()}`), 404, 'NOT_FOUND');
    expectError(await app.get('/sync/media/one'), 400);
  });
});
