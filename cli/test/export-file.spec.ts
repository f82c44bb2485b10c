// The ZIP of everything as a file: whole under its name, or not there at all.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { unzipSync } from 'fflate';
import { ENTRY, mediaOf, PHOTO, storeOf } from '../../formats/test/support/kept-journal.js';
import { rowOf, USER } from '../../formats/test/support/rows.js';
import { writeExport } from '../src/export-file.js';

const ROWS = [rowOf('content', 'e', ENTRY), rowOf('media', 'm', PHOTO)];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'export-file-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('an export takes the place of an older one, whole', async () => {
  const path = join(folder, 'out.zip');
  await writeFile(path, 'an older one');
  const counts = await writeExport(path, { store: await storeOf(ROWS), db: mediaOf('bytes'), userId: USER });
  expect(Object.keys(unzipSync(await readFile(path)))).toHaveLength(counts.files);
  expect(await readdir(folder)).toEqual(['out.zip']);
});

test.each([
  ['cannot be read', mediaOf('by', new Error('The server is away')), 'The server is away'],
  ['has other bytes than it says', mediaOf('by'), /number of bytes/],
])('a picture that %s fails the export, and nothing is left behind', async (_, db, reason) => {
  const source = { store: await storeOf(ROWS), db, userId: USER };
  await expect(writeExport(join(folder, 'out.zip'), source)).rejects.toThrow(reason);
  expect(await readdir(folder)).toEqual([]);
});
