/** A journal comes in from a ZIP and goes out into one, while the page stays free. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { strFromU8, unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { accessibilityFaults } from './support/accessibility.js';
import { SAMPLE, SAMPLE_PHOTO, sampleZip } from './support/sample.js';
import { signIn, signUp, untilChip } from './support/steps.js';
import { describeInChromium, webAppForTests, type BrowserDevice } from './support/web-app.js';
import { chooseZip, exportZip, openImportAndExport, withoutFileDialogs } from './support/zip-steps.js';

const ZIP = { name: 'garden.zip', mimeType: 'application/zip' };
/** All of it: while photos go up, the chip says that words are backed up. */
const BACKED_UP = /^Backed up$/;
const IMPORTED = 'Imported 28 entries, 1 journal, and 2 photos and recordings.';
const CLEAN = { problems: [], failedRequests: [] };

describeInChromium('import and export in a browser', () => {
  const app = webAppForTests();
  const newDevice = async (): Promise<BrowserDevice> => {
    const device = await app.device();
    await withoutFileDialogs(device.context);
    return device;
  };

  test('an export of Day One comes in, once, and is backed up; another device exports the same bytes', async () => {
    const [desk, phone] = [await newDevice(), await newDevice()];
    const zip = { ...ZIP, buffer: await sampleZip() };
    const account = await signUp(desk.page);
    await untilChip(desk.page, BACKED_UP);
    await openImportAndExport(desk.page);
    await chooseZip(desk.page, zip);
    await desk.page.getByText(IMPORTED).waitFor();
    expect(await accessibilityFaults(desk.page)).toEqual([]);
    await untilChip(desk.page, BACKED_UP);
    await chooseZip(desk.page, zip);
    await desk.page.getByText('Nothing was missing: your journal has all of it already.').waitFor();
    expect(await desk.page.getByRole('status', { name: 'Backup' }).innerText()).toBe('Backed up');

    await signIn(phone.page, account);
    await untilChip(phone.page, BACKED_UP);
    const [here, there] = [await exportZip(desk.page), await exportZip(phone.page)];
    await phone.page.getByText('2 photos and recordings were read from LogDate Cloud.').waitFor();
    expect(there.equals(here)).toBe(true);
    await chooseZip(phone.page, { ...zip, buffer: here });
    await phone.page.getByText('Nothing was missing: your journal has all of it already.').waitFor();
    const files = unzipSync(here);
    const rows = JSON.parse(strFromU8(files['logdate.json'] ?? new Uint8Array())) as {
      content: unknown[];
      media: { file: string }[];
    };
    expect(rows.content).toHaveLength(28);
    expect(Buffer.from(files[rows.media[0]?.file ?? ''] ?? []).equals(await readFile(join(SAMPLE, SAMPLE_PHOTO)))).toBe(
      true,
    );
    expect([desk.seen, phone.seen]).toEqual([CLEAN, CLEAN]);
  });

  test('without an account a journal comes in and goes out too; what cannot be read is said, and nothing written', async () => {
    const { page, seen } = await newDevice();
    await page.goto('/data');
    await chooseZip(page, { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('Not a ZIP at all.') });
    await page.getByRole('alert').filter({ hasText: 'notes.txt: not a ZIP file. Nothing was imported.' }).waitFor();
    await chooseZip(page, { ...ZIP, buffer: await sampleZip() });
    await page.getByText(IMPORTED).waitFor();
    await page.getByText('They are on this device.').waitFor();
    expect(Object.keys(unzipSync(await exportZip(page)))).toContain('logdate.json');
    expect(seen).toEqual(CLEAN);
  });

  test('a ZIP is written into the file that the person chose; one that lacks a photo is not made', async () => {
    const [desk, phone] = [await newDevice(), await newDevice()];
    const account = await signUp(desk.page);
    await openImportAndExport(desk.page);
    await chooseZip(desk.page, { ...ZIP, buffer: await sampleZip() });
    // Until then the chip speaks of the journal before it.
    await desk.page.getByText(IMPORTED).waitFor();
    await untilChip(desk.page, BACKED_UP);
    await phone.context.addInitScript(showNothingFar);
    await signIn(phone.page, account);
    await untilChip(phone.page, BACKED_UP);
    await openImportAndExport(phone.page);
    await chooseFileFor(phone.page, 'chosen.zip');
    // By the line: a worker that has just started does not always hear that its browser was put offline.
    app.line.trouble = ({ url }) => (url?.startsWith('/sync/media/') ? { kind: 'answer', status: 404 } : undefined);
    await phone.page.getByRole('button', { name: 'Export as ZIP…' }).click();
    await phone.page.getByText(/No ZIP was made, because .*\.png could not be read/).waitFor();
    app.line.heal();
    await phone.page.getByRole('button', { name: 'Try again…' }).click();
    await phone.page.getByText('chosen.zip holds everything: 28 entries').waitFor();
    expect(Object.keys(unzipSync(await chosenFile(phone.page, 'chosen.zip')))).toContain('logdate.json');
    expect(phone.seen.problems).toEqual([]);
  }, 120_000);
});

/** No photo comes near enough to be read before the export wants it. */
function showNothingFar(): void {
  globalThis.IntersectionObserver = class extends IntersectionObserver {
    override observe(): void {}
  };
}

/** The file dialog of a person who chooses this file, among those that the browser keeps for the app. */
function chooseFileFor(page: Page, name: string): Promise<void> {
  return page.evaluate((chosen) => {
    const showSaveFilePicker = async (): Promise<FileSystemFileHandle> =>
      (await navigator.storage.getDirectory()).getFileHandle(chosen, { create: true });
    Object.assign(globalThis, { showSaveFilePicker });
  }, name);
}

async function chosenFile(page: Page, name: string): Promise<Uint8Array> {
  const bytes = await page.evaluate(async (chosen) => {
    const handle = await (await navigator.storage.getDirectory()).getFileHandle(chosen);
    return [...new Uint8Array(await (await handle.getFile()).arrayBuffer())];
  }, name);
  return Uint8Array.from(bytes);
}
