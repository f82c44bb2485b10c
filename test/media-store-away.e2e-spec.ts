import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { signUp, type Answer, type Device } from './support/device.js';
import { saveContent } from './support/factories.js';
import { startServerProcess } from './support/server-process.js';
import { digestOf } from './support/stored.js';
import { createTestDatabase } from './support/test-database.js';
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
  upload,
  uploadInput,
} from './support/uploads.js';

const DISK_BYTES = 2 * 2 ** 20;

/** What every answer says while the bytes cannot be stored; it comes with the time to wait. */
function expectUnavailable({ status, headers, errors }: Answer): void {
  expect({ status, code: errors?.[0]?.extensions.code }).toEqual({ status: 503, code: 'UNAVAILABLE' });
  expect(Number(headers['retry-after'])).toBeGreaterThan(0);
}

/** A folder of 2 MiB; undefined where the test may not mount one. */
function mountedDisk(folder: string): string | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    return undefined;
  }
}

describe('a disk that is full', () => {
  let folder: string;
  let disk: string | undefined;
  let server: TestServer;
  let device: Device;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'logdate-disk-'));
    disk = mountedDisk(folder);
    if (disk === undefined) console.warn('No disk can be mounted here (not root?): none becomes full in this test');
    server = await startTestServer({ dataDir: folder });
  });
  afterAll(async () => {
    await server.close();
    if (disk !== undefined) execFileSync('umount', ['-l', disk]);
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => void (device = await server.signUp()));

  const files = () => filesIn(folder, 'blobs', 'uploads');
  const whenMounted = (name: string, work: () => Promise<void>): void =>
    it(name, async () => {
      if (disk !== undefined) await work();
    });

  whenMounted('refuses an upload, leaves neither a row nor a part of it, and text still saves', async () => {
    const before = [await digestOf(server, device.user.id), await files()];
    expectUnavailable(await upload(device, pngOf(DISK_BYTES + 1)));
    expect([await digestOf(server, device.user.id), await files()]).toEqual(before);
    expect((await device.push([saveContent()]))[0]!.status).toBe('APPLIED');
    expect(await stored(device, pngOf(1000))).toMatchObject({ status: 'READY' });
  });

  whenMounted('refuses an upload when there is no room for as much as a folder', async () => {
    const filler = join(folder, 'filler');
    await writeFile(filler, Buffer.alloc(DISK_BYTES)).catch(() => undefined);
    try {
      const before = [await digestOf(server, device.user.id), await files()];
      expectUnavailable(await upload(device, pngOf(5000)));
      expect([await digestOf(server, device.user.id), await files()]).toEqual(before);
    } finally {
      await rm(filler, { force: true });
    }
  });

  whenMounted('keeps what has arrived by tus, and it goes on when there is room', async () => {
    const bytes = pngOf(DISK_BYTES / 2);
    const { id } = await pending(device, bytes);
    const filler = join(folder, 'filler');
    await writeFile(filler, Buffer.alloc(DISK_BYTES * 0.7));
    const refused = await patch(device, id, bytes);
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await rm(filler);
    const offset = Number((await tus(device, 'HEAD', id)).headers.get('upload-offset'));
    expect((await patch(device, id, bytes.subarray(offset), offset)).status).toBe(204);
    expect((await completeUpload(device, id)).data.completeMediaUpload.status).toBe('READY');
    expect((await bytesOf(await download(device, id))).equals(bytes)).toBe(true);
  });
});

describe('a folder for the bytes on their way that is full', () => {
  it('refuses an upload instead of waiting for ever', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'logdate-disk-'));
    const disk = mountedDisk(folder);
    const database = await createTestDatabase();
    const server = await startServerProcess(database, { TMPDIR: folder });
    try {
      if (disk === undefined) return;
      const device = await signUp(server.url);
      expectUnavailable(await upload(device, pngOf(DISK_BYTES * 2)));
      expect((await device.page('mediaChanges')).changes).toEqual([]);
      expect(await stored(device, pngOf(1000))).toMatchObject({ status: 'READY' });
    } finally {
      await server.stop();
      await database.drop();
      if (disk !== undefined) execFileSync('umount', ['-l', disk]);
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('a store that cannot be reached', () => {
  let server: TestServer;
  let device: Device;
  beforeAll(async () => {
    server = await startTestServer({
      blobStore: 's3',
      s3Endpoint: 'http://127.0.0.1:1',
      s3Bucket: 'photos',
      s3AccessKey: 'key',
      s3SecretKey: 'secret',
    });
    device = await server.signUp();
  });
  afterAll(() => server.close());

  it('refuses bytes and asks to come again, while text syncs', async () => {
    const bytes = pngOf(1000);
    const before = [await digestOf(server, device.user.id), await filesIn(server.dataDir, 'uploads')];
    expectUnavailable(await upload(device, bytes));
    expect([await digestOf(server, device.user.id), await filesIn(server.dataDir, 'uploads')]).toEqual(before);
    expectUnavailable(await createUpload(device, uploadInput(bytes)));
    expect((await device.push([saveContent()]))[0]!.status).toBe('APPLIED');
    expect((await device.page('contentChanges')).changes).toHaveLength(1);
  });

  it('refuses a download, as an error and not as a picture', async () => {
    // As a row is that was stored while the store was there.
    const { id } = await pendingWithout(device);
    await server.sql(
      `UPDATE media SET status = 'READY', blob_ref = 'x/y', mime_type = 'image/png' WHERE media_id = $1`,
      [id],
    );
    const answer = await download(device, id);
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAVAILABLE' } }] });
  });

  /** The row alone: it is there although the store could not say where its bytes are to be sent. */
  async function pendingWithout(owner: Device): Promise<{ id: string }> {
    const input = uploadInput(pngOf(1000));
    await createUpload(owner, input);
    return input;
  }
});
