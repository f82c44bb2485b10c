import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CuttingProxy } from './cutting-proxy.js';
import { signUp } from './device.js';
import { startServerProcess, type ServerProcess } from './server-process.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';
import { sendByTus } from './tus-client.js';
import { bytesOf, completeUpload, createUpload, download, sha256Of, uploadInput } from './uploads.js';

/** A large file over a line that breaks every `cutAfter` bytes, to a server that is killed on the way. */
export function describeCutUpload({ bytes: size, cutAfter }: { bytes: number; cutAfter: number }): void {
  describe(`an upload of ${size / 2 ** 20} MiB over a line that is cut after every ${cutAfter} bytes`, () => {
    let database: TestDatabase;
    let dataDir: string;
    let proxy: CuttingProxy;
    let server: ServerProcess;
    const start = async (): Promise<void> => {
      server = await startServerProcess(database, { DATA_DIR: dataDir, PUBLIC_URL: proxy.url });
      proxy.leadTo(server.url);
    };
    beforeAll(async () => {
      database = await createTestDatabase();
      dataDir = await mkdtemp(join(tmpdir(), 'logdate-data-'));
      proxy = await CuttingProxy.open(cutAfter);
      await start();
    });
    afterAll(async () => {
      await proxy.close();
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
      await database.drop();
    });

    it('arrives whole by a foreign tus client, though the server is killed in the middle', async () => {
      const device = await signUp(server.url);
      const bytes = randomBytes(size);
      const { data } = await createUpload(device, uploadInput(bytes));
      const { url, media } = data.createMediaUpload;

      let killed: Promise<void> | undefined;
      const kill = async (): Promise<void> => {
        await server.stop('SIGKILL');
        await start();
      };
      await sendByTus(device, bytes, {
        uploadUrl: url,
        onProgress: (sent) => {
          if (sent > size / 2) killed ??= kill();
        },
      });
      expect(killed).toBeDefined();
      await killed;
      expect(proxy.cuts).toBeGreaterThanOrEqual(Math.floor(size / cutAfter) - 1);
      // It goes on where it was cut; to begin again each time would never come to an end.
      expect(proxy.sent).toBeLessThan(2 * size);

      const there = device.at(server.url);
      const completed = await completeUpload(there, media.id);
      expect(completed.data.completeMediaUpload).toMatchObject({
        status: 'READY',
        sha256: sha256Of(bytes),
        sizeBytes: size,
      });
      expect(sha256Of(await bytesOf(await download(there, media.id)))).toBe(sha256Of(bytes));
    });
  });
}
