/** What a person does on the screen "Import and export". */
import { readFile } from 'node:fs/promises';
import type { BrowserContext, Page } from 'playwright-core';

/** A ZIP that a person has. */
export interface ZipFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** Headless Chromium has no file dialog: without one the app gives a ZIP to the downloads. */
export async function withoutFileDialogs(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => Reflect.deleteProperty(globalThis, 'showSaveFilePicker'));
}

/** Goes to the screen. */
export async function openImportAndExport(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('link', { name: 'Import and export' }).click();
  await page.getByRole('heading', { name: 'Import and export' }).waitFor();
}

/** Chooses a ZIP, or the file of a path, on the screen that is open. */
export async function chooseZip(page: Page, zip: ZipFile | string): Promise<void> {
  await page.getByLabel('Choose a ZIP file…').setInputFiles(zip);
}

/** Goes to the screen, exports, and waits for the ZIP. */
export async function exportZip(page: Page): Promise<Buffer> {
  await openImportAndExport(page);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export as ZIP…' }).click(),
  ]);
  return readFile(await download.path());
}
