// Everything here runs in a browser as it is, and gives there what it gives in Node.
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { CHROMIUM_FLAGS, findChromium, servePage } from '../../client/test/support/chromium.js';
import { exportJournal } from '../src/export/export-journal.js';
import type { FormatsPage } from './support/formats-page.js';
import { collector, mediaOf, storeOf } from './support/kept-journal.js';
import { rowOf, USER } from './support/rows.js';
import { zipOf } from './support/zips.js';

declare const page: FormatsPage;

/** Bytes after gzip that a page fetches when a person imports or exports; not a part of its first load. */
const LARGEST_BUNDLE_BYTES = 48 * 1024;

test('nothing of Node is in it, and a page fetches little for it', async () => {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: ['export/export-journal', 'import/open-import', 'import/plan', 'import/write-import', 'media-types']
        .map((name) => `export * from './formats/src/${name}.ts';`)
        .join('\n'),
      resolveDir: '.',
      loader: 'ts',
    },
    bundle: true,
    write: false,
    minify: true,
    metafile: true,
    platform: 'browser',
    format: 'esm',
    logLevel: 'error',
  });
  const inputs = Object.keys(metafile.inputs);
  expect(inputs.filter((path) => /node:|^\(disabled\)|^cli\/|client\/(src|dist)\/node\//.test(path))).toEqual([]);
  expect(outputFiles[0]?.text).not.toMatch(/\bBuffer\.(from|alloc|concat)\b|\bprocess\.(env|versions|platform)\b/);
  const bytes = gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length;
  console.info(`The formats are ${bytes} bytes after gzip`);
  expect(bytes).toBeLessThan(LARGEST_BUNDLE_BYTES);
});

const executablePath = findChromium();
if (!executablePath) console.info('Not checked in a browser: no Chromium is on the PATH');
const inChromium = executablePath ? describe : describe.skip;

inChromium('in Chromium', () => {
  const ENTRY = { type: 'TEXT', content: 'A robin 🌱.', mediaUri: null, durationMs: 0, createdAt: -9_781_700_400_000 };
  const PHOTO = { contentId: 'e', fileName: 'r.png', mimeType: 'image/png', sizeBytes: 5, sha256: '', createdAt: 1 };
  const ROWS = [rowOf('content', 'e', ENTRY), rowOf('media', 'm', PHOTO)];
  let server: Awaited<ReturnType<typeof servePage>>;
  let browser: Browser;
  let tab: Page;

  beforeAll(async () => {
    server = await servePage('formats/test/support/formats-page.ts');
    browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
    // Far from the zone of this machine: a ZIP keeps local times.
    tab = await browser.newPage({ timezoneId: 'Pacific/Kiritimati' });
    await tab.goto(server.url);
    await tab.waitForFunction(() => 'page' in globalThis);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test('an export has the same bytes as in Node', async () => {
    const { writable, bytes } = collector();
    await exportJournal({ store: await storeOf(ROWS), db: mediaOf('by', 'tes'), userId: USER }, writable);
    const inBrowser = await tab.evaluate(([rows, user]) => page.exported(rows, 'bytes', user), [ROWS, USER] as const);
    expect(inBrowser).toBe(Buffer.from(bytes()).toString('hex'));
  });

  test('an export of Day One is read from the file that was chosen', async () => {
    const diary = JSON.stringify({
      entries: [{ uuid: 'A1', creationDate: '1660-01-11T21:00:00Z', text: 'x', photos: [{ md5: 'ab' }] }],
    });
    const zip = Buffer.from(zipOf({ 'Diary.json': diary, 'photos/ab.jpeg': 'jpeg'.repeat(1000) })).toString('hex');
    const brought = await tab.evaluate(([bytes, user]) => page.imported(bytes, user), [zip, USER] as const);
    expect(brought).toEqual({ entries: 1, broken: [], bytes: 4000 });
  });
});
