import { randomUUID } from 'node:crypto';
import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { BlobStore } from '../src/blobs/blob-store.js';
import { MediaSweep } from '../src/media/media-sweep.js';
import { BodySweep } from '../src/sync/body-sweep.js';
import type { Device } from './support/device.js';
import { saveContent } from './support/factories.js';
import { HeldTransaction, untilWaiting } from './support/held-transaction.js';
import { startTestServer, type TestServer } from './support/test-server.js';
import {
  bytesOf,
  completeUpload,
  createUpload,
  download,
  filesIn,
  patch,
  pending,
  pngOf,
  stored,
  tus,
  uploadInput,
  type MediaRow,
} from './support/uploads.js';

const DAY_MS = 24 * 60 * 60 * 1000;

let server: TestServer;
let holder: pg.Client;
let observer: pg.Client;
let device: Device;
let bytes: Buffer;
beforeAll(async () => {
  server = await startTestServer();
  [holder, observer] = [await server.connect(), await server.connect()];
});
afterAll(() => server.close());
beforeEach(async () => {
  device = await server.signUp();
  bytes = pngOf(1000);
});

/** The sweep as it runs this many days from now. */
const sweepIn = (days: number) => server.app.get(MediaSweep).sweep(Date.now() + days * DAY_MS);
const clearBodiesIn = (days: number) => server.app.get(BodySweep).sweep(Date.now() + days * DAY_MS);
const blobs = async () => (await filesIn(server.dataDir, 'blobs')).filter((path) => path.includes(device.user.id));
const remove = (id: string) => device.push([{ deleteMedia: { id, mutationId: randomUUID() } }]);
const isWhole = async (id: string) => (await bytesOf(await download(device, id))).equals(bytes);
/** As if nothing had been done to these files for so long. */
const age = async (paths: string[], days: number) => {
  const at = new Date(Date.now() - days * DAY_MS);
  for (const path of paths) await utimes(path, at, at);
};

