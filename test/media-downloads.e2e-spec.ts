import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Device } from './support/device.js';
import { startTestServer, type TestServer } from './support/test-server.js';
import {
  bearer,
  bytesOf,
  download,
  filesIn,
  mediaInput,
  pending,
  pngOf,
  sha256Of,
  stored,
  upload,
  type MediaRow,
} from './support/uploads.js';

const SIZE = 100_000;
const CHROMIUM = '/usr/bin/chromium';

let server: TestServer;
let device: Device;
let bytes: Buffer;
let row: MediaRow;
beforeAll(async () => {
  server = await startTestServer();
  device = await server.signUp();
  bytes = Buffer.from(pngOf(SIZE).map((byte, index) => (index < 100 ? byte : index % 251)));
  row = await stored(device, bytes);
});
afterAll(() => server.close());

/** Everything by which a browser saves the bytes and runs nothing. */
const HARMLESS = {
  'content-disposition': expect.stringMatching(/^attachment(; |$)/),
  'x-content-type-options': 'nosniff',
  'content-security-policy': expect.stringContaining('sandbox'),
};
const headersOf = ({ headers }: Response): Record<string, string> => Object.fromEntries(headers);

describe('a download', () => {
  it('gives the bytes, their digest as tag and headers that keep them harmless', async () => {
    const answer = await download(device, row.id);
    expect(answer.status).toBe(200);
    expect(headersOf(answer)).toMatchObject({
      ...HARMLESS,
      'content-type': 'image/png',
      'content-length': String(SIZE),
      'accept-ranges': 'bytes',
      etag: `"${sha256Of(bytes)}"`,
      'cache-control': 'private, max-age=31536000, immutable',
    });
    expect((await bytesOf(answer)).equals(bytes)).toBe(true);
  });

  it('by HEAD tells all that, without the bytes', async () => {
    const [whole, head] = [await download(device, row.id), await download(device, row.id, {}, 'HEAD')];
    await whole.arrayBuffer();
    const [expected, told] = [headersOf(whole), headersOf(head)];
    for (const name of ['date', 'connection', 'keep-alive']) for (const one of [expected, told]) delete one[name];
    expect([head.status, told]).toEqual([200, expected]);
    expect(await bytesOf(head)).toHaveLength(0);
    const range = await download(device, row.id, { range: 'bytes=10-19' }, 'HEAD');
    expect([range.status, range.headers.get('content-range'), range.headers.get('content-length')]).toEqual([
      206,
      `bytes 10-19/${SIZE}`,
      '10',
    ]);
  });

  it.each([
    ['the first byte', 'bytes=0-0', 0, 0],
    ['the middle', 'bytes=40000-60000', 40_000, 60_000],
    ['the last byte', `bytes=${SIZE - 1}-${SIZE - 1}`, SIZE - 1, SIZE - 1],
    ['from one byte to the end', 'bytes=99990-', 99_990, SIZE - 1],
    ['the last ten', 'bytes=-10', SIZE - 10, SIZE - 1],
    ['more than there is', 'bytes=99990-200000', 99_990, SIZE - 1],
    ['a suffix longer than all', 'bytes=-200000', 0, SIZE - 1],
    ['everything', 'bytes=0-', 0, SIZE - 1],
  ])('of a range gives %s', async (_, range, start, end) => {
    const answer = await download(device, row.id, { range });
    expect([answer.status, answer.headers.get('content-range')]).toEqual([206, `bytes ${start}-${end}/${SIZE}`]);
    expect(headersOf(answer)).toMatchObject({ ...HARMLESS, 'content-length': String(end - start + 1) });
    expect((await bytesOf(answer)).equals(bytes.subarray(start, end + 1))).toBe(true);
  });

  it.each([`bytes=${SIZE}-`, `bytes=${SIZE}-${SIZE + 10}`, 'bytes=200000-300000', 'bytes=-0'])(
    'of the range %s, where nothing is, is 416 with the size',
    async (range) => {
      const answer = await download(device, row.id, { range });
      expect([answer.status, answer.headers.get('content-range')]).toEqual([416, `bytes */${SIZE}`]);
      expect(await bytesOf(answer)).toHaveLength(0);
    },
  );

  it.each([
    'bytes=0-9,20-29',
    'bytes=',
    'pages=1-2',
    'bytes=a-b',
    'bytes 0-9',
    'bytes=5-1,7-2',
    ',',
    'bytes=1-2-3',
    'bytes=--1',
  ])('of %s, several ranges or none that can be read, is the whole', async (range) => {
    const answer = await download(device, row.id, { range });
    expect(answer.status).toBe(200);
    expect((await bytesOf(answer)).equals(bytes)).toBe(true);
  });

  it('of a range goes on only with the bytes that it began with', async () => {
    const same = await download(device, row.id, { range: 'bytes=5-', 'if-range': `"${row.sha256}"` });
    const other = await download(device, row.id, { range: 'bytes=5-', 'if-range': '"other"' });
    expect([same.status, other.status]).toEqual([206, 200]);
    expect((await bytesOf(other)).equals(bytes)).toBe(true);
    await same.arrayBuffer();
  });

  it('is 304 for who has it, and the whole for who has something else', async () => {
    const tag = `"${row.sha256}"`;
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const answer = await download(device, row.id, { 'if-none-match': known });
      expect([known, answer.status, answer.headers.get('etag')]).toEqual([known, 304, tag]);
      expect(await bytesOf(answer)).toHaveLength(0);
    }
    const answer = await download(device, row.id, { 'if-none-match': '"other"' });
    expect((await bytesOf(answer)).equals(bytes)).toBe(true);
    // What is not one's own is not told by a tag either.
    const stranger = await server.signUp();
    expect((await download(stranger, row.id, { 'if-none-match': '*' })).status).toBe(403);
  });

  it('that is refused is not kept by a browser in the place of the bytes that may come', async () => {
    const waiting = await pending(device, pngOf(100));
    const gone = await stored(device, pngOf(100));
    const [file] = (await filesIn(server.dataDir, 'blobs')).filter((path) => path.includes(gone.sha256));
    await rm(file!);
    const stranger = await server.signUp();
    const answers = [
      await download(device, waiting.id),
      await download(stranger, row.id),
      await download(device, 'no-uuid'),
      await download(device, gone.id),
      await download(device, row.id, { range: 'bytes=200000-' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 403, 400, 404, 416]);
    for (const answer of answers) {
      expect(answer.headers.get('cache-control') ?? '').not.toMatch(/immutable|max-age/);
      expect(answer.headers.get('etag')).toBeNull();
      if (answer.status !== 416)
        expect(await answer.json()).toMatchObject({ errors: [{ message: expect.any(String) }] });
    }
  });

  it('with a redirect is the bytes themselves where the store offers no URL', async () => {
    const answer = await fetch(`${server.url}/sync/media/${row.id}?redirect=true`, { headers: bearer(device) });
    expect([answer.status, answer.redirected]).toEqual([200, false]);
    expect((await bytesOf(answer)).equals(bytes)).toBe(true);
  });
});

