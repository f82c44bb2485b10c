/** The app without a network: it comes up, keeps what is written, and backs it up when the network is back. */
import { expect, test } from '@jest/globals';
import { recordChip, untilKept } from './support/offline.js';
import { goOffline, goOnline, openJournal, seeEntry, signIn, signUp, untilChip, writeEntry } from './support/steps.js';
import { describeInChromium, webAppForTests, type BrowserDevice } from './support/web-app.js';

describeInChromium('the app without a network', () => {
  const app = webAppForTests();
  /** Nothing reaches the server, not even what the browser itself wants. */
  const loseNetwork = async ({ context }: BrowserDevice): Promise<void> => {
    app.line.trouble = () => ({ kind: 'answer', status: 502 });
    await goOffline(context);
  };
  const findNetwork = async ({ context }: BrowserDevice): Promise<void> => {
    app.line.heal();
    await goOnline(context);
  };

  test('comes up after a single visit, at every address, also on a screen that was never opened', async () => {
    const device = await app.device();
    const { page, seen } = device;
    await signUp(page);
    await untilKept(page);
    await loseNetwork(device);
    // The very page that brought the worker has its screens too.
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    const id = await writeEntry(page, 'Written in the first minute.');
    await page.goto(`/entry/${id}`);
    // The editor is there a moment before its words are read.
    await page.waitForFunction(
      (text) => document.querySelector('textarea')?.value === text,
      'Written in the first minute.',
    );
    await page.goto('/settings');
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await page.goto('/no-such-screen').then(
      () => expect('the worker answered for the server').toBe(''),
      () => undefined,
    );
    expect(seen.problems).toEqual([]);
  });

  test('keeps what is written through a reload, and sends it by itself when the network is back', async () => {
    const [train, home] = [await app.device(), await app.device()];
    const { page } = train;
    const account = await signUp(page);
    await signIn(home.page, account);
    await untilChip(page, 'Backed up');
    await untilKept(page);
    await loseNetwork(train);
    const texts = ['The first tunnel.', 'The second tunnel.', 'The sea.'];
    for (const text of texts) await writeEntry(page, text);
    await page.reload();
    for (const text of texts) await seeEntry(page, text);
    await untilChip(page, 'Offline · 3 waiting');
    const said = await recordChip(page);
    await findNetwork(train);
    await untilChip(page, 'Backed up');
    const words = (await said()).map((text) => text.replace(/\d+ of \d+/, 'n of n'));
    expect(words[0]).toBe('Offline · 3 waiting');
    expect(words.at(-1)).toBe('Backed up');
    // A run that takes a moment may be seen, before and after its first answer, and nothing else: no alarm, no way back.
    const passing = ['Saved on this device', 'Backing up', 'Backing up n of n'];
    expect(passing).toEqual(expect.arrayContaining(words.slice(1, -1)));
    for (const text of texts) await seeEntry(home.page, text);
    expect([train.seen.problems, home.seen.problems]).toEqual([[], []]);
  });

  test('never keeps an answer of the server', async () => {
    const { page } = await app.device();
    await signUp(page);
    await untilKept(page);
    await page.reload();
    await writeEntry(page, 'Between us.');
    await untilChip(page, 'Backed up');
    await openJournal(page);
    const kept = await page.evaluate(async () => {
      const caching = (await caches.keys()).map(async (name) => (await caches.open(name)).keys());
      return (await Promise.all(caching)).flat().map(({ url }) => new URL(url).pathname);
    });
    expect(kept).toContain('/index.html');
    expect(kept.filter((path) => !/^\/(assets\/.+|[\w-]+\.(html|svg|png|webmanifest))$/.test(path))).toEqual([]);
  });
});
