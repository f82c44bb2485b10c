/** What a person does in the playground. */
import { createHash, randomBytes } from 'node:crypto';
import type { ExecutionResult } from 'graphql';
import type { Locator, Page } from 'playwright-core';

/** What the server answered. */
export type Answer = Pick<ExecutionResult<Record<string, any>>, 'data'> & {
  errors?: { extensions?: Record<string, unknown> }[];
};

/** The tabs that ask once, in their order; the last one, Changed, listens. */
export const ASKING_TABS = ['SignUp', 'SignIn', 'SaveJournal', 'SaveContent', 'LinkContent', 'Push', 'Feed', 'Upload'];

/** Opens the page, and waits until it has read the schema. */
export async function openPlayground(page: Page): Promise<void> {
  const schema = page.waitForResponse((response) => response.request().postData()?.includes('__schema') === true);
  await page.goto('/graphql');
  await schema;
  await page.getByLabel('Operation Editor').locator('.view-line').first().waitFor();
}

/** Runs the operation of a tab, and waits until its answer is shown. */
export async function runTab(page: Page, name: string): Promise<Answer> {
  await openTab(page, name);
  const response = page.waitForResponse(
    (answer) => answer.request().method() === 'POST' && !isRefresh(answer.request().postData()),
  );
  await executeButton(page).click();
  const answer = (await (await response).json()) as Answer;
  const field = Object.keys(answer.data ?? answer)[0] ?? '';
  await resultPane(page).getByText(`"${field}"`).waitFor();
  return answer;
}

/** Whether a request exchanges the token. */
export function isRefresh(body: string | null): boolean {
  return body?.includes('refreshSession') === true;
}

/** Shows a tab. */
export async function openTab(page: Page, name: string): Promise<void> {
  await page.getByRole('tab').getByRole('button', { name, exact: true }).click();
}

/** What runs the operation that is shown, or stops it. */
export function executeButton(page: Page): Locator {
  return page.getByRole('button', { name: /^(Execute|Stop) query/ });
}

/** Where answers are shown. */
export function resultPane(page: Page): Locator {
  return page.getByLabel('Result Window');
}

/** Waits until the line at the top says something. */
export async function untilStatus(page: Page, words: string | RegExp): Promise<void> {
  await page.getByRole('banner').getByRole('status').filter({ hasText: words }).waitFor();
}

/** The codes of the errors of an answer. */
export function codesOf({ errors = [] }: Pick<Answer, 'errors'>): unknown[] {
  return errors.map(({ extensions }) => extensions?.['code']);
}

/** A file of random bytes, and what the server says of it. */
export function someFile(): { name: string; mimeType: string; buffer: Buffer; sha256: string } {
  const buffer = randomBytes(2000);
  const sha256 = createHash('sha256').update(buffer).digest('hex');
  return { name: 'beans.bin', mimeType: 'application/octet-stream', buffer, sha256 };
}