describe('the name of a file', () => {
  /** The name that a browser would save it under. */
  async function nameOf(fileName: string): Promise<string> {
    const { id } = await stored(device, pngOf(100), { fileName });
    const answer = await download(device, id);
    await answer.arrayBuffer();
    const disposition = answer.headers.get('content-disposition') ?? '';
    const [, encoded = ''] = /^attachment; filename\*=UTF-8''([\w.~%&#$+^`|-]*)$/.exec(disposition) ?? [];
    return decodeURIComponent(encoded);
  }

  it.each([
    ['beans.jpg', 'beans.jpg'],
    ['Bohnen & Möhren – im "Garten" (2).jpg', 'Bohnen & Möhren – im "Garten" (2).jpg'],
    ['豆.png', '豆.png'],
    ['🫘.png', '🫘.png'],
    ["it's 100 %; *.jpg", "it's 100 %; *.jpg"],
    ['../../x', '.._.._x'],
    ['..\\..\\x', '.._.._x'],
    ['/etc/passwd', '_etc_passwd'],
    ['a\r\nset-cookie: b=c', 'a__set-cookie: b=c'],
    ['a\tb\u007fc\u0085d', 'a_b_c_d'],
    // Shown, it would end in "exe.jpg".
    ['beans\u202egpj.exe', 'beans_gpj.exe'],
    ['\u2066a\u2069\u200fb\ufeff', '_a__b_'],
    ['x'.repeat(255), 'x'.repeat(255)],
  ])('%j comes back harmless', async (given, expected) => {
    expect(await nameOf(given)).toBe(expected);
  });

  it('is data: it is nowhere in the store, and the row keeps it as it was given', async () => {
    const fileName = '../../escaped.jpg';
    const { id } = await stored(device, pngOf(100), { fileName });
    expect((await device.page('mediaChanges')).changes.find((one) => one.id === id)).toMatchObject({ fileName });
    expect((await filesIn(server.dataDir, '.')).filter((path) => path.includes('escaped'))).toEqual([]);
  });

  it.each([256, 10_240])('of %d characters is refused', async (length) => {
    const answer = await upload(device, pngOf(100), mediaInput({ fileName: 'x'.repeat(length) }));
    expect(answer).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: 'BAD_USER_INPUT', fields: ['fileName'] } }],
    });
  });
});

