/** A journal comes in from a ZIP and goes out into one, while the page stays free. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { strFromU8, unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { accessibilityFaults } from './support/accessibility.js';
import { SAMPLE, SAMPLE_PHOTO, sampleZip } from './support/sample.js';
import { goOffline, seeEntry, signIn, signUp, untilChip } from './support/steps.js';
import { describeInChromium, openWebApp, type BrowserDevice, type WebApp } from './support/web-app.js';

const CLEAN = { problems: [], failedRequests: [] };

describeInChromium('import and export in a browser', () => {
  let app: WebApp;
  const devices: BrowserDevice[] = [];
  const newDevice = async (): Promise<BrowserDevice> => {
    const device = await app.device();
    // Headless Chromium has no file dialog: browsers without one give the ZIP to their downloads.
    await device.context.addInitScript(
      () => delete (globalThis as { showSaveFilePicker?: unknown }).showSaveFilePicker,
    );
    devices.push(device);
    return device;
  };
  beforeAll(async () => {
    app = await openWebApp();
  });
  afterEach(async () => {
    for (const device of devices.splice(0)) await device.close();
  });
  afterAll(() => app?.close());

  test('an export of Day One comes in, once, and is backed up; another device exports the same bytes', async () => {
    const [desk, phone] = [await newDevice(), await newDevice()];
    const account = await signUp(desk.page);
    await untilChip(desk.page, 'Backed up');
    await importZip(desk.page, await sampleZip());
    await desk.page.getByText('Imported 28 entries, 1 journal, and 2 photos and recordings.').waitFor();
    expect(await accessibilityFaults(desk.page)).toEqual([]);
    await untilChip(desk.page, 'Backed up');
    await importZip(desk.page, await sampleZip());
    await desk.page.getByText('Nothing was missing: your journal has all of it already.').waitFor();
    expect(await desk.page.getByRole('status', { name: 'Backup' }).innerText()).toBe('Backed up');

    await signIn(phone.page, account);
    await untilChip(phone.page, 'Backed up');
    const [here, there] = [await exportZip(desk.page), await exportZip(phone.page)];
    await phone.page.getByText('2 photos and recordings were read from LogDate Cloud.').waitFor();
    expect(there.equals(here)).toBe(true);
    const files = unzipSync(here);
    const rows = JSON.parse(strFromU8(files['logdate.json']!)) as { content: unknown[]; media: { file: string }[] };
    expect(rows.content).toHaveLength(28);
    expect(Buffer.from(files[rows.media[0]!.file]!).equals(await readFile(join(SAMPLE, SAMPLE_PHOTO)))).toBe(true);
    expect([desk.seen, phone.seen]).toEqual([CLEAN, CLEAN]);
  });
});

async function openData(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('link', { name: 'Import and export' }).click();
  await page.getByRole('heading', { name: 'Import and export' }).waitFor();
}

async function importZip(page: Page, buffer: Buffer, name = 'garden.zip'): Promise<void> {
  await openData(page);
  await page.getByLabel('Choose a ZIP file…').setInputFiles({ name, mimeType: 'application/zip', buffer });
}

async function exportZip(page: Page): Promise<Buffer> {
  await openData(page);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export as ZIP…' }).click(),
  ]);
  return readFile(await download.path());
}
