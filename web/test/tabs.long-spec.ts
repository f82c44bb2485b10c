/** Two tabs of one journal: both write, one of them sends, and nothing goes up twice. */
import { expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { isUpload } from './support/line.js';
import { seeEntry, signUp, untilChip, writeEntry } from './support/steps.js';
import { describeInChromium, webAppForTests, type BrowserDevice } from './support/web-app.js';

const MUTATION_ID = /"mutationId":"([^"]+)"/g;
const PNG_HEAD = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Several parts of an upload. */
const PHOTO = Buffer.concat([PNG_HEAD, Buffer.alloc(9 * 2 ** 20)]);

const repeated = (things: readonly unknown[]): unknown[] => things.filter((thing, at) => things.indexOf(thing) !== at);

describeInChromium('two tabs of one journal', () => {
  const app = webAppForTests();
  let device: BrowserDevice;
  let first: Page;
  let second: Page;

  const openBoth = async (): Promise<void> => {
    device = await app.device();
    first = device.page;
    await signUp(first);
    await untilChip(first, 'Backed up');
    second = await device.context.newPage();
    await second.goto('/');
    await untilChip(second, 'Backed up');
  };
  const storedEntries = async (): Promise<number> => {
    const [row] = await app.server.sql<{ stored: number }>(
      'SELECT count(*)::int AS stored FROM content WHERE content LIKE $1',
      ['%at the same time%'],
    );
    return row?.stored ?? 0;
  };

  test('both write at the same time, and each change goes up once', async () => {
    await openBoth();
    const sent = mutationsSent(device.context);
    const write = async (page: Page, name: string): Promise<void> => {
      for (const number of [1, 2, 3, 4]) await writeEntry(page, `${name} ${number} at the same time.`);
    };
    await Promise.all([write(first, 'First'), write(second, 'Second')]);
    for (const page of [first, second]) {
      await untilChip(page, 'Backed up');
      await seeEntry(page, 'First 4 at the same time.');
      await seeEntry(page, 'Second 4 at the same time.');
    }
    expect(sent.length).toBeGreaterThanOrEqual(8);
    expect(repeated(sent)).toEqual([]);
    expect(await storedEntries()).toBe(8);
    expect(device.seen).toEqual({ problems: [], failedRequests: [] });
  });

  test('the one that sends a photo is closed, and the other goes on where it was', async () => {
    await openBoth();
    const uploads = { made: 0, by: [] as Page[], offsets: [] as number[] };
    let isHeld = true;
    device.context.on('request', (request) => {
      if (request.postData()?.includes('createMediaUpload')) uploads.made += 1;
      if (request.method() === 'PATCH') uploads.by.push(request.frame().page());
    });
    app.line.trouble = (request) => {
      if (!isUpload(request)) return undefined;
      uploads.offsets.push(Number(request.headers['upload-offset']));
      return isHeld && uploads.offsets.length > 2 ? { kind: 'hold', after: 0 } : undefined;
    };
    await writeEntry(first, 'With a photo.');
    await first.getByLabel('Photos or recordings', { exact: true }).setInputFiles({
      name: 'garden.png',
      mimeType: 'image/png',
      buffer: PHOTO,
    });
    await app.line.untilHeld();
    const sender = uploads.by.at(-1);
    const other = sender === first ? second : first;
    isHeld = false;
    await sender?.close();
    // The tab that a browser shows next. One that stays out of sight would look within its minute.
    await other.evaluate(() => dispatchEvent(new Event('focus')));
    // As a whole: the words alone were backed up before.
    await untilChip(other, /^Backed up$/);
    expect(uploads.by.at(-1)).toBe(other);
    const held = uploads.offsets[2];
    expect(repeated(uploads.offsets.filter((offset) => offset !== held))).toEqual([]);
    expect(uploads.offsets).toEqual([...uploads.offsets].sort((one, another) => one - another));
    expect(uploads.made).toBe(1);
    await other.reload();
    await seeEntry(other, 'With a photo.');
    expect(device.seen.problems).toEqual([]);
  });
});

/** The ids of all changes that the tabs send from now on, in their order. */
function mutationsSent(context: BrowserContext): string[] {
  const sent: string[] = [];
  context.on('request', (request) => {
    for (const [, id = ''] of (request.postData() ?? '').matchAll(MUTATION_ID)) sent.push(id);
  });
  return sent;
}
