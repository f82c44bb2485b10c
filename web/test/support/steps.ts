/** What a person does in the app, by the words on the screen. */
import { randomUUID } from 'node:crypto';
import type { BrowserContext, Locator, Page } from 'playwright-core';

/** What a person types to get in. */
export interface Account {
  username: string;
  password: string;
}

/** An account that nobody has made yet. */
export function newAccount(): Account {
  return { username: `user-${randomUUID()}`, password: 'a good password' };
}

/** Makes an account and waits for its journal. */
export async function signUp(page: Page, account: Account = newAccount()): Promise<Account> {
  await open(page, '/sign-up');
  await enter(page, account, 'Create account');
  return account;
}

/** Signs in and waits for the journal. */
export async function signIn(page: Page, account: Account): Promise<void> {
  await open(page, '/sign-in');
  await enter(page, account, 'Sign in');
}

/** Types an address of the app. */
async function open(page: Page, path: string): Promise<void> {
  // The tab of a browser that can be killed knows no base of its own.
  await page.goto(page.url() === 'about:blank' ? path : new URL(path, page.url()).href);
}

async function enter(page: Page, { username, password }: Account, button: string): Promise<void> {
  const form = page.locator('form').filter({ has: page.getByLabel('Password', { exact: true }) });
  await form.getByLabel('Email or user name').fill(username);
  await form.getByLabel('Password', { exact: true }).fill(password);
  await form.getByRole('button', { name: button, exact: true }).click();
  await page.getByRole('link', { name: 'New entry' }).waitFor();
}

/** The way to a new entry; the welcome has it in words of its own, for who has written nothing. */
export function newEntryLink(page: Page): Locator {
  return page.getByRole('link', { name: /^(New entry|Start writing)$/ });
}

/** Goes to the timeline. */
export async function openJournal(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Journal', exact: true }).click();
  await newEntryLink(page).waitFor();
}

/** Writes an entry, waits until this device has it, and stays in the editor. @returns its id */
export async function writeEntry(page: Page, text: string): Promise<string> {
  await openJournal(page);
  await newEntryLink(page).click();
  const editor = page.getByRole('textbox', { name: 'Entry' });
  await editor.fill(text);
  await editor.blur();
  await page.locator('[data-where="saved"], [data-where="backed-up"]').waitFor();
  return new URL(page.url()).pathname.split('/').at(-1) ?? '';
}

/** Waits until the timeline shows an entry with a text; goes there first. */
export async function seeEntry(page: Page, text: string): Promise<void> {
  await openJournal(page);
  await page.getByRole('article').filter({ hasText: text }).waitFor();
}

/** What the chip says now. */
export async function chip(page: Page): Promise<string> {
  return (await page.getByRole('status', { name: 'Backup' }).innerText()).trim();
}

/** Waits until the chip says it. */
export async function untilChip(page: Page, says: string | RegExp): Promise<void> {
  await page.getByRole('status', { name: 'Backup' }).filter({ hasText: says }).waitFor();
}

/** As a plane's mode does, for all tabs of a device. */
export function goOffline(context: BrowserContext): Promise<void> {
  return context.setOffline(true);
}

export function goOnline(context: BrowserContext): Promise<void> {
  return context.setOffline(false);
}
