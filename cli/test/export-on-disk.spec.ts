// An export on this machine: a ZIP, or the folder that it unpacks to, read alike.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { countMedia, readDayOne } from '@logdate/formats/day-one/day-one';
import { openImport } from '@logdate/formats/import/open-import';
import { zipOf } from '../../formats/test/support/zips.js';
import { openExport } from '../src/import/export-on-disk.js';

const REAL_EXPORT = resolve('../shared/data/dayone-1660-1661.zip');
const USER = '0b8f2f3e-9a57-4c8e-9b51-0d1c2e3f4a5b';
const PHOTO = { md5: 'ab', identifier: 'P' };
const DIARY = JSON.stringify({
  entries: [{ uuid: 'A1', creationDate: '1660-01-11T21:00:00Z', text: 'Supped at home.', photos: [PHOTO] }],
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'export-on-disk-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function journalsAt(path: string) {
  const files = await openExport(path);
  try {
    return await readDayOne(files);
  } finally {
    await files.close();
  }
}

describe('a Day One export on a disk', () => {
  it('is the same as a folder and as a ZIP, photos included, and nothing is written beside it', async () => {
    const unpacked = join(folder, 'unpacked');
    await mkdir(join(unpacked, 'photos'), { recursive: true });
    await writeFile(join(unpacked, 'Diary.json'), DIARY);
    await writeFile(join(unpacked, '._Diary.json'), 'not a journal');
    await writeFile(join(unpacked, 'photos', 'ab.jpeg'), 'jpeg');
    const zip = join(folder, 'my.zip');
    await writeFile(zip, zipOf({ 'Diary.json': DIARY, '__MACOSX/._Diary.json': 'no', 'photos/ab.jpeg': 'jpeg' }));
    const before = await readdir(folder);

    const [asFolder, asZip] = await Promise.all(
      [unpacked, zip].map(async (path) => openImport(await openExport(path), USER)),
    );
    expect({ ...asFolder?.items, files: [] }).toEqual({ ...asZip?.items, files: [] });
    const photos = await Promise.all([asFolder, asZip].map((one) => one?.items.files[0]?.read()));
    expect(photos.map((bytes) => new TextDecoder().decode(bytes))).toEqual(['jpeg', 'jpeg']);
    await Promise.all([asFolder, asZip].map((one) => one?.close()));
    expect(await readdir(folder)).toEqual(before);
    await expect(asZip?.items.files[0]?.read()).rejects.toThrow(expect.objectContaining({ code: 'EBADF' }));
  });

  it('is the sample of this project', async () => {
    const [garden] = await journalsAt('samples/garden-year');
    expect(garden?.title).toBe('Garden');
    expect(garden?.entries.length).toBeGreaterThanOrEqual(20);
    expect(Math.min(...(garden?.entries ?? []).map((entry) => entry.createdAt))).toBeLessThan(0);
  });

  if (!existsSync(REAL_EXPORT)) console.warn(`Left out: there is no real export at ${REAL_EXPORT}`);
  const itWithRealExport = existsSync(REAL_EXPORT) ? it : it.skip;

  itWithRealExport('is a real one: 712 entries of 1660 and 1661, three of them with a photo', async () => {
    const journals = await journalsAt(REAL_EXPORT);
    const entries = journals.flatMap((journal) => journal.entries);
    expect(journals.map((journal) => journal.title)).toEqual(['Diary']);
    expect(entries).toHaveLength(712);
    expect(entries.reduce((sum, { text }) => sum + text.length, 0)).toBe(858_479);
    expect(new Set(entries.map((entry) => new Date(entry.createdAt).getUTCFullYear()))).toEqual(new Set([1660, 1661]));
    expect(countMedia(journals)).toEqual([{ field: 'photos', items: 3, entries: 3 }]);
  });
});

it.each<[string, () => Promise<string>, RegExp]>([
  ['a path that does not exist', async () => join(folder, 'nowhere.zip'), /nowhere\.zip: there is no such file/],
  ['an empty folder', () => mkdtemp(join(folder, 'empty-')), /empty-.*: no \.json file inside/],
  ['a file that is no ZIP', () => fileOf('%PDF-1.7'), /broken\.zip: not a ZIP file/],
  ['an empty file', () => fileOf(''), /broken\.zip: not a ZIP file/],
  ['a ZIP that is cut off', () => fileOf(zipOf({ 'a.json': '{}' }).slice(0, -30)), /broken\.zip: the ZIP is cut off/],
])('%s is refused by its name', async (_, make, reason) => {
  await expect(journalsAt(await make())).rejects.toThrow(reason);
});

async function fileOf(bytes: string | Uint8Array): Promise<string> {
  const path = join(folder, 'broken.zip');
  await writeFile(path, bytes);
  return path;
}
