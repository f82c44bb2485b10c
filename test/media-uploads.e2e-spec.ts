import { randomBytes, randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import type { Answer, Device } from './support/device.js';
import { saveContent } from './support/factories.js';
import { HeldTransaction, untilWaiting } from './support/held-transaction.js';
import { statementsDuring } from './support/statements.js';
import { digestOf } from './support/stored.js';
import { startTestServer, type TestServer } from './support/test-server.js';
import {
  bytesOf,
  createUpload,
  download,
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

const files = () => filesIn(server.dataDir, 'blobs', 'uploads');
/** The blobs of one user. */
const blobs = async () => (await filesIn(server.dataDir, 'blobs')).filter((path) => path.includes(device.user.id));
const codeOf = ({ status, errors }: Answer) => [status, errors?.[0]?.extensions.code];

/** Runs what must be refused, and looks that it left neither a row nor a file. */
async function refused(work: () => Promise<Answer>): Promise<Answer> {
  const before = [await digestOf(server, device.user.id), await files()];
  const answer = await work();
  expect([await digestOf(server, device.user.id), await files()]).toEqual(before);
  return answer;
}

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
    const before = [await digestOf(server, device.user.id), await files()];
    const again = await upload(device, bytes, input);
    expect(again.data.uploadMedia).toEqual(first.data.uploadMedia);
    expect(await upload(device, pngOf(1000), input)).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: 'BAD_USER_INPUT', fields: ['mutationId'] } }],
    });
    expect([await digestOf(server, device.user.id), await files()]).toEqual(before);
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

describe('an upload that is cut', () => {
  it.each(['with a length', 'in chunks'])('in the middle of the file, %s, leaves nothing', async (how) => {
    const { type, before } = multipart(mediaInput());
    const headers: Record<string, string> = how === 'in chunks' ? {} : { 'content-length': '90000' };
    const { sending, answer } = openUpload(device, type, { headers });
    const ended = answer.then(
      () => 'answered',
      () => 'cut',
    );
    const staged = (): Promise<string[]> => filesIn(server.dataDir, 'uploads/staged');
    const before_ = [await digestOf(server, device.user.id), await files()];
    sending.write(before);
    sending.write(pngOf(50_000));
    await until(async () => (await staged()).length > 0);
    sending.destroy();
    expect(await ended).toBe('cut');
    await until(async () => (await staged()).length === 0);
    expect([await digestOf(server, device.user.id), await files()]).toEqual(before_);
    expect((await device.send('{ me { id } }')).status).toBe(200);
  });
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 20_000; !(await isSo()); await delay(5)) {
    if (Date.now() > deadline) throw new Error('It did not come to be in 20 s');
  }
}

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

describe('an upload that cannot be right', () => {
  it.each([
    [{ id: 'no uuid' }, 'id'],
    [{ contentId: 'no uuid' }, 'contentId'],
    [{ fileName: 'x'.repeat(256) }, 'fileName'],
    [{ fileName: 'a\0b' }, 'fileName'],
    [{ fileName: '\ud800' }, 'fileName'],
    [{ mimeType: 'x'.repeat(256) }, 'mimeType'],
    [{ sha256: 'a' }, 'sha256'],
    [{ sizeBytes: -1 }, 'sizeBytes'],
    [{ mutationId: 'no uuid' }, 'mutationId'],
    [{ createdAt: 'yesterday' }, 'createdAt'],
    [{ createdAt: 2 ** 60 }, 'createdAt'],
    [{ fileName: undefined }, 'fileName'],
    [{ more: 1 }, 'more'],
  ])('is refused with the names of its fields: %j', async (fields, name) => {
    const answer = await refused(() => upload(device, pngOf(1000), mediaInput(fields)));
    expect(codeOf(answer)).toEqual([400, 'BAD_USER_INPUT']);
    expect(answer.errors![0]!.extensions.fields?.join()).toContain(name);
  });

  it('leaves the connection good for the next request', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const send = (fields: object, size: number, headers = {}) => {
      const { type, before, behind } = multipart(mediaInput({ ...fields }));
      const { sending, answer } = openUpload(device, type, { agent, headers });
      sending.end(Buffer.concat([Buffer.from(before), pngOf(size), Buffer.from(behind)]));
      return answer;
    };
    try {
      const answers = [
        await send({ id: 'no uuid' }, MEDIA_BYTES),
        await send({}, 30 * MEDIA_BYTES),
        await send({}, MEDIA_BYTES, { authorization: 'Bearer none' }),
        await send({ sha256: 'a'.repeat(64) }, MEDIA_BYTES),
        await send({}, MEDIA_BYTES),
      ];
      expect(answers.map(({ status }) => status)).toEqual([400, 413, 401, 422, 200]);
      expect(new Set(answers.map(({ socket }) => socket)).size).toBe(1);
    } finally {
      agent.destroy();
    }
  });

  const OPERATIONS = JSON.stringify({
    query: 'mutation ($i: UploadMediaInput!, $file: Upload!) { uploadMedia(input: $i, file: $file) { id } }',
    variables: { i: mediaInput(), file: null },
  });
  const MAP = '{"0":["variables.file"]}';
  it.each<[string, (string | Blob)[][]]>([
    ['nothing', []],
    [
      'no operations',
      [
        ['map', MAP],
        ['0', new Blob(['x'])],
      ],
    ],
    [
      'operations that are no JSON',
      [
        ['operations', '{'],
        ['map', MAP],
        ['0', new Blob(['x'])],
      ],
    ],
    [
      'no map',
      [
        ['operations', OPERATIONS],
        ['0', new Blob(['x'])],
      ],
    ],
    [
      'a map that is no JSON',
      [
        ['operations', OPERATIONS],
        ['map', '{'],
        ['0', new Blob(['x'])],
      ],
    ],
    [
      'a map to nowhere',
      [
        ['operations', OPERATIONS],
        ['map', '{"0":["variables.nowhere.at.all"]}'],
        ['0', new Blob(['x'])],
      ],
    ],
    [
      'a map to the prototype',
      [
        ['operations', OPERATIONS],
        ['map', '{"0":["__proto__.x"]}'],
        ['0', new Blob(['x'])],
      ],
    ],
    [
      'a map without the file',
      [
        ['operations', OPERATIONS],
        ['map', MAP],
      ],
    ],
    [
      'no file',
      [
        ['operations', OPERATIONS],
        ['map', '{}'],
      ],
    ],
    [
      'a text in the place of the file',
      [
        ['operations', OPERATIONS.replace('null', '"text"')],
        ['map', '{}'],
      ],
    ],
    [
      'two files',
      [
        ['operations', OPERATIONS],
        ['map', '{"0":["variables.file"],"1":["variables.i"]}'],
        ['0', new Blob(['x'])],
        ['1', new Blob(['y'])],
      ],
    ],
  ])('is refused with 4xx when it has %s', async (_, parts) => {
    await refused(async () => {
      const body = new FormData();
      for (const [name, value] of parts as [string, string][]) body.append(name, value);
      const headers = { 'apollo-require-preflight': '1', authorization: `Bearer ${device.tokens.accessToken}` };
      const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body });
      const answer = (await response.json()) as Answer;
      expect(['400 BAD_USER_INPUT', '413 TOO_LARGE']).toContain(
        `${response.status} ${answer.errors?.[0]?.extensions.code}`,
      );
      return answer;
    });
  });

  it.each([
    'multipart/form-data',
    'Multipart/Form-Data; boundary=x',
    'multipart/form-data; boundary=',
    'multipart/mixed; boundary=x',
  ])('is refused with 4xx under the content type %s', async (type) => {
    const headers = {
      'content-type': type,
      'apollo-require-preflight': '1',
      authorization: `Bearer ${device.tokens.accessToken}`,
    };
    const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: randomBytes(1000) });
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain('node_modules');
  });
});

