/** The playground as people have it: in Chromium, which reaches no other host. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { send } from '../../test/support/device.js';
import { until } from '../../test/support/killable-server.js';
import { describeInChromium, webAppForTests, type BrowserDevice } from '../../web/test/support/web-app.js';
import {
  ASKING_TABS,
  codesOf,
  executeButton,
  isRefresh,
  openPlayground,
  openTab,
  resultPane,
  runTab,
  someFile,
  untilStatus,
  type Answer,
} from './support/steps.js';

/**
 * What axe finds in GraphiQL itself: the editor's line numbers, comments and numbers are pale, and its tabs are list
 * items that are said to be tabs, with buttons in them.
 */
const FAULTS_OF_GRAPHIQL = ['color-contrast in the editor', 'nested-interactive in the tabs'];

const NOBODY = 'Nobody is signed in';
const SESSION = 'logdate:session';

describeInChromium('the playground', () => {
  const app = webAppForTests();

  async function opened(): Promise<BrowserDevice> {
    const device = await app.device({ viewport: { width: 1280, height: 800 } });
    await openPlayground(device.page);
    return device;
  }

  test('signs up, runs each example as it is, and asks nothing of another host', async () => {
    const { page, seen } = await opened();
    const answers: Record<string, Answer['data']> = {};
    for (const tab of ASKING_TABS) {
      const { data, errors } = await runTab(page, tab);
      expect([tab, errors]).toEqual([tab, undefined]);
      answers[tab] = data;
    }
    const { username } = answers['SignUp']!['signUp'].user;
    await untilStatus(page, `Signed in as ${username}`);
    // The ids of the examples fit together.
    const media = [expect.objectContaining({ fileName: 'picture.png' })];
    const { journalChanges, contentChanges, syncStatus } = (await runTab(page, 'Feed')).data!;
    expect(journalChanges.changes).toEqual([{ id: answers['LinkContent']!['linkContent'].journalId, title: 'Garden' }]);
    expect(contentChanges.changes).toContainEqual({
      id: answers['LinkContent']!['linkContent'].contentId,
      content: 'The first beans are up.',
      media,
    });
    expect(syncStatus).toMatchObject({ journalCount: 1, contentCount: 2, associationCount: 2, mediaCount: 1 });
    expect(seen).toEqual({ problems: [], failedRequests: [] });
  });

  test('shows what a subscription is told, until it is stopped', async () => {
    const { page, seen } = await opened();
    await runTab(page, 'SignUp');
    await openTab(page, 'Changed');
    const writing = page.getByRole('button', { name: 'Write from another device' });
    await writing.waitFor({ state: 'detached' });
    await executeButton(page).click();
    // A server does not say when it has begun to listen.
    await until('the event is shown', async () => {
      await writing.click();
      return resultPane(page).getByText('another device').isVisible();
    });
    await executeButton(page).click();
    await writing.waitFor({ state: 'detached' });
    expect(await executeButton(page).getAttribute('aria-label')).toMatch(/^Execute/);
    expect(seen).toEqual({ problems: [], failedRequests: [] });
  });

  test('says what a subscription lacks that comes without a token', async () => {
    const { page } = await opened();
    await openTab(page, 'Changed');
    await executeButton(page).click();
    await resultPane(page).getByText('needs a token').waitFor();
  });

  test('uploads the file that was chosen', async () => {
    const { page } = await opened();
    await runTab(page, 'SignUp');
    const { sha256, ...file } = someFile();
    await page.getByLabel('File for Upload').setInputFiles(file);
    const { data } = await runTab(page, 'Upload');
    expect(data?.['uploadMedia']).toMatchObject({ sizeBytes: file.buffer.length, sha256, status: 'READY' });
  });

  test('keeps examples and token for its tab: over a reload, and from every other tab', async () => {
    const { page, context } = await opened();
    const { data } = await runTab(page, 'SignUp');
    await runTab(page, 'SaveJournal');
    await openPlayground(page);
    await untilStatus(page, data!['signUp'].user.username);
    const feed = await runTab(page, 'Feed');
    expect(feed.data!['journalChanges'].changes).toHaveLength(1);
    const other = await context.newPage();
    await openPlayground(other);
    await untilStatus(other, NOBODY);
    expect(codesOf(await runTab(other, 'Feed'))).toContain('UNAUTHENTICATED');
    expect(await other.evaluate(() => Object.keys(localStorage))).toEqual([]);
  });

  test('exchanges a token that is about to end before it sends it', async () => {
    const { page } = await opened();
    const { data } = await runTab(page, 'SignUp');
    await page.evaluate((key) => {
      const session = JSON.parse(sessionStorage.getItem(key) ?? '') as object;
      sessionStorage.setItem(key, JSON.stringify({ ...session, expiresAt: Date.now() }));
    }, SESSION);
    const tokens: unknown[] = [];
    page.on('request', (request) => {
      if (request.method() !== 'POST') return;
      tokens.push(isRefresh(request.postData()) ? 'exchanged' : request.headers()['authorization']);
    });
    // To read the schema is the first request of the page.
    await openPlayground(page);
    expect(codesOf(await runTab(page, 'Feed'))).toEqual([]);
    const next = expect.stringMatching(/^Bearer /);
    expect(tokens).toEqual(['exchanged', next, next]);
    expect(tokens).not.toContain(`Bearer ${data!['signUp'].accessToken}`);
    await untilStatus(page, data!['signUp'].user.username);
  });

  test('signs out here and at the server', async () => {
    const { page } = await opened();
    const { data } = await runTab(page, 'SignUp');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await untilStatus(page, NOBODY);
    const authorization = `Bearer ${data!['signUp'].accessToken}`;
    expect(codesOf(await send(app.server.url, '{ me { id } }', {}, { authorization }))).toEqual(['UNAUTHENTICATED']);
    expect(await page.evaluate((key) => sessionStorage.getItem(key), SESSION)).toBeNull();
  });

  test('notices a session that was ended elsewhere', async () => {
    const { page } = await opened();
    const { data } = await runTab(page, 'SignUp');
    const authorization = `Bearer ${data!['signUp'].accessToken}`;
    await send(app.server.url, 'mutation { signOut }', {}, { authorization });
    expect(codesOf(await runTab(page, 'Feed'))).toContain('UNAUTHENTICATED');
    await untilStatus(page, NOBODY);
  });

  test('has what the schema says of each thing', async () => {
    const { page } = await opened();
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.getByRole('link', { name: 'ErrorCode', exact: true }).click();
    await page.getByText('Why something was refused').waitFor();
    await page.getByText('Too many requests').waitFor();
  });

  test('can be used by everybody, but for what is listed of GraphiQL itself', async () => {
    const { page } = await opened();
    await runTab(page, 'SignUp');
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.getByRole('link', { name: 'ErrorCode', exact: true }).waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      expect([colorScheme, await accessibilityFaults(page)]).toEqual([colorScheme, FAULTS_OF_GRAPHIQL]);
    }
  });
});

/** What axe finds, once for each part of the page. */
async function accessibilityFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().options({ preload: false }).analyze();
  const faults = new Set<string>();
  for (const { id, nodes } of violations) {
    for (const { target } of nodes) {
      const part = await page.locator(String(target[0])).evaluate((element) => {
        if (element.closest('.monaco-editor') !== null) return 'the editor';
        return element.closest('[role=tablist]') === null ? element.outerHTML : 'the tabs';
      });
      faults.add(`${id} in ${part}`);
    }
  }
  return [...faults].toSorted();
}
