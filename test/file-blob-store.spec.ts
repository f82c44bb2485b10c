import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { BlobNotFoundError, BlobStoreUnavailableError, type BlobStore } from '../src/blobs/blob-store.js';
import { FileBlobStore } from '../src/blobs/file-blob-store.js';
import { describeBlobStore, FAST_FOLDER } from './contracts/blob-store.js';

const MIB = 1024 * 1024;

let root: string;
beforeAll(() => void (root = mkdtempSync(join(tmpdir(), 'logdate-blobs-'))));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describeBlobStore('FileBlobStore', async () => {
  const folder = mkdtempSync(join(FAST_FOLDER, 'logdate-blobs-'));
  return {
    store: new FileBlobStore(join(folder, 'blobs')),
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
});

describe('FileBlobStore', () => {
  it('offers no signed URLs', async () => {
    const store: BlobStore = new FileBlobStore(join(root, 'unsigned'));
    expect(await store.signedDownload('a', 60, {})).toBeUndefined();
    expect(await store.beginSignedUpload('a', 1, 60)).toBeUndefined();
    await store.endSignedUpload('a', undefined);
    await store.abortSignedUpload('a', undefined);
  });

  it('lists nothing before the first object', async () => {
    expect(await keysOf(new FileBlobStore(join(root, 'new')))).toEqual([]);
  });

  it('goes on when its folder was removed under it', async () => {
    const folder = join(root, 'removed');
    const store = new FileBlobStore(folder);
    await store.putFile('a/b', source('one'));
    rmSync(folder, { recursive: true });
    await expect(store.get('a/b')).rejects.toBeInstanceOf(BlobNotFoundError);
    expect(await keysOf(store)).toEqual([]);
    await store.putFile('a/b', source('two'));
    expect(String(await buffer(await store.get('a/b')))).toBe('two');
  });

  it('takes leftovers of a dead server away, and leaves what is being copied', async () => {
    const folder = join(root, 'leftovers');
    mkdirSync(join(folder, '~unfinished'), { recursive: true });
    for (const name of ['old', 'new']) writeFileSync(join(folder, '~unfinished', name), 'half');
    utimesSync(join(folder, '~unfinished', 'old'), 1, 1);
    const store = new FileBlobStore(folder);
    expect(await keysOf(store)).toEqual([]);
    await store.removeLeftovers();
    expect(readdirSync(join(folder, '~unfinished'))).toEqual(['new']);
    await new FileBlobStore(join(root, 'no-leftovers')).removeLeftovers();
  });
});

describe('a disk of its own', () => {
  const small = mounting();

  small('takes a file from another disk', ['size=2m'], async (folder) => {
    const store = new FileBlobStore(folder);
    const bytes = randomBytes(MIB);
    const path = source(bytes);
    await store.putFile('a/b', path);
    expect((await buffer(await store.get('a/b'))).equals(bytes)).toBe(true);
    expect(existsSync(path)).toBe(false);
    expect(filesUnder(folder)).toEqual(['a/b']);
  });

  small('shows a file from another disk as a whole or not at all, while it comes', ['size=64m'], async (folder) => {
    const store = new FileBlobStore(folder);
    const size = 48 * MIB;
    let isDone = false;
    const put = store.putFile('a/b', source(Buffer.alloc(size))).finally(() => (isDone = true));
    const sizes = new Set<number | undefined>();
    while (!isDone) sizes.add((await store.stat('a/b'))?.size);
    await put;
    expect([...sizes].filter((seen) => seen !== size)).toEqual([undefined]);
  });

  small(
    'a full disk: nothing of the file is seen, the source stays, and there is room again',
    ['size=2m'],
    async (folder) => {
      const store = new FileBlobStore(folder);
      await store.putFile('first', source(randomBytes(MIB)));
      const path = source(randomBytes(1.5 * MIB));
      await expect(store.putFile('second', path)).rejects.toBeInstanceOf(BlobStoreUnavailableError);
      expect(existsSync(path)).toBe(true);
      expect(await store.stat('second')).toBeUndefined();
      expect(filesUnder(folder)).toEqual(['first']);
      await store.remove('first');
      await store.putFile('second', path);
      expect(await store.stat('second')).toMatchObject({ size: 1.5 * MIB });
    },
  );

  small('a disk without room for a folder', ['size=2m', 'nr_inodes=4'], async (folder) => {
    const store = new FileBlobStore(folder);
    const path = source('x');
    await expect(store.putFile('a/b/c/d/e/f/g', path)).rejects.toBeInstanceOf(BlobStoreUnavailableError);
    expect(existsSync(path)).toBe(true);
    expect(await keysOf(store)).toEqual([]);
  });

  small('a disk that may only be read', ['size=2m'], async (folder) => {
    const store = new FileBlobStore(folder);
    await store.putFile('a', source('x'));
    execFileSync('mount', ['-o', 'remount,ro', folder]);
    for (const attempt of [
      () => store.putFile('b', source('y')),
      () => store.remove('a'),
      () => store.move('a', 'c'),
    ]) {
      await expect(attempt()).rejects.toBeInstanceOf(BlobStoreUnavailableError);
    }
    expect(String(await buffer(await store.get('a')))).toBe('x');
    expect(await keysOf(store)).toEqual(['a']);
  });
});

function source(bytes: Buffer | string): string {
  const path = join(root, randomUUID());
  writeFileSync(path, bytes);
  return path;
}

async function keysOf(store: BlobStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list()) keys.push(key);
  return keys;
}

function filesUnder(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

/** Runs a test on a file system that is mounted for it; elsewhere its name says what it lacks. */
function mounting(): (name: string, options: string[], test: (folder: string) => Promise<void>) => void {
  const probe = mkdtempSync(join(tmpdir(), 'logdate-mount-'));
  const mount = (folder: string, options: string[]) =>
    spawnSync('mount', ['-t', 'tmpfs', '-o', options.join(','), 'tmpfs', folder]).status === 0;
  const canMount = mount(probe, ['size=1m']);
  if (canMount) execFileSync('umount', [probe]);
  rmSync(probe, { recursive: true });
  return (name, options, test) => {
    const title = canMount ? name : `${name} (skipped: only root can mount a file system)`;
    // oxlint-disable-next-line jest/valid-title, jest/no-disabled-tests -- the title is the caller's
    (canMount ? it : it.skip)(title, async () => {
      const folder = mkdtempSync(join(root, 'disk-'));
      expect(mount(folder, options)).toBe(true);
      try {
        await test(folder);
      } finally {
        execFileSync('umount', [folder]);
      }
    });
  };
}