describe('what could carry a script', () => {
  const SCRIPT = `<script>document.title = 'it ran'; fetch('/it-ran')</script>`;
  const PAGES: Record<string, string> = {
    'a page': `<!doctype html><html><head><title>still</title></head><body>${SCRIPT}</body></html>`,
    'a drawing': `<svg xmlns="http://www.w3.org/2000/svg"><title>still</title>${SCRIPT}</svg>`,
    XHTML: `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>${SCRIPT}</body></html>`,
    'a script': `document.title = 'it ran'`,
    'a PDF': `%PDF-1.7\n${SCRIPT}`,
  };

  it.each(Object.entries(PAGES))('%s is kept as plain bytes and saved, whatever it was called', async (_, text) => {
    for (const mimeType of ['image/png', 'text/html', 'image/svg+xml']) {
      const { id, mimeType: kept } = await stored(device, Buffer.from(text), { mimeType, fileName: 'x.html' });
      expect(kept).toBe('application/octet-stream');
      const answer = await download(device, id);
      expect(headersOf(answer)).toMatchObject({ ...HARMLESS, 'content-type': 'application/octet-stream' });
      expect(String(await bytesOf(answer))).toBe(text);
    }
  });

  it('a picture with a page inside is a picture, and saved', async () => {
    const polyglot = Buffer.concat([pngOf(100), Buffer.from(PAGES['a page']!)]);
    const { id } = await stored(device, polyglot, { mimeType: 'text/html', fileName: 'x.html' });
    const answer = await download(device, id);
    expect(headersOf(answer)).toMatchObject({ ...HARMLESS, 'content-type': 'image/png' });
    await answer.arrayBuffer();
  });

  const isThere = existsSync(CHROMIUM);
  if (!isThere) console.warn(`${CHROMIUM} is missing: nothing is opened in a browser`);
  (isThere ? it : it.skip)(
    'runs in no browser',
    async () => {
      const asked: string[] = [];
      const rows: Record<string, string> = {};
      for (const [name, text] of Object.entries(PAGES)) rows[name] = (await stored(device, Buffer.from(text))).id;
      const forward = async (path: string, response: ServerResponse): Promise<void> => {
        const answer = await fetch(`${server.url}${path}`, { headers: bearer(device) });
        for (const [name, value] of answer.headers) if (name !== 'transfer-encoding') response.setHeader(name, value);
        response.writeHead(answer.status).end(await bytesOf(answer));
      };
      // A browser sends no token of its own accord: this one stands for a page that does.
      const proxy = createServer((request, response) => {
        asked.push(request.url ?? '');
        if (request.url === '/control') {
          response.setHeader('content-type', 'text/html').end(PAGES['a page']);
          return;
        }
        forward(request.url ?? '', response).catch(() => response.destroy());
      }).listen(0, '127.0.0.1');
      const profile = await mkdtemp(join(tmpdir(), 'logdate-chromium-'));
      const { port } = proxy.address() as AddressInfo;
      /** What the page is, at most `ms` after it was asked for: one that becomes a download never ends by itself. */
      const open = async (path: string, ms: number): Promise<string> => {
        const flags = ['gpu', 'quic', 'background-networking', 'component-update', 'sync'].map(
          (name) => `--disable-${name}`,
        );
        const fixed = ['--headless', '--no-sandbox', '--no-first-run', `--user-data-dir=${profile}`];
        const page = ['--virtual-time-budget=2000', '--dump-dom', `http://127.0.0.1:${port}${path}`];
        // A group of its own: the browser is many processes, and all of them end.
        const browser = spawn(CHROMIUM, [...fixed, ...flags, ...page], {
          detached: true,
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        const output: Buffer[] = [];
        browser.stdout.on('data', (chunk: Buffer) => output.push(chunk));
        const closed = once(browser, 'close');
        for (let left = ms; browser.exitCode === null && left > 0; await sleep(100)) {
          if (asked.includes(path)) left -= 100;
        }
        if (browser.exitCode === null) process.kill(-browser.pid!, 'SIGKILL');
        await closed;
        return Buffer.concat(output).toString();
      };
      try {
        // So that it is known that this browser would run it.
        expect(await open('/control', 60_000)).toContain('it ran');
        expect(asked).toContain('/it-ran');
        asked.length = 0;
        for (const id of Object.values(rows)) {
          expect(await open(`/sync/media/${id}`, 3_000)).not.toContain('<title>it ran');
        }
        expect(asked).toEqual(expect.arrayContaining(Object.values(rows).map((id) => `/sync/media/${id}`)));
        expect(asked).not.toContain('/it-ran');
      } finally {
        proxy.closeAllConnections();
        proxy.close();
        await rm(profile, { recursive: true, force: true, maxRetries: 10 });
      }
    },
    180_000,
  );
});
