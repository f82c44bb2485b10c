/** Opening the app takes no longer with years of entries: nothing lists them all before the first can be read. */
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { describeInChromium, webAppForTests } from './support/web-app.js';

const FEW = 100;
const MANY = 10_000;
/** So many alternated loads of each; the machine is not equally quick all the time. */
const LOADS = 9;

describeInChromium('a long journal', () => {
  const app = webAppForTests();
  let script: string;
  beforeAll(async () => {
    const entryPoints = [fileURLToPath(new URL('support/write-entries.ts', import.meta.url))];
    const bundle = await build({ entryPoints, bundle: true, write: false, format: 'iife', logLevel: 'error' });
    script = bundle.outputFiles[0]?.text ?? '';
  });

  const deviceWith = async (count: number): Promise<Page> => {
    const { page } = await app.device();
    // A page of the same origin that does not open the journal.
    await page.goto('/health');
    await page.evaluate(script);
    await page.evaluate(`writeEntries(${count})`);
    await page.addInitScript(noteWhenUsable);
    return page;
  };

  test(`opens with ${MANY} entries within twice the time that it takes with ${FEW}`, async () => {
    const [few, many] = [await deviceWith(FEW), await deviceWith(MANY)];
    const times: { few: number[]; many: number[] } = { few: [], many: [] };
    // The first load of each fills the caches.
    for (let load = 0; load <= LOADS; load += 1) {
      const [short, long] = [await opened(few), await opened(many)];
      if (load === 0) continue;
      times.few.push(short);
      times.many.push(long);
    }
    const ratio = median(times.many) / median(times.few);
    console.log(`opening: ${median(times.few)} ms with ${FEW}, ${median(times.many)} ms with ${MANY} entries`);
    expect(ratio).toBeLessThan(2);
  });

  test('a search through all of them leaves the page alive, and finds the oldest', async () => {
    const page = await deviceWith(MANY);
    await page.goto('/');
    await page.locator('article').first().waitFor();
    await page.evaluate(countFrames);
    await page.getByLabel('Search').fill(`entry ${MANY - 1}`);
    await page.getByText('1 entry', { exact: true }).waitFor();
    expect(await page.locator('mark').allInnerTexts()).toEqual(['Entry', String(MANY - 1)]);
    // Twenty pages of entries were looked through; where the page had a turn after each, it was drawn meanwhile.
    expect(await page.evaluate('frames')).toBeGreaterThan(10);
  });
});

/** Milliseconds from the beginning of the load until an entry is shown and a key moved the focus to it. */
async function opened(page: Page): Promise<number> {
  await page.goto('/');
  const usableAt = await page.waitForFunction(() => (globalThis as { usableAt?: number }).usableAt);
  return Math.round(Number(await usableAt.jsonValue()));
}

/** In the page: presses `j` at each frame until an entry has the focus. */
function noteWhenUsable(): void {
  const look = (): void => {
    if (document.querySelector('[data-entry]') !== null) {
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true }));
    }
    if (document.activeElement?.matches('[data-entry]') === true) {
      Object.assign(globalThis, { usableAt: performance.now() });
    } else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** In the page: counts from now on how often it is drawn, until the search has ended. */
function countFrames(): void {
  const counted = { frames: 0 };
  const look = (): void => {
    if (document.querySelector('mark') !== null) return;
    Object.assign(globalThis, { frames: (counted.frames += 1) });
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