describe('the entry of a photo', () => {
  const CONTENT = `query ($since: Millis!) {
    contentChanges(since: $since) { lastTimestamp changes { id serverVersion updatedAt media { id sha256 status } } }
  }`;
  const contentSince = async (since: number) => (await device.data(CONTENT, { since })).contentChanges;

  it('comes again in the feed with the photo, under the version that devices know', async () => {
    const item = saveContent();
    const [saved] = await device.push([item]);
    const { lastTimestamp: since } = await contentSince(0);
    const { id: contentId } = item.saveContent;

    const photo = await stored(device, pngOf(1000), { contentId });
    const { changes, lastTimestamp } = await contentSince(since);
    expect(changes).toMatchObject([
      { id: contentId, serverVersion: saved!.serverVersion, media: [{ id: photo.id, status: 'READY' }] },
    ]);
    expect((await contentSince(lastTimestamp)).changes).toEqual([]);
    // What a device knew before the photo came still is what it may write upon.
    const version = { known: saved!.serverVersion };
    expect((await device.push([saveContent({ id: contentId, content: 'later', version })]))[0]!.status).toBe('APPLIED');
  });

  it('comes again when a photo is begun, completed and deleted, and not when nothing was written', async () => {
    const item = saveContent();
    await device.push([item]);
    const { id: contentId } = item.saveContent;
    const bytes = pngOf(1000);
    let { lastTimestamp: since } = await contentSince(0);
    const next = async (): Promise<unknown> => {
      const { changes, lastTimestamp } = await contentSince(since);
      since = lastTimestamp;
      return changes[0]?.media.map(({ status }: { status: string }) => status);
    };
    const row = await pending(device, bytes, { contentId });
    expect(await next()).toEqual(['PENDING']);
    await stored(device, bytes, { id: row.id, contentId });
    expect(await next()).toEqual(['READY']);
    await stored(device, bytes, { id: row.id, contentId });
    expect(await next()).toBeUndefined();
    const deleteMedia = { id: row.id, mutationId: randomUUID() };
    await device.push([{ deleteMedia }]);
    expect(await next()).toEqual([]);
    await device.push([{ deleteMedia }]);
    expect(await next()).toBeUndefined();
  });

  it('stays a tombstone when a photo of it comes late', async () => {
    const item = saveContent();
    const { id: contentId } = item.saveContent;
    await device.push([item, { deleteContent: { id: contentId, mutationId: randomUUID() } }]);
    const before = await device.page('contentChanges');
    expect(before.deletions).toHaveLength(1);
    await stored(device, pngOf(1000), { contentId });
    const after = await device.page('contentChanges');
    expect([after.changes, after.deletions]).toEqual([before.changes, before.deletions]);
  });

  it('has its photos in one query for a whole page', async () => {
    const items = Array.from({ length: 20 }, () => saveContent());
    await device.push(items);
    for (const { saveContent: item } of items.slice(0, 5)) await stored(device, pngOf(100), { contentId: item.id });
    let changes: { media: unknown[] }[] = [];
    const statements = await statementsDuring(server, async () => void ({ changes } = await contentSince(0)));
    expect(changes.map(({ media }) => media.length).toSorted((a, b) => a - b)).toEqual([
      ...Array(15).fill(0),
      ...Array(5).fill(1),
    ]);
    expect(statements.filter(({ sql }) => /\bfrom\s+"?media"?\b/i.test(sql))).toHaveLength(1);
  });
});
