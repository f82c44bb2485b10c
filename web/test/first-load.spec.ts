/** The app comes up in a browser under the policy that the server gives it, and an entry gets to another device. */
import { expect, test } from '@jest/globals';
import { accessibilityFaults } from './support/accessibility.js';
import { isGraphql } from './support/line.js';
import { goOffline, goOnline, newEntryLink, seeEntry, signIn, signUp, untilChip, writeEntry } from './support/steps.js';
import { describeInChromium, webAppForTests } from './support/web-app.js';

const CLEAN = { problems: [], failedRequests: [] };

describeInChromium('the app in a browser', () => {
  const app = webAppForTests();

  test('comes up without a breach of its policy, an error, or a request to anybody else', async () => {
    const { page, seen } = await app.device();
    const answer = await page.goto('/');
    expect(answer?.headers()['content-security-policy']).toContain("script-src 'self';");
    await newEntryLink(page).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(seen).toEqual(CLEAN);
  });

  test('backs an entry up, and another device of the same person shows it', async () => {
    const [desk, phone] = [await app.device(), await app.device()];
    const account = await signUp(desk.page);
    await writeEntry(desk.page, 'It rained in the garden.');
    await untilChip(desk.page, 'Backed up');
    await signIn(phone.page, account);
    await seeEntry(phone.page, 'It rained in the garden.');
    // Without a reload: the server tells the device that is open.
    await writeEntry(phone.page, 'The sun came out.');
    await seeEntry(desk.page, 'The sun came out.');
    expect([desk.seen, phone.seen]).toEqual([CLEAN, CLEAN]);
  });

  test('says so while the server cannot be reached, and backs up once it can', async () => {
    const { page, context, seen } = await app.device();
    await signUp(page);
    await untilChip(page, 'Backed up');
    await goOffline(context);
    await writeEntry(page, 'Written on the train.');
    await untilChip(page, 'Offline');
    app.line.trouble = (request) => (isGraphql(request) ? { kind: 'answer', status: 503 } : undefined);
    await goOnline(context);
    await untilChip(page, 'reach LogDate Cloud');
    expect(app.line.troubled).toBeGreaterThan(0);
    app.line.heal();
    await untilChip(page, 'Backed up');
    expect(seen.problems).toEqual([]);
  });
});
