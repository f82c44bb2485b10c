/** What goes wrong around a journal: the right words, nothing lost, and all is well again without a reload. */
import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { isGraphql } from './support/line.js';
import { seeEntry, signUp, untilChip, writeEntry } from './support/steps.js';
import { describeInChromium, webAppForTests, type BrowserDevice } from './support/web-app.js';

/** The plan of every account here, in bytes, and photos of which one fits and two do not. */
const PLAN = 100_000;
const PHOTO = { name: 'garden.png', mimeType: 'image/png', buffer: Buffer.alloc(PLAN + 1, 7) };

/** Bytes: room for an account and a few entries, and not for a long one. */
const SMALL_DEVICE = 600_000;

describeInChromium('a journal in trouble', () => {
  const app = webAppForTests({ userBytes: PLAN });
  let device: BrowserDevice;
  const signedUp = async (quotaSize?: number): Promise<Page> => {
    device = await app.device();
    if (quotaSize !== undefined) await setQuota(device.page, quotaSize);
    await signUp(device.page);
    await untilChip(device.page, 'Backed up');
    return device.page;
  };

  test('a server that does not answer is named, and what waits for it is safe', async () => {
    const page = await signedUp();
    app.line.trouble = (request) => (isGraphql(request) ? { kind: 'answer', status: 503 } : undefined);
    await writeEntry(page, 'Written while nobody answered.');
    await untilChip(page, "Can't reach LogDate Cloud");
    await details(page, /Trying again (in \d+ s|now)\. 1 change is safe\./);
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByText("LogDate Cloud couldn't be reached").waitFor();
    await page.getByRole('link', { name: 'See all problems' }).click();
    await page
      .getByText(/^A backup failed and is tried again/)
      .first()
      .waitFor();
    app.line.heal();
    await untilChip(page, 'Backed up');
    await seeEntry(page, 'Written while nobody answered.');
  });

  test('a server that asks to wait is waited for', async () => {
    const page = await signedUp();
    app.line.trouble = (request) =>
      isGraphql(request) ? { kind: 'answer', status: 429, retryAfterSeconds: 2 } : undefined;
    await writeEntry(page, 'Written while it was busy.');
    await untilChip(page, 'LogDate Cloud is busy');
    await details(page, /Continues at \d\d:\d\d\./);
    app.line.heal();
    await untilChip(page, 'Backed up');
  });

  test('a full cloud holds back photos alone, until one is removed', async () => {
    const page = await signedUp();
    await writeEntry(page, 'With a photo.');
    await page.getByLabel('Photos or recordings', { exact: true }).setInputFiles(PHOTO);
    await untilChip(page, 'Cloud storage is full');
    await page.getByText('Words still back up. 1 photo waits.').waitFor();
    const text = page.getByRole('textbox', { name: 'Entry' });
    await text.fill('With a photo that waits.');
    await page.getByText('Words backed up', { exact: true }).waitFor();
    await page.locator('.banner').getByRole('button', { name: 'Manage' }).click();
    await page.getByRole('heading', { name: 'Storage' }).waitFor();
    await seeEntry(page, 'With a photo that waits.');
    await page.getByRole('article').getByRole('link').first().click();
    await page.getByRole('button', { name: 'Remove garden.png' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await untilChip(page, 'Backed up');
  });

  test('a full device keeps the text on the screen, and saves it once there is room', async () => {
    const page = await signedUp(SMALL_DEVICE);
    await writeEntry(page, 'The first words.');
    await untilChip(page, 'Backed up');
    const long = 'It rained all day. '.repeat(50_000);
    const text = page.getByRole('textbox', { name: 'Entry' });
    await text.fill(long);
    await untilChip(page, 'This device is full');
    await page.getByRole('alert').filter({ hasText: "New entries can't be saved here" }).waitFor();
    expect(await text.inputValue()).toBe(long);
    await setQuota(page, undefined);
    await untilChip(page, 'Backed up');
    expect(await text.inputValue()).toBe(long);
  });

  /** Bytes of the device's storage; undefined for as many as it has. Chromium heeds it only if some were set at first. */
  async function setQuota(page: Page, quotaSize: number | undefined): Promise<void> {
    const devTools = await device.context.newCDPSession(page);
    await devTools.send('Storage.overrideQuotaForOrigin', { origin: app.line.url, quotaSize });
  }
});

/** Opens the chip and waits until it says more of it. */
async function details(page: Page, says: RegExp): Promise<void> {
  await page.getByRole('status', { name: 'Backup' }).click();
  await page.locator('#backup-details').getByText(says).waitFor();
  await page.keyboard.press('Escape');
}
