/**
 * Every main screen with a journal in it: axe in both colour schemes, and pictures for people to look at in
 * `screenshots/`. `npm run screenshots` runs this file alone.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { accessibilityFaults } from './support/accessibility.js';
import { sampleZip } from './support/sample.js';
import { chip, goOffline, goOnline, newAccount, seeEntry, signIn, signUp, untilChip } from './support/steps.js';
import { describeInChromium, webAppForTests, type BrowserDevice } from './support/web-app.js';
import { exportZip, withoutFileDialogs } from './support/zip-steps.js';

const FOLDER = 'screenshots';
const LOOKS = [
  { name: 'light', colorScheme: 'light', width: 1000, height: 720 },
  { name: 'dark', colorScheme: 'dark', width: 1000, height: 720 },
  { name: 'phone', colorScheme: 'light', width: 390, height: 780 },
] as const;

describeInChromium('the screens of the app', () => {
  const app = webAppForTests();
  let desk: BrowserDevice;
  let page: Page;
  const account = { ...newAccount(), username: 'gardener' };

  beforeAll(async () => {
    await rm(FOLDER, { recursive: true, force: true });
    await mkdir(FOLDER, { recursive: true });
    desk = await app.device();
    ({ page } = desk);
  });

  /** Goes through what a screen must be, once it shows what it is waited for. */
  async function look(name: string): Promise<void> {
    const faults = await accessibilityFaults(page);
    for (const { name: look, colorScheme, ...viewport } of LOOKS) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      expect([name, look, await overflow(page)]).toEqual([name, look, 0]);
      await page.screenshot({ path: join(FOLDER, `${name}-${look}.png`), animations: 'disabled' });
    }
    expect(faults).toEqual([]);
  }

  test('before anything is written', async () => {
    await page.goto('/');
    await page.getByRole('link', { name: 'Start writing' }).waitFor();
    await look('welcome');
    await page.goto('/sign-up');
    await page.getByRole('button', { name: 'Create account' }).waitFor();
    await look('sign-up');
  });

  test('a journal of a year, its list, search and entries', async () => {
    await signUp(page, account);
    await page.goto('/data');
    await page.getByLabel('Choose a ZIP file…').setInputFiles({
      name: 'garden.zip',
      mimeType: 'application/zip',
      buffer: await sampleZip(),
    });
    await page.getByText('Imported 28 entries').waitFor();
    await untilChip(page, 'Backed up');
    await look('import');

    await page.goto('/');
    await page.getByRole('article').first().waitFor();
    await look('journal');
    await page.getByRole('searchbox', { name: 'Search' }).fill('frost');
    await page.locator('mark').first().waitFor();
    await look('search');

    await page.goto('/');
    // One with a photo.
    await page.goto('/?q=Underneath');
    await page
      .locator('.entry-card', { has: page.locator('img') })
      .locator('.entry-card-link')
      .first()
      .click();
    await page.getByRole('figure').getByRole('img').waitFor();
    await look('entry');
    await page.goto('/settings/journals');
    await page.getByRole('heading', { name: 'Journals' }).waitFor();
    await look('journals');
  });

  test('an entry that two devices changed, and what needs attention', async () => {
    const phone = await app.device();
    await signIn(phone.page, account);
    await seeEntry(phone.page, await firstWords());
    await goOffline(phone.context);
    await rewriteFirst(phone.page, 'It rained all day. ');
    await rewriteFirst(page, 'The sun came out. ');
    // The chip may still speak of the words before: then the phone would be first, and the conflict on this device.
    await page.locator('[data-where="backed-up"]').waitFor();
    await goOnline(phone.context);
    await untilChip(phone.page, /needs? your decision/);
    const desktop = page;
    ({ page } = phone);
    await page.goto('/attention');
    await page.getByRole('heading', { name: 'Needs attention' }).waitFor();
    await look('attention');
    await page.getByRole('link', { name: /^Decide/ }).click();
    await page.getByRole('button', { name: 'Use mine' }).first().waitFor();
    await look('conflict');
    page = desktop;
  });

  test('what was written before signing in, and how it is asked about', async () => {
    const phone = await app.device();
    const desktop = page;
    ({ page } = phone);
    await page.goto('/new');
    await page.getByRole('textbox', { name: 'Entry' }).fill('The blackbird is back.');
    await page.waitForURL('**/entry/*');
    await page.goto('/sign-in');
    await page.getByLabel('Email or user name').fill(account.username);
    await page.getByLabel('Password', { exact: true }).fill(account.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('button', { name: 'Combine' }).waitFor();
    await page.getByText('28 entries').waitFor();
    await look('first-backup');
    page = desktop;
  });

  test('an export that is done', async () => {
    await withoutFileDialogs(desk.context);
    await page.reload();
    await exportZip(page);
    await page.getByText(/holds everything/).waitFor();
    await look('export');
  });

  test('settings and what belongs to them', async () => {
    for (const [path, heading] of [
      ['/settings', 'Settings'],
      ['/activity', 'Activity'],
      ['/deleted', 'Recently deleted'],
    ] as const) {
      await page.goto(path);
      await page.getByRole('heading', { name: heading, exact: true }).waitFor();
      await untilChip(page, 'Backed up');
      await look(path.slice(1));
    }
    await page.goto('/settings');
    await page.getByRole('button', { name: 'Sign out…' }).click();
    await page.getByRole('dialog').waitFor();
    await look('sign-out');
    expect(await chip(page)).toBe('Backed up');
    expect(desk.seen.problems).toEqual([]);
  });

  async function firstWords(): Promise<string> {
    await page.goto('/');
    const text = await page.locator('.entry-card-text').first().innerText();
    return text.slice(0, 20);
  }

  /** Puts words before those of the newest entry. */
  async function rewriteFirst(on: Page, words: string): Promise<void> {
    await on.getByRole('link', { name: 'Journal', exact: true }).click();
    await on.locator('.entry-card-link').first().click();
    const editor = on.getByRole('textbox', { name: 'Entry' });
    await editor.fill(words + (await editor.inputValue()));
    await editor.blur();
    await on.locator('[data-where="saved"], [data-where="backed-up"]').waitFor();
  }
});

/** Pixels that lie to the right of the window. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
