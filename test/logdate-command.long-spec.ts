/** A real diary through the `logdate` command: in from its ZIP, up, down to another device, out as Markdown and pictures. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { unzipSync } from 'fflate';
import { readMarkdown } from '../formats/src/markdown/entry-file.js';
import { CommandDevice } from './support/logdate-command.js';
import { startTestServer } from './support/test-server.js';

const DIARY = resolve('../shared/data/dayone-1660-1661.zip');
const PASSWORD = 'a good password for a diary';

if (!existsSync(DIARY)) console.warn(`Left out: there is no diary at ${DIARY}`);
const itWithDiary = existsSync(DIARY) ? it : it.skip;

itWithDiary('712 entries of 1660 and 1661 come out on a second device as they are in the ZIP', async () => {
  const server = await startTestServer();
  const folder = await mkdtemp(join(tmpdir(), 'logdate-diary-'));
  try {
    const [a, b] = ['a', 'b'].map((name) => new CommandDevice(join(folder, name), server.url)) as [
      CommandDevice,
      CommandDevice,
    ];
    await a.run(['sign-up', 'diarist', '--password-stdin'], PASSWORD);
    expect(await a.json(['import', DIARY])).toMatchObject({ code: 0, entries: 712, files: 3, broken: [] });
    expect(await a.json(['sync'])).toMatchObject({ code: 0, pushed: 1425, filesSent: 3 });
    await b.run(['sign-in', 'diarist', '--password-stdin'], PASSWORD);
    expect(await b.json(['sync'])).toMatchObject({ code: 0 });
    expect((await b.run(['verify'])).stdout).toContain('712 of 712 entries, 3 of 3 files match');

    const restored = join(folder, 'restored');
    expect(await b.json(['restore', restored])).toMatchObject({ code: 0, written: 716 });
    await expectAsInZip(join(restored, 'Diary'));

    const zips = [join(folder, 'a.zip'), join(folder, 'b.zip')] as const;
    await a.run(['export', zips[0]]);
    await b.run(['export', zips[1]]);
    expect((await readFile(zips[0])).equals(await readFile(zips[1]))).toBe(true);

    for (const again of [DIARY, restored]) {
      expect(await b.json(['import', again])).toMatchObject({ code: 0, journals: 0, entries: 0, files: 0 });
      expect(await b.json(['status'])).toMatchObject({ unsynced: 0, media: { waiting: 0 } });
    }
  } finally {
    await server.close();
    await rm(folder, { recursive: true });
  }
});

/** Holds every restored entry, and every restored picture, against the ZIP itself. */
async function expectAsInZip(folder: string): Promise<void> {
  const zip = unzipSync(await readFile(DIARY));
  const { entries } = JSON.parse(new TextDecoder().decode(zip['Diary.json'])) as {
    entries: { text: string; creationDate: string; modifiedDate: string; photos?: { md5: string; type: string }[] }[];
  };
  const names = (await readdir(folder)).filter((name) => /^\d/.test(name));
  const files = await Promise.all(names.map(async (name) => readMarkdown(await readFile(join(folder, name), 'utf8'))));
  const inOrder = (
    rows: { text: string | null; createdAt: number; editedAt: number; type: string; photos: string[] }[],
  ) => rows.sort((one, other) => one.createdAt - other.createdAt || ((one.text ?? '') < (other.text ?? '') ? -1 : 1));
  const pictures = async (paths: string[]) =>
    Promise.all(paths.map(async (path) => sha256(await readFile(join(folder, path)))));

  const seen = await Promise.all(
    files.map(async ({ text, createdAt = NaN, editedAt = NaN, type, media, journals }) => {
      expect(journals).toMatchObject([{ title: 'Diary', createdAt }]);
      return { text, createdAt, editedAt, type, photos: await pictures(media.map(({ file }) => file)) };
    }),
  );
  const expected = entries.map(({ text, creationDate, modifiedDate, photos = [] }) => ({
    text,
    createdAt: Date.parse(creationDate),
    editedAt: Date.parse(modifiedDate),
    type: 'TEXT',
    photos: photos.map(({ md5, type }) => sha256(zip[`photos/${md5}.${type}`]!)),
  }));
  expect(inOrder(seen)).toEqual(inOrder(expected));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
