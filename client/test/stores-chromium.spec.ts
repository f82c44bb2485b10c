import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { storeChecks } from '../src/stores/conformance.js';
import { CHROMIUM_FLAGS, findChromium, servePage } from './support/chromium.js';
import type { StorePage } from './support/store-page.js';

declare const page: StorePage;

const executablePath = findChromium();
if (!executablePath) console.info('Not checked in a browser: no Chromium is on the PATH');
const inChromium = executablePath ? describe : describe.skip;

/** In bytes: more than all checks need together, less than the one of a full device writes. */
const SMALL_QUOTA = 10 * 2 ** 20;

inChromium('a store over the IndexedDB of Chromium', () => {
  let server: Awaited<ReturnType<typeof servePage>>;
  let browser: Browser;
  let tab: Page;

  beforeAll(async () => {
    server = await servePage('client/test/support/store-page.ts');
    browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
    tab = await browser.newPage();
    const devTools = await tab.context().newCDPSession(tab);
    const origin = new URL(server.url).origin;
    const setQuota = (quotaSize?: number): Promise<unknown> =>
      devTools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize });
    await setQuota(SMALL_QUOTA);
    await tab.exposeFunction('setQuota', (bytes: number | null) => setQuota(bytes ?? undefined));
    await tab.goto(server.url);
    await tab.waitForFunction(() => 'page' in globalThis);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  for (const { name } of storeChecks) {
    test(name, async () => {
      expect(await tab.evaluate((check) => page.runCheck(check), name)).toBeNull();
    });
  }

  test('many rows go into one transaction without waiting for each', async () => {
    expect(await tab.evaluate(() => page.timeImport(5_000))).toBeGreaterThan(0);
  });
});