describe('the sweep of blobs', () => {
  it('leaves a blob that a row refers to, however old it is', async () => {
    const { id } = await stored(device, bytes);
    await sweepIn(1000);
    expect(await isWhole(id)).toBe(true);
  });

  it('removes a blob that no row refers to after a day, and none before', async () => {
    const orphan = join(server.dataDir, 'blobs', device.user.id, 'a'.repeat(64), randomUUID());
    await mkdir(dirname(orphan), { recursive: true });
    await writeFile(orphan, 'x');
    await sweepIn(0.99);
    expect(await blobs()).toEqual([orphan]);
    await sweepIn(1.01);
    expect(await blobs()).toEqual([]);
  });

  it('leaves what is no blob of the server', async () => {
    const strange = join(server.dataDir, 'blobs', 'notes', 'README');
    await mkdir(dirname(strange), { recursive: true });
    await writeFile(strange, 'x');
    await sweepIn(1000);
    expect(await filesIn(server.dataDir, 'blobs')).toContain(strange);
  });

  it('leaves the blob of a deleted row until its body goes, 30 days after the delete', async () => {
    const { id } = await stored(device, bytes);
    await remove(id);
    await clearBodiesIn(29.9);
    await sweepIn(29.9);
    expect(await blobs()).toHaveLength(1);
    // Until then the bytes serve a new row.
    const { data } = await createUpload(device, uploadInput(bytes));
    expect(data.createMediaUpload.method).toBe('ALREADY_STORED');
    await remove(data.createMediaUpload.media.id);

    await sweepIn(31);
    expect(await blobs()).toHaveLength(1);
    await clearBodiesIn(31);
    await sweepIn(31);
    expect(await blobs()).toEqual([]);
    expect((await device.page('mediaChanges')).deletions).toHaveLength(2);
    expect((await createUpload(device, uploadInput(bytes))).data.createMediaUpload.method).toBe('TUS');
  });

  it('leaves a blob that another row of the user still needs', async () => {
    const [one, two] = [await stored(device, bytes), await stored(device, bytes)];
    await remove(one.id);
    await clearBodiesIn(31);
    await sweepIn(31);
    expect(await isWhole(two.id)).toBe(true);
  });

  it('that comes while a new row takes over the blob waits for it, and leaves the blob', async () => {
    const { id } = await stored(device, bytes);
    const mutationId = randomUUID();
    const held = await HeldTransaction.onReceipt(holder, device.user.id, mutationId);
    const creating = createUpload(device, uploadInput(bytes, { mutationId }));
    await untilWaiting(observer, 1, creating);
    // The row that it found goes, as a sweep of bodies without the clock would make it go.
    await server.sql('UPDATE media SET blob_ref = NULL, has_body = false WHERE media_id = $1', [id]);
    const sweeping = sweepIn(2);
    await untilWaiting(observer, 2, sweeping);
    await held.release();
    await sweeping;
    const { method, media } = (await creating).data.createMediaUpload;
    expect(method).toBe('ALREADY_STORED');
    expect(await isWhole(media.id)).toBe(true);
  });

  it('that comes first leaves no row to take the blob from, so that the bytes are asked for', async () => {
    const { id } = await stored(device, bytes);
    await remove(id);
    const held = await HeldTransaction.onClock(holder, device.user.id);
    // The blob goes after a day, and an upload that has begun meanwhile after seven: this sweep comes between.
    const sweeping = clearBodiesIn(31).then(() => sweepIn(2));
    await untilWaiting(observer, 1, sweeping);
    const input = uploadInput(bytes);
    const creating = createUpload(device, input);
    await untilWaiting(observer, 2, creating);
    await held.release();
    await sweeping;
    const { method, media } = (await creating).data.createMediaUpload;
    expect([method, media.status]).toEqual(['TUS', 'PENDING']);
    expect(await blobs()).toEqual([]);
    // That sweep, two days ahead, may have taken the file of the upload for one that was left behind.
    await createUpload(device, input);
    await patch(device, media.id, bytes);
    await completeUpload(device, media.id);
    expect(await isWhole(media.id)).toBe(true);
  });

  it('leaves bytes that came days ago and are only now completed', async () => {
    const { id } = await pending(device, bytes);
    await patch(device, id, bytes);
    await age(await filesIn(server.dataDir, 'uploads'), 3);
    const store = server.app.get(BlobStore);
    const putFile = store.putFile.bind(store);
    // The very moment at which the blob is there and its row is not.
    store.putFile = async (...args) => {
      await putFile(...args);
      await sweepIn(0);
    };
    try {
      expect((await completeUpload(device, id)).data.completeMediaUpload.status).toBe('READY');
    } finally {
      store.putFile = putFile;
    }
    expect(await isWhole(id)).toBe(true);
  });
});

