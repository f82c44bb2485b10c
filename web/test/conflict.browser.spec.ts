/** Two devices change one entry while neither can reach the server. */
import { beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { accessibilityFaults } from './support/accessibility.js';
import { chip, goOffline, goOnline, seeEntry, signIn, signUp, untilChip, writeEntry } from './support/steps.js';
import { describeInChromium, webAppForTests, type BrowserDevice } from './support/web-app.js';

describeInChromium('an entry that two devices change while they are offline', () => {
  const app = webAppForTests();
  let desk: BrowserDevice;
  let phone: BrowserDevice;
  beforeAll(async () => {
    [desk, phone] = [await app.device(), await app.device({ viewport: { width: 360, height: 740 } })];
    await signIn(phone.page, await signUp(desk.page));
  });

  /** Both devices write over an entry that both have, and come back one after the other. */
  async function writeOver(base: string, onDesk: string, onPhone: string): Promise<void> {
    await writeEntry(desk.page, base);
    await seeEntry(phone.page, base);
    for (const [device, text] of [
      [desk, onDesk],
      [phone, onPhone],
    ] as const) {
      await goOffline(device.context);
      await rewrite(device.page, base, text);
    }
    await goOnline(desk.context);
    await untilChip(desk.page, 'Backed up');
    await goOnline(phone.context);
  }

  test('asks one of them about the sentence that both changed, and is decided there by keyboard alone', async () => {
    await writeOver(
      'It rained. We stayed in. The cat slept.',
      'It poured. We stayed in. The cat slept on the sill.',
      'It snowed. We stayed in all day. The cat slept.',
    );
    await untilChip(phone.page, '1 needs your decision');

    const { page } = phone;
    await press(page, /^Needs attention/);
    await page.getByRole('heading', { name: 'Changed on two devices' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await press(page, /^Decide/);
    const card = page.getByRole('region', { name: 'Part 1 of 1' });
    await card.waitFor();
    expect(await card.locator('ins').allInnerTexts()).toEqual(['snowed', 'poured']);
    await press(page, 'Keep both');
    // The focus goes on to what is next to do.
    await page.locator('#whole-text:focus').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await press(page, 'Save');

    await page.getByText('Nothing needs you.').waitFor();
    await untilChip(page, 'Backed up');
    const merged = 'It snowed. It poured. We stayed in all day. The cat slept on the sill.';
    await seeEntry(page, merged);
    await seeEntry(desk.page, merged);
    await untilChip(desk.page, 'Backed up');
    expect([desk.seen.problems, phone.seen.problems]).toEqual([[], []]);
  });

  test('merges by itself where they changed different sentences', async () => {
    await writeOver('Fog. We walked home.', 'Thick fog. We walked home.', 'Fog. We walked home late.');
    const merged = 'Thick fog. We walked home late.';
    await seeEntry(phone.page, merged);
    await seeEntry(desk.page, merged);
    await untilChip(phone.page, 'Backed up');
    expect(await chip(desk.page)).toBe('Backed up');
    expect(await phone.page.getByRole('link', { name: /^Needs attention/ }).count()).toBe(0);
  });
});

/** Gives an entry other words. */
async function rewrite(page: Page, base: string, text: string): Promise<void> {
  await page.getByRole('link', { name: 'Journal', exact: true }).click();
  await page.getByRole('article').filter({ hasText: base }).getByRole('link').click();
  const editor = page.getByRole('textbox', { name: 'Entry' });
  await editor.fill(text);
  await editor.blur();
  await page.locator('[data-where="saved"]').waitFor();
}

/** Goes on with Tab until the link or button has the focus, and presses Enter. */
async function press(page: Page, name: string | RegExp): Promise<void> {
  const wanted = page.getByRole('button', { name, exact: true }).or(page.getByRole('link', { name }));
  await wanted.waitFor();
  for (let steps = 0; steps < 60; steps += 1) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluate((element) => element === document.activeElement)) return page.keyboard.press('Enter');
  }
  throw new Error(`Tab does not lead to ${String(name)}`);
}
