/** A person finds entries again by the keyboard: by journal, by search, and among those that were deleted. */
import { beforeAll, expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { accessibilityFaults } from './support/accessibility.js';
import { seeEntry, signUp, writeEntry } from './support/steps.js';
import { describeInChromium, webAppForTests, type BrowserDevice } from './support/web-app.js';

describeInChromium('the timeline', () => {
  const app = webAppForTests();
  let device: BrowserDevice;
  let page: Page;
  beforeAll(async () => {
    device = await app.device();
    page = device.page;
    await page.goto('/');
  });

  const entries = (): Locator => page.getByRole('article');
  const write = async (text: string): Promise<void> => {
    await page.getByRole('textbox', { name: 'Entry' }).waitFor();
    await page.keyboard.type(text);
    await page.getByText('Saved on this device').first().waitFor();
  };
  const openTimeline = async (): Promise<void> => {
    await page.getByRole('link', { name: 'Journal', exact: true }).press('Enter');
    await entries().first().waitFor();
  };

  test('welcomes who has written nothing, and says who can read what they write', async () => {
    await page.getByText('the server can read your entries').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('link', { name: 'Start writing' }).press('Enter');
    await write('Rain on the café roof.');
    await openTimeline();
    await page.getByText('Your journal is only on this device').waitFor();
  });

  test('an entry that is begun in a journal is shown under it', async () => {
    await page.getByRole('link', { name: 'Journals' }).press('Enter');
    await page.getByRole('button', { name: 'New journal' }).press('Enter');
    await page.getByRole('dialog', { name: 'New journal' }).waitFor();
    await page.keyboard.type('Garden');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Garden' }).press('Enter');
    await page.getByText('Nothing is written in this journal yet.').waitFor();
    await page.keyboard.press('n');
    await write('The tomatoes are late.');
    await openTimeline();
    expect(await entries().count()).toBe(2);
    await page.getByLabel('Show').selectOption('Garden');
    await entries().first().waitFor();
    await page.waitForFunction(() => document.querySelectorAll('article').length === 1);
    expect(await entries().innerText()).toContain('The tomatoes are late.');
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('a search finds words without their accents, and Back shows what was there before', async () => {
    await openTimeline();
    await page.keyboard.press('/');
    await page.keyboard.type('ROOF cafe');
    await entries().locator('mark', { hasText: 'café' }).waitFor();
    await page.getByText('1 entry', { exact: true }).waitFor();
    expect(await entries().locator('mark').allInnerTexts()).toEqual(['café', 'roof']);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.goBack();
    await page.waitForFunction(() => document.querySelectorAll('article').length === 2);
    expect(await page.getByLabel('Search').inputValue()).toBe('');
  });

  test('keys go from entry to entry, and Back from one comes to where it was', async () => {
    await openTimeline();
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await page.keyboard.press('ArrowDown');
    const second = entries().nth(1).getByRole('link', { name: 'Rain' });
    expect(await second.evaluate((link) => link === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/entry/*');
    await page.goBack();
    await second.waitFor();
    expect(await second.evaluate((link) => link === document.activeElement)).toBe(true);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
  });

  test('a deleted entry comes back with its words', async () => {
    device = await app.device();
    ({ page } = device);
    await signUp(page);
    await writeEntry(page, 'Deleted in haste.');
    // The chip may still say so of what was before.
    await page.locator('[data-where="backed-up"]').waitFor();
    await page.getByRole('button', { name: 'Delete entry' }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).press('Enter');
    await page.getByText('Nothing is written yet.').waitFor();
    await page.getByRole('link', { name: 'Recently deleted' }).press('Enter');
    await page.getByText('Deleted in haste.').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Restore' }).press('Enter');
    const told = page.getByRole('status').filter({ hasText: 'The entry is back in its place.' });
    await told.waitFor();
    expect(await told.evaluate((line) => line === document.activeElement)).toBe(true);
    await seeEntry(page, 'Deleted in haste.');
    expect(device.seen.problems).toEqual([]);
  });
});
