/** What was left behind by a tab that was closed goes up by itself. */
import { expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { isGraphql } from './support/line.js';
import { untilKept } from './support/offline.js';
import { openJournal, seeEntry, signIn, signUp, untilChip, writeEntry } from './support/steps.js';
import { describeInChromium, webAppForTests } from './support/web-app.js';

const TAG = 'backup';

describeInChromium('a journal that no tab shows', () => {
  const app = webAppForTests();

  test('is backed up when the browser tells the worker that there is a network', async () => {
    const [train, home] = [await app.device(), await app.device()];
    const account = await signUp(train.page);
    await signIn(home.page, account);
    await untilChip(train.page, 'Backed up');
    await untilKept(train.page);
    const wake = await workerWaker(train.context, app.line.url);
    app.line.trouble = (request) => (isGraphql(request) ? { kind: 'answer', status: 502 } : undefined);
    await writeEntry(train.page, 'Written, and the lid closed.');
    await openJournal(train.page);
    await hide(train.page);
    await train.page.waitForFunction(askedFor, TAG);
    await train.page.close();
    app.line.heal();
    await wake();
    await seeEntry(home.page, 'Written, and the lid closed.');
    const back = await train.context.newPage();
    await back.goto('/');
    await untilChip(back, /^Backed up$/);
    expect([train.seen.problems, home.seen]).toEqual([[], { problems: [], failedRequests: [] }]);
  });
});

/** As another tab or app before it does; without a window, a tab is never hidden. */
async function hide(page: Page): Promise<void> {
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
}

async function askedFor(tag: string): Promise<boolean> {
  const registration: ServiceWorkerRegistration & { sync?: { getTags(): Promise<string[]> } } =
    await navigator.serviceWorker.ready;
  return (await registration.sync?.getTags())?.includes(tag) === true;
}

/** Has the browser say to the worker what it says when the network is back. */
async function workerWaker(context: BrowserContext, url: string): Promise<() => Promise<void>> {
  const blank = await context.newPage();
  const session = await context.newCDPSession(blank);
  const registrationId = new Promise<string>((found) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const mine = registrations.find(({ scopeURL, isDeleted }) => scopeURL === `${url}/` && !isDeleted);
      if (mine !== undefined) found(mine.registrationId);
    });
  });
  await session.send('ServiceWorker.enable');
  const event = { origin: url, registrationId: await registrationId, tag: TAG, lastChance: false };
  return async () => void (await session.send('ServiceWorker.dispatchSyncEvent', event));
}
