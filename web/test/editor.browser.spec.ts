/** An entry as it is written: its words, its photos, and the line that says where they are. */
import { expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { accessibilityFaults } from './support/accessibility.js';
import { isUpload } from './support/line.js';
import { newEntryLink, seeEntry, signIn, signUp, untilChip, writeEntry } from './support/steps.js';
import { describeInChromium, webAppForTests } from './support/web-app.js';

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
/** More than goes with one request; what follows the last chunk of a picture is left alone by who shows it. */
const LARGE_BYTES = 9 * 2 ** 20;

describeInChromium('the editor', () => {
  const app = webAppForTests();

  test('keeps what was typed in the very moment before a reload, without an account', async () => {
    const { page, seen } = await app.device();
    await page.goto('/new');
    await editorOf(page).pressSequentially('It rained');
    await page.reload();
    await expectText(page, 'It rained');
    expect(new URL(page.url()).pathname).toMatch(/^\/entry\//);
    await untilWhere(page, 'Saved on this device');
    expect(seen.problems).toEqual([]);
  });

  test('says that a text is not saved, keeps it, and saves it when there is room again', async () => {
    const { page } = await app.device();
    await page.goto('/new');
    await editorOf(page).waitFor();
    await page.evaluate(() => {
      const { prototype } = IDBObjectStore;
      const put = Object.getOwnPropertyDescriptor(prototype, 'put') ?? {};
      const noRoom = (): never => {
        throw new DOMException('No room', 'QuotaExceededError');
      };
      Object.assign(globalThis, { makeRoom: () => Object.defineProperty(prototype, 'put', put) });
      Object.defineProperty(prototype, 'put', { ...put, value: noRoom });
    });
    await editorOf(page).fill('Words in danger');
    await page.getByRole('alert').filter({ hasText: 'Not saved. This device is full.' }).waitFor();
    await expectText(page, 'Words in danger');
    await page.evaluate('void makeRoom()');
    await untilWhere(page, 'Saved on this device');
    await page.reload();
    await expectText(page, 'Words in danger');
  });

  test('shows what another device wrote while nothing is typed here, around the caret', async () => {
    const [desk, phone] = [await app.device(), await app.device()];
    const account = await signUp(desk.page);
    await writeEntry(desk.page, 'One. Three.');
    await untilWhere(desk.page, 'Backed up');
    await setCaret(desk.page, 'One.'.length);
    await signIn(phone.page, account);
    await seeEntry(phone.page, 'One. Three.');
    await phone.page.getByRole('article').filter({ hasText: 'One. Three.' }).click();
    await expectText(phone.page, 'One. Three.');
    await editorOf(phone.page).fill('Zero. One. Three.');
    await expectText(desk.page, 'Zero. One. Three.');
    await desk.page.keyboard.type(' Two.');
    await expectText(phone.page, 'Zero. One. Two. Three.');
  });

  test('goes on with a photo after a reload in the middle, and sends each byte once', async () => {
    const { page, seen } = await app.device();
    await signUp(page);
    await page.goto('/new');
    await page.getByRole('button', { name: 'Add photos or recordings' }).waitFor();
    const offsets: number[] = [];
    let isHeld = true;
    app.line.trouble = (request) => {
      if (!isUpload(request)) return undefined;
      offsets.push(Number(request.headers['upload-offset']));
      return isHeld && offsets.length > 2 ? { kind: 'hold', after: 0 } : undefined;
    };
    const photo = Buffer.concat([PIXEL, Buffer.alloc(LARGE_BYTES - PIXEL.length)]);
    await page.getByLabel('Photos or recordings', { exact: true }).setInputFiles({
      name: 'garden.png',
      mimeType: 'image/png',
      buffer: photo,
    });
    await app.line.untilHeld();
    const progress = page.getByRole('progressbar', { name: 'Backing up garden.png' });
    await progress.waitFor();
    const before = await progress.evaluate((bar) => (bar as HTMLProgressElement).value);
    expect(before).toBeGreaterThan(0);
    await untilWhere(page, 'Words backed up');

    await page.reload();
    await progress.waitFor();
    expect(await progress.evaluate((bar) => (bar as HTMLProgressElement).value)).toBeGreaterThanOrEqual(before);
    await page.getByRole('img', { name: 'garden.png' }).waitFor();
    isHeld = false;
    app.line.heal();
    await progress.waitFor({ state: 'detached' });
    await untilWhere(page, 'Backed up');
    await untilChip(page, 'Backed up');
    const held = offsets[2];
    // The one that was held is sent again, and none that had arrived.
    expect(offsets.filter((offset) => offset !== held)).toEqual([...new Set(offsets)].filter((at) => at !== held));
    expect(offsets).toEqual([...offsets].sort((one, other) => one - other));
    expect(seen.problems).toEqual([]);
  });

  test('takes a pasted photo, shows it, and removes it once that is confirmed; all of it fit for everybody', async () => {
    const { page, seen } = await app.device();
    await page.goto('/new');
    await page.getByRole('button', { name: 'Add photos or recordings' }).waitFor();
    await paste(page, { name: 'roses.png', type: 'image/png', base64: PIXEL.toString('base64') });
    await page.getByRole('img', { name: 'roses.png' }).waitFor();
    await paste(page, { name: 'letter.pdf', type: 'application/pdf', base64: 'eA==' });
    await page.getByRole('alert').filter({ hasText: 'Only photos, films and recordings can be added.' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Remove roses.png' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Remove this file?' });
    await dialog.waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('img', { name: 'roses.png' }).waitFor();
    await page.getByRole('button', { name: 'Remove roses.png' }).press('Enter');
    await dialog.getByRole('button', { name: 'Remove' }).press('Enter');
    await page.getByRole('img', { name: 'roses.png' }).waitFor({ state: 'detached' });
    expect(seen.problems).toEqual([]);
  });

  test('deletes an entry by keyboard, after asking', async () => {
    const { page } = await app.device();
    await signUp(page);
    await writeEntry(page, 'To be deleted');
    await untilWhere(page, 'Backed up');
    await page.getByRole('button', { name: 'Delete entry' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Delete this entry?' });
    await dialog.getByText('You can restore it from Recently deleted.').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await newEntryLink(page).waitFor();
    await page.getByText('To be deleted').waitFor({ state: 'detached' });
  });
});

function editorOf(page: Page): Locator {
  return page.getByRole('textbox', { name: 'Entry', exact: true });
}

async function expectText(page: Page, text: string): Promise<void> {
  await page.waitForFunction(
    (wanted) => document.querySelector<HTMLTextAreaElement>('textarea[aria-label="Entry"]')?.value === wanted,
    text,
  );
}

async function untilWhere(page: Page, words: string): Promise<void> {
  await page.locator('[data-where]').getByText(words, { exact: true }).waitFor();
}

async function setCaret(page: Page, at: number): Promise<void> {
  await editorOf(page).evaluate((place, position) => {
    place.focus();
    (place as HTMLTextAreaElement).setSelectionRange(position, position);
  }, at);
}

function paste(page: Page, file: { name: string; type: string; base64: string }): Promise<void> {
  return page.evaluate(({ name, type, base64 }) => {
    const clipboardData = new DataTransfer();
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    clipboardData.items.add(new File([bytes], name, { type }));
    const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
    document.activeElement?.dispatchEvent(event);
  }, file);
}
