import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { S3BlobStore } from '../src/blobs/s3-blob-store.js';
import { describeBlobStore } from './contracts/blob-store.js';
import { describeWith, startSwift, type Swift } from './support/swift.js';

const MIB = 1024 * 1024;
const SIZE_MIB = 1024;
const MOST_MIB_ABOVE_IDLE = 96;

interface Measured {
  result?: string;
  mibAboveIdle: number;
  mibPerSecond: number;
}

// oxlint-disable-next-line jest/valid-title, jest/no-disabled-tests -- the name is the caller's
describeWith(describe, describe.skip)('S3BlobStore on OpenStack Swift, at length', () => {
  let swift: Swift;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'logdate-s3-'));
    swift = await startSwift();
  }, 180_000);

  afterAll(async () => {
    await swift.close();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  it(`sends and reads ${SIZE_MIB} MiB with at most ${MOST_MIB_ABOVE_IDLE} MiB of memory above idle`, async () => {
    const path = join(folder, 'film');
    const digest = await writeRandom(path);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--expose-gc', join(import.meta.dirname, 'support/blob-memory.mjs'), path],
      { env: { ...process.env, BLOB_SETTINGS: JSON.stringify(swift.settings('memory')) } },
    );
    const { put, get } = JSON.parse(stdout) as { put: Measured; get: Measured };
    for (const [name, { mibAboveIdle, mibPerSecond }] of [['putFile', put] as const, ['get', get] as const]) {
      console.log(`${name}: ${mibAboveIdle.toFixed(1)} MiB above idle, ${mibPerSecond.toFixed(0)} MiB/s`);
      expect(mibAboveIdle).toBeLessThanOrEqual(MOST_MIB_ABOVE_IDLE);
    }
    expect(get.result).toBe(digest);
  });

  describeBlobStore('S3BlobStore', async () => ({
    store: new S3BlobStore(swift.settings('contract')),
    close: async () => {},
  }));
});

async function writeRandom(path: string): Promise<string> {
  const [file, hash] = [await open(path, 'w'), createHash('sha256')];
  for (let written = 0; written < SIZE_MIB; written += 8) {
    const bytes = randomBytes(8 * MIB);
    hash.update(bytes);
    await file.write(bytes);
  }
  await file.close();
  return hash.digest('hex');
}
