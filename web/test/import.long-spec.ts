/** A real diary comes in from the app, goes up, and comes down elsewhere, while the page is written in as ever. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { strFromU8, unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { longestTask } from './support/main-thread.js';
import { openJournal, signIn, signUp, untilChip, writeEntry } from './support/steps.js';
import { describeInChromium, webAppForTests } from './support/web-app.js';
import { chooseZip, exportZip, openImportAndExport, withoutFileDialogs } from './support/zip-steps.js';

/** All of it: while photos go up, the chip says that words are backed up. */
const BACKED_UP = /^Backed up$/;
const AFTERWARDS = ['once', 'twice', 'three times'];
const CLEAN = { problems: [], failedRequests: [] };
const DIARY = resolve('../shared/data/dayone-1660-1661.zip');

if (!existsSync(DIARY)) console.warn(`Left out: there is no diary at ${DIARY}`);
const testWithDiary = existsSync(DIARY) ? test : test.skip;

describeInChromium('a diary of two years', () => {
  const app = webAppForTests();

  testWithDiary('comes in with bars that grow, without holding up the page, and is on another device', async () => {
    const [desk, phone] = [await app.device(), await app.device()];
    const { page } = desk;
    const account = await signUp(page);
    await untilChip(page, 'Backed up');

    const during = await longestTask(page, async () => {
      await openImportAndExport(page);
      await noteBars(page);
      await chooseZip(page, DIARY);
      await page.waitForFunction(() => (globalThis as unknown as Noted).entriesDone.some((done) => done > 0));
      await writeAndLook(page, 'Written while the diary came.');
      await page.getByText('Imported 712 entries, 1 journal, and 3 photos and recordings.').waitFor();
      await untilChip(page, BACKED_UP);
    });
    // Afterwards, so that the same screens show a journal of the same size.
    const without = await longestTask(page, async () => {
      await openImportAndExport(page);
      // About as long as the import, or the longest task of many would be held against that of a few.
      for (const time of AFTERWARDS) await writeAndLook(page, `Written ${time} after the diary came.`);
      await untilChip(page, BACKED_UP);
    });
    console.info('The longest task in ms with and without an import:', during, without);
    expect(during.worked).toBeLessThanOrEqual(2 * without.worked);
    const bars = await page.evaluate(() => (globalThis as unknown as Noted).entriesDone);
    expect(bars.length).toBeGreaterThan(2);
    expect(bars).toEqual(bars.toSorted((one, other) => one - other));
    await page.getByRole('link', { name: 'Settings' }).click();
    await page
      .getByText(`LogDate Cloud: ${712 + 1 + AFTERWARDS.length} entries, 1 journal, and 3 photos and recordings`)
      .waitFor();

    await withoutFileDialogs(phone.context);
    await signIn(phone.page, account);
    await untilChip(phone.page, BACKED_UP);
    expectAsInDiary(await readFile(DIARY), await exportZip(phone.page));
    expect([desk.seen, phone.seen]).toEqual([CLEAN, CLEAN]);
  });
});

async function writeAndLook(page: Page, text: string): Promise<void> {
  await writeEntry(page, text);
  await openJournal(page);
  await openImportAndExport(page);
}

/** How far the bar of the entries was, each time that it moved. */
interface Noted {
  entriesDone: number[];
}

function noteBars(page: Page): Promise<void> {
  return page.evaluate(() => {
    const noted: Noted = { entriesDone: [] };
    Object.assign(globalThis, noted);
    const look = (): void => {
      const bars = [...document.querySelectorAll<HTMLElement>('.data-bar')];
      const bar = bars.find(({ innerText }) => innerText.startsWith('Entries'))?.querySelector('progress');
      if (bar && bar.value !== noted.entriesDone.at(-1)) noted.entriesDone.push(bar.value);
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
}

interface DayOneEntry {
  text: string;
  creationDate: string;
  photos?: { md5: string }[];
}

/** Holds every entry and photo of an export of LogDate against the diary. */
function expectAsInDiary(diary: Buffer, exported: Buffer): void {
  const { entries } = JSON.parse(strFromU8(unzipSync(diary)['Diary.json'] ?? new Uint8Array())) as {
    entries: DayOneEntry[];
  };
  const files = unzipSync(exported);
  const rows = JSON.parse(strFromU8(files['logdate.json'] ?? new Uint8Array())) as {
    content: { content: string; createdAt: number }[];
    media: { file: string }[];
  };
  const inDiary = entries.map(({ text, creationDate }) => `${Date.parse(creationDate)} ${text}`);
  const fromDiary = rows.content.filter(({ createdAt }) => createdAt < 0);
  expect(fromDiary.map(({ createdAt, content }) => `${createdAt} ${content}`).toSorted()).toEqual(inDiary.toSorted());
  expect(rows.content).toHaveLength(fromDiary.length + 1 + AFTERWARDS.length);
  const photos = rows.media.map(({ file }) => md5(files[file] ?? new Uint8Array()));
  expect(photos.toSorted()).toEqual(
    entries.flatMap((entry) => entry.photos?.map((photo) => photo.md5) ?? []).toSorted(),
  );
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}
