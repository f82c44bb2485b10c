import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { libsqlStore } from '../src/node/libsql.js';
import { findChromium, servePage } from './support/chromium.js';
import { startChromium } from './support/killable-chromium.js';
import type { KillableChromium } from './support/killable-chromium.js';
import { findBatches } from './support/store-batches.js';
import type { StorePage } from './support/store-page.js';
import { bundleWriter, killAfter, startWriter } from './support/store-processes.js';
import { scratchFolder } from './support/store-storages.js';

declare const page: StorePage;

const folder = scratchFolder();
afterAll(folder.remove);

const PROCESS_KILLS = 60;
const BROWSER_KILLS = 8;
const ROWS = 40;

/** A whole number from 1 to `most`. */
const random = (most: number): number => 1 + Math.floor(Math.random() * most);

test('a process that is killed at any moment leaves whole transactions, and all that it has acknowledged', async () => {
  const writer = await bundleWriter(folder.path);
  const path = join(folder.path, 'killed');
  for (let kill = 0; kill < PROCESS_KILLS; kill++) {
    const [statement, acknowledgements] = kill % 2 === 0 ? [random(500), Infinity] : [0, random(30)];
    const acknowledged = await killAfter(startWriter(writer, path, 'write', `${statement}`), acknowledgements);
    const store = libsqlStore(path);
    const found = await findBatches(store);
    await store.close();
    expect({ kill, statement, acknowledgements, torn: found.torn }).toMatchObject({ torn: [] });
    expect(found.last).toBeGreaterThanOrEqual(acknowledged);
  }
});

const executable = findChromium();
if (!executable) console.info('Not killed: no Chromium is on the PATH');

(executable ? describe : describe.skip)('a browser', () => {
  let running: KillableChromium | undefined;
  afterAll(() => running?.kill());

  // One kill for each profile: Chromium deletes an IndexedDB whose log was cut in mid-record, written on and opened
  // again (github.com/google/leveldb/issues/1287), so after two kills there may be nothing; see docs/limitations.md.
  test('that is killed leaves whole transactions, and all that it has acknowledged', async () => {
    const server = await servePage('client/test/support/store-page.ts');
    for (let kill = 0; kill < BROWSER_KILLS; kill++) {
      const profile = join(folder.path, `profile-${kill}`);
      running = await startChromium(executable!, profile, server.url);
      const acknowledged = await killWhileItWrites(running);
      running = await startChromium(executable!, profile, server.url);
      const { rows, entries } = await running.tab.evaluate(() => page.countBatches('killed'));
      await running.kill();
      expect(new Set(Object.values(rows))).toEqual(new Set([ROWS]));
      expect(entries).toEqual(rows);
      expect(Math.max(...Object.keys(rows).map(Number))).toBeGreaterThanOrEqual(acknowledged);
    }
    await server.close();
  });
});

/** Answers the last batch that was acknowledged. */
async function killWhileItWrites(browser: KillableChromium): Promise<number> {
  const enough = random(25);
  let acknowledged = -1;
  const seen = new Promise<void>((resolve) => {
    browser.tab.on('console', (message) => {
      acknowledged = Number(message.text().split(' ')[1]);
      if (acknowledged + 1 >= enough) resolve();
    });
  });
  const writing = browser.tab.evaluate((rows) => page.writeBatches('killed', rows), ROWS).catch(() => undefined);
  await seen;
  await browser.kill();
  await writing;
  return acknowledged;
}
