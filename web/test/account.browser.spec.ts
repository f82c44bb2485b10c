/** Coming and going: what is said, what stays on the device, and what becomes of the entries of nobody. */
import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { send } from '../../test/support/device.js';
import { accessibilityFaults } from './support/accessibility.js';
import { isGraphql } from './support/line.js';
import { newAccount, seeEntry, signUp, untilChip, writeEntry } from './support/steps.js';
import { describeInChromium, webAppForTests } from './support/web-app.js';

describeInChromium('an account in a browser', () => {
  const app = webAppForTests();

  test('says which field is wrong, goes there, and says that the text is safe while nobody answers', async () => {
    const { page } = await app.device();
    const taken = await app.server.signUp();
    await page.goto('/sign-up');
    await fill(page, 'ab', 'a good password', 'Create account');
    await problem(page, 'Use an email address, or a name of 3 to 64 characters.');
    expect(await focused(page)).toBe('username');
    await fill(page, taken.user.username, 'short', 'Create account');
    await problem(page, 'This password is too short.');
    expect(await focused(page)).toBe('password');
    await fill(page, taken.user.username, 'another password', 'Create account');
    await problem(page, 'This name is taken');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('link', { name: 'Sign in', exact: true }).click();
    await fill(page, taken.user.username, 'another password', 'Sign in');
    await problem(page, 'This name and password do not go together.');
    app.line.trouble = (request) => (isGraphql(request) ? { kind: 'answer', status: 503 } : undefined);
    await fill(page, ` ${taken.user.username} `, 'a good password', 'Sign in');
    await problem(
      page,
      "LogDate Cloud can't be reached. Try again in a moment. What you wrote is safe on this device.",
    );
    app.line.heal();
    await page.getByLabel('Password', { exact: true }).press('Enter');
    await page.getByRole('link', { name: 'New entry' }).waitFor();
  });

  test('asks for the password again after a session has ended, and then sends what was written meanwhile', async () => {
    const { page } = await app.device();
    const account = newAccount();
    const token = page.waitForRequest((request) => 'authorization' in request.headers());
    await signUp(page, account);
    const { authorization } = (await token).headers();
    await untilChip(page, 'Backed up');
    await send(app.server.url, 'mutation { signOut }', {}, { authorization: String(authorization) });
    await writeEntry(page, 'Written without a session.');
    await untilChip(page, 'Sign in again');
    await page.locator('.banner').getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('1 change is safe on this device and goes up after you sign in.').waitFor();
    expect(await page.getByLabel('Email or user name').inputValue()).toBe(account.username);
    await page.getByLabel('Password', { exact: true }).fill(account.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await untilChip(page, 'Backed up');
    await seeEntry(page, 'Written without a session.');
  });

  test('counts what is not backed up at a sign-out, backs it up first, and takes the other tabs along', async () => {
    const { page, context } = await app.device();
    await signUp(page);
    await untilChip(page, 'Backed up');
    expect(await journals(page)).toHaveLength(2);
    const other = await context.newPage();
    await other.goto('/settings');
    app.line.trouble = (request) => (isGraphql(request) ? { kind: 'hold', after: 0 } : undefined);
    await writeEntry(page, 'Only here so far.');
    const dialog = await openSignOut(page);
    await dialog.getByText('Not in LogDate Cloud yet: 1 change.').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Back up first' }).click();
    await dialog.getByText('Still to go up: 1 change.').waitFor();
    app.line.heal();
    await dialog.getByText('Everything is in LogDate Cloud.', { exact: true }).waitFor();
    await dialog.getByRole('button', { name: 'Delete from this device' }).click();
    await page.getByRole('link', { name: 'Start writing' }).waitFor();
    await other.getByText('Nobody is signed in.').waitFor();
    expect(await journals(page)).toEqual(['logdate-nobody']);
  });

  test('names what would be lost before it deletes, and shows what was kept after the next sign-in', async () => {
    const { page } = await app.device();
    const account = await signUp(page);
    await untilChip(page, 'Backed up');
    app.line.trouble = (request) => (isGraphql(request) ? { kind: 'answer', status: 503 } : undefined);
    await writeEntry(page, 'Kept for later.');
    const dialog = await openSignOut(page);
    await dialog.getByRole('button', { name: 'Delete from this device' }).click();
    const confirming = page.getByRole('dialog', { name: 'Delete 1 change for good?' });
    await confirming.getByRole('button', { name: 'Delete 1 change' }).waitFor();
    await confirming.getByRole('button', { name: 'Back', exact: true }).click();
    await dialog.getByRole('button', { name: 'Keep on this device' }).click();
    await page.getByRole('link', { name: 'Start writing' }).waitFor();
    app.line.heal();
    await page.goto('/sign-in');
    await fill(page, account.username, account.password, 'Sign in');
    await untilChip(page, 'Backed up');
    await seeEntry(page, 'Kept for later.');
  });

  test('combines what was written before the sign-in with the journal of the account, once and for all', async () => {
    const [phone, desk] = [await app.device(), await app.device()];
    const account = await signUp(phone.page);
    await writeEntry(phone.page, 'Of the phone.');
    await untilChip(phone.page, 'Backed up');
    const { page } = desk;
    await page.goto('/new');
    await page.getByRole('textbox', { name: 'Entry' }).fill('Before any account.');
    await page.waitForURL('**/entry/*');
    await page.goto('/sign-in');
    await fill(page, account.username, account.password, 'Sign in');
    await page.getByRole('heading', { name: 'Two journals, one person' }).waitFor();
    // Closed without an answer, it is asked again.
    await page.goto('/');
    await page.getByRole('heading', { name: 'Two journals, one person' }).waitFor();
    for (const side of await page.locator('.both-sides dd').all()) await side.getByText('1 entry').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Combine' }).click();
    await seeEntry(page, 'Before any account.');
    await seeEntry(page, 'Of the phone.');
    expect(await journals(page)).not.toContain('logdate-nobody');
    await seeEntry(phone.page, 'Before any account.');
  });

  test('tells in plain words what backup did, and in settings how things stand', async () => {
    const { page } = await app.device();
    const account = await signUp(page);
    await writeEntry(page, 'For the log.');
    await untilChip(page, 'Backed up');
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByText(`Signed in as ${account.username}`).waitFor();
    await page.getByText('LogDate Cloud: 1 entry.').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('link', { name: 'Activity' }).click();
    // Which of its reasons came first is the machine's affair.
    await page
      .getByText(/^Backed up, /)
      .first()
      .waitFor();
    await page.getByLabel('Problems').check();
    await page.getByText('Nothing of this kind is in the log.').waitFor();
    await page.getByLabel('Backups').check();
    await page
      .getByText(/^Backed up, /)
      .first()
      .waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});

async function fill(page: Page, username: string, password: string, button: string): Promise<void> {
  await page.getByLabel('Email or user name').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: button, exact: true }).click();
}

async function problem(page: Page, text: string): Promise<void> {
  await page.getByRole('alert').filter({ hasText: text }).waitFor();
}

function focused(page: Page): Promise<string | null> {
  return page.evaluate(() => document.activeElement?.getAttribute('name') ?? null);
}

async function openSignOut(page: Page): Promise<ReturnType<Page['getByRole']>> {
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Sign out…' }).click();
  return page.getByRole('dialog', { name: 'Sign out' });
}

/** The journals that this browser holds. */
function journals(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const names = (await indexedDB.databases()).map(({ name }) => name ?? '');
    return names.filter((name) => name === 'logdate-nobody' || /^logdate-[0-9a-f-]{36}$/.test(name)).sort();
  });
}