describe('the sweep of uploads that nobody completed', () => {
  it('makes a tombstone of one that waited for 7 days, and none before', async () => {
    const item = saveContent();
    await device.push([item]);
    const { id } = await pending(device, bytes, { contentId: item.saveContent.id });
    await patch(device, id, bytes.subarray(0, 500));
    const { rows, since } = await device.pull('contentChanges');
    await sweepIn(6.99);
    expect((await device.page('mediaChanges')).changes).toMatchObject([{ id, status: 'PENDING' }]);
    expect((await tus(device, 'HEAD', id)).headers.get('upload-offset')).toBe('500');

    await sweepIn(7.01);
    const { changes, deletions } = await device.page('mediaChanges');
    expect(changes).toEqual([]);
    expect(deletions).toMatchObject([{ id, deviceId: 'server' }]);
    expect((await filesIn(server.dataDir, 'uploads')).filter((path) => path.includes(id))).toEqual([]);
    expect((await tus(device, 'HEAD', id)).status).toBe(404);
    // Devices that follow the entries alone hear of it, too.
    expect((await device.pull('contentChanges', { since })).rows).toMatchObject([
      { id: item.saveContent.id, serverVersion: rows[0]!.serverVersion },
    ]);
    expect((await sweepIn(7.01)).pending).toBe(0);
  });

  it('leaves one that is completed meanwhile', async () => {
    const { id } = await pending(device, bytes);
    await patch(device, id, bytes);
    const held = await HeldTransaction.onClock(holder, device.user.id);
    const completing = completeUpload(device, id);
    await untilWaiting(observer, 1, completing);
    const sweeping = sweepIn(7.01);
    await untilWaiting(observer, 2, sweeping);
    await held.release();
    expect((await completing).data.completeMediaUpload.status).toBe('READY');
    expect((await sweeping).pending).toBe(0);
    expect(await isWhole(id)).toBe(true);
  });

  it('that comes before the completion leaves the tombstone, and no bytes', async () => {
    const { id } = await pending(device, bytes);
    await patch(device, id, bytes);
    const held = await HeldTransaction.onClock(holder, device.user.id);
    const sweeping = sweepIn(7.01);
    await untilWaiting(observer, 1, sweeping);
    const completing = completeUpload(device, id);
    await untilWaiting(observer, 2, completing);
    await held.release();
    expect((await sweeping).pending).toBe(1);
    expect((await completing).status).toBe(409);
    expect((await device.page('mediaChanges')).deletions).toMatchObject([{ id }]);
    expect(await blobs()).toEqual([]);
  });

  it('throws away what is left of uploads after 8 days, and nothing younger', async () => {
    const names = ['staged', 'tus'].map((kind) => join(server.dataDir, 'uploads', kind, randomUUID()));
    for (const name of names) {
      await mkdir(dirname(name), { recursive: true });
      await writeFile(name, 'x');
    }
    await age(names, 7.9);
    await sweepIn(0);
    expect(await filesIn(server.dataDir, 'uploads')).toEqual(expect.arrayContaining(names));
    await age(names, 8.1);
    await sweepIn(0);
    expect((await filesIn(server.dataDir, 'uploads')).filter((path) => names.includes(path))).toEqual([]);
  });
});

describe('the check of what is stored', () => {
  const verify = async () =>
    (await device.data('{ verifyMedia { checked bytes missing changed } }')).verifyMedia as Record<string, unknown>;

  it('finds everything sound, and reads the same bytes once', async () => {
    await stored(await server.signUp(), bytes);
    expect(await verify()).toEqual({ checked: 0, bytes: 0, missing: [], changed: [] });
    await stored(device, bytes);
    await stored(device, bytes);
    const deleted = await stored(device, pngOf(500));
    await remove(deleted.id);
    await pending(device, pngOf(700));
    expect(await verify()).toEqual({ checked: 3, bytes: 1500, missing: [], changed: [] });
  });

  it('finds one flipped bit, a cut file and a file that is gone, in the rows of all who need them', async () => {
    const rows: MediaRow[] = [];
    for (const size of [1000, 1001, 1002, 1003]) rows.push(await stored(device, pngOf(size)));
    const twin = await createUpload(device, uploadInput(pngOf(0), { sha256: rows[0]!.sha256, sizeBytes: 1000 }));
    const files = await blobs();
    const fileOf = (index: number) => files.find((path) => path.includes(rows[index]!.sha256))!;
    const flipped = await bytesOf(await download(device, rows[0]!.id));
    flipped[777]! ^= 1;
    await writeFile(fileOf(0), flipped);
    await writeFile(fileOf(1), 'x');
    await rm(fileOf(2));
    const { checked, missing, changed } = await verify();
    expect(checked).toBe(5);
    expect(missing).toEqual([rows[2]!.id]);
    const twinId = twin.data.createMediaUpload.media.id;
    expect((changed as string[]).toSorted()).toEqual([rows[0]!.id, rows[1]!.id, twinId].toSorted());
  });
});
