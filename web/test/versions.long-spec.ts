/** An old and a new version of the app side by side: each tab goes on as it began, until its person wants the new one. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { untilKept } from './support/offline.js';
import { seeEntry, signUp, untilChip, writeEntry } from './support/steps.js';
import { buildLater, cachesOf, lookForVersion, serveInstead, versionOf } from './support/versions.js';
import { describeInChromium, webAppForTests, type BrowserDevice } from './support/web-app.js';

const newVersionLine = (page: Page) => page.getByRole('status', { name: 'Version' });
const reloadButton = (page: Page) => newVersionLine(page).getByRole('button', { name: 'Reload' });

describeInChromium('two versions of the app', () => {
  const app = webAppForTests();
  let device: BrowserDevice;
  let folder: string;
  let serveFirst: () => Promise<void>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'logdate-later-'));
  });
  afterEach(() => serveFirst());
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** A device that runs the first version, once the later one is served. */
  const upgrade = async (...changes: Parameters<typeof buildLater>[1][]): Promise<Page> => {
    buildLater(folder, ...changes);
    device = await app.device();
    await signUp(device.page);
    await untilChip(device.page, 'Backed up');
    await untilKept(device.page);
    serveFirst = await serveInstead(app, folder);
    return device.page;
  };

  test('the old one goes on with screens that it never opened, until its person takes the new one', async () => {
    const first = await upgrade();
    const second = await device.context.newPage();
    await second.goto('/');
    const old = await versionOf(first);
    expect(await versionOf(second)).toBe(old);
    await lookForVersion(first);
    await newVersionLine(first).filter({ hasText: 'A new version is ready.' }).waitFor();
    await newVersionLine(second).filter({ hasText: 'A new version is ready.' }).waitFor();
    expect(await cachesOf(first)).toHaveLength(2);

    await writeEntry(first, 'Typed just be');
    await first.getByRole('textbox', { name: 'Entry' }).press('End');
    await first.keyboard.type('fore the reload.');
    const reloads: string[] = [];
    for (const page of [first, second]) page.on('load', () => reloads.push(page === first ? 'first' : 'second'));
    await reloadButton(first).click();
    await seeEntry(first, 'Typed just before the reload.');
    expect(await versionOf(first)).not.toBe(old);
    await newVersionLine(first).filter({ hasNotText: 'new version' }).waitFor({ state: 'attached' });

    // The other tab is as it was, and has the files that it asks for only now; the server has them no more.
    await second.getByRole('link', { name: 'Settings' }).click();
    await second.getByRole('heading', { name: 'Settings', exact: true }).waitFor();
    await writeEntry(second, 'Written in the old version.');
    await seeEntry(first, 'Written in the old version.');
    expect(await versionOf(second)).toBe(old);
    expect(await cachesOf(second)).toHaveLength(2);

    await reloadButton(second).click();
    await expectVersion(second, await versionOf(first));
    await seeEntry(second, 'Typed just before the reload.');
    await second.waitForFunction(async () => (await caches.keys()).length === 1);
    expect(reloads).toEqual(['first', 'second']);
    expect(device.seen.problems).toEqual([]);
  });

  test('a tab without storage, because the new one changed it, says so and brings its text along', async () => {
    const old = await upgrade('next-schema');
    const id = await writeEntry(old, 'Begun in the old version.');
    // As a person reloads who holds the shift key: past the worker.
    const next = await device.context.newPage();
    await passWorker(next);
    await next.goto('/');
    await next.getByText('Begun in the old version.').waitFor();
    expect(await versionOf(next)).not.toBe(await versionOf(old));

    await old.getByRole('textbox', { name: 'Entry' }).press('End');
    await old.keyboard.type(' And ended there.');
    const banner = old.getByRole('alert').filter({ hasText: 'A newer LogDate is open in another tab.' });
    await banner.waitFor();
    await untilChip(old, 'Not saved');
    expect(await old.getByRole('textbox', { name: 'Entry' }).inputValue()).toBe(
      'Begun in the old version. And ended there.',
    );
    await lookForVersion(old);
    await newVersionLine(old).filter({ hasText: 'A new version is ready.' }).waitFor();
    await banner.getByRole('button', { name: 'Reload' }).click();
    await expectVersion(old, await versionOf(next));
    expect(new URL(old.url()).pathname).toBe(`/entry/${id}`);
    await seeEntry(next, 'Begun in the old version. And ended there.');
    await untilChip(old, 'Backed up');
    expect(device.seen.problems).toEqual([]);
  });
});

async function expectVersion(page: Page, script: string): Promise<void> {
  await page.waitForFunction(
    (src) => document.querySelector<HTMLScriptElement>('script[type=module]')?.src === src,
    script,
  );
}

async function passWorker(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.setBypassServiceWorker', { bypass: true });
}
