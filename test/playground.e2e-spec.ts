/** Who is shown the playground at /graphql, and who is answered by GraphQL there as before. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Config } from '../src/config.js';
import { createApp } from '../src/create-app.js';
import { send } from './support/device.js';
import { startTestServer, type TestServer } from './support/test-server.js';

const PAGE = '<!doctype html><title>the playground</title>';
const SCRIPT = 'console.log("the script");';
const SECRET = 'what lies beside the playground';
const FILES: Record<string, string> = {
  'playground/dist/index.html': PAGE,
  'playground/dist/assets/index-a1b2c3d4.js': SCRIPT,
  'playground/secret.html': SECRET,
};

/** What a browser says when a person opens an address, and what it says for a script's own requests. */
const NAVIGATION = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const FETCH = '*/*';
const INTROSPECTION = '{ __schema { queryType { name } } }';

let folder: string;
let server: TestServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logdate-playground-'));
  for (const [name, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
    await writeFile(join(folder, `${name}.br`), brotliCompressSync(text));
  }
  server = await startTestServer({}, undefined, create);
});
afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

const create = (config: Config): ReturnType<typeof createApp> =>
  createApp(config, undefined, join(folder, 'playground/dist'));

interface Reply {
  status: number;
  headers: Headers;
  text: string;
}

/** As a browser opens it, unless another thing is said to be accepted. */
async function ask(
  path: string,
  init: RequestInit & { accept?: string } = {},
  url: string = server.url,
): Promise<Reply> {
  const { accept = NAVIGATION, headers, ...rest } = init;
  const response = await fetch(url + path, { ...rest, headers: { accept, ...(headers as Record<string, string>) } });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Starts a further server on the same database, looks at it, and closes it. */
async function withServer(settings: Partial<Config>, look: (url: string) => Promise<void>): Promise<void> {
  const other = await startTestServer(settings, server.database, create);
  try {
    await look(other.url);
  } finally {
    await other.close();
  }
}

async function showsPage(url: string): Promise<boolean> {
  return (await ask('/graphql', {}, url)).text === PAGE;
}

async function allowsIntrospection(url: string): Promise<boolean> {
  return (await send(url, INTROSPECTION)).status === 200;
}

describe('the playground', () => {
  it.each(['/graphql', '/graphql?query={__typename}'])('is shown to a browser at %s', async (path) => {
    const { status, headers, text } = await ask(path);
    expect([status, headers.get('content-type'), text]).toEqual([200, 'text/html; charset=utf-8', PAGE]);
    expect(headers.get('vary')).toBe('accept, accept-encoding');
    expect(headers.get('cache-control')).toBe('no-cache');
  });

  it('is told by HEAD without its bytes', async () => {
    expect(await ask('/graphql', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  });

  it('has files of its own, kept for a year', async () => {
    const { status, headers, text } = await ask('/graphql/assets/index-a1b2c3d4.js', {
      accept: FETCH,
      headers: { 'accept-encoding': 'br' },
    });
    expect([status, headers.get('content-encoding'), text]).toEqual([200, 'br', SCRIPT]);
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  it.each([
    '/graphql/x',
    '/graphql/assets/index-00000000.js',
    '/graphql/..%2fsecret.html',
    '/graphql/%2e%2e%2fsecret.html',
  ])('is not at %s, and nothing else is', async (path) => {
    const { status, headers, text } = await ask(path);
    expect([404, 400]).toContain(status);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(text).not.toContain(SECRET);
  });

  // A worker obeys the policy that its own script came with.
  it.each(['/graphql', '/graphql/assets/index-a1b2c3d4.js'])('may load nothing from elsewhere: %s', async (path) => {
    const policy = (await ask(path)).headers.get('content-security-policy')?.split('; ');
    expect(policy).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self'",
      "worker-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
  });
});

describe('GraphQL at the same address', () => {
  it.each([NAVIGATION, FETCH, 'application/json'])('answers POST, whatever is accepted: %s', async (accept) => {
    const body = JSON.stringify({ query: '{ __typename }' });
    const reply = await ask('/graphql', {
      accept,
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect([reply.status, JSON.parse(reply.text)]).toEqual([200, { data: { __typename: 'Query' } }]);
  });

  it('answers a GET that is no browser’s', async () => {
    const headers = { 'apollo-require-preflight': 'true' };
    const reply = await ask('/graphql?query={__typename}', { accept: 'application/json', headers });
    expect([reply.status, JSON.parse(reply.text)]).toEqual([200, { data: { __typename: 'Query' } }]);
  });
});

describe('whether there is a playground', () => {
  it.each([
    [{ environment: 'development' }, true, true],
    [{ environment: 'production' }, false, false],
    [{ environment: 'production', playground: 'on' }, true, true],
    [{ environment: 'production', introspection: 'on' }, false, true],
    [{ playground: 'off' }, false, true],
    // Its page would have nothing to show.
    [{ introspection: 'off' }, false, false],
  ] as const)('with %j: %s, and whether the schema may be read: %s', async (settings, isShown, isReadable) => {
    await withServer(settings, async (url) => {
      expect([await showsPage(url), await allowsIntrospection(url)]).toEqual([isShown, isReadable]);
    });
  });

  it('does not depend on the web app', () =>
    withServer({ webApp: 'off' }, async (url) => {
      expect(await showsPage(url)).toBe(true);
      expect((await ask('/', {}, url)).status).toBe(404);
    }));

  it('says at its address how to build it, where that was not done', async () => {
    const nowhere = (config: Config): ReturnType<typeof createApp> =>
      createApp(config, undefined, join(folder, 'nowhere'));
    const missing = await startTestServer({}, server.database, nowhere);
    try {
      const { status, text } = await ask('/graphql', {}, missing.url);
      expect([status, text]).toEqual([503, expect.stringMatching(/^The playground is not built: .*`npm run build`/)]);
      expect(await allowsIntrospection(missing.url)).toBe(true);
    } finally {
      await missing.close();
    }
  });

  it('is the one that was built with the server', async () => {
    const usual = await startTestServer({}, server.database);
    try {
      const page = (await ask('/graphql', {}, usual.url)).text;
      expect(page).toBe(await readFile('playground/dist/index.html', 'utf8'));
      const script = /<script[^>]* src="([^"]+)"/.exec(page)?.[1] ?? '';
      expect(await ask(script, {}, usual.url)).toMatchObject({ status: 200 });
    } finally {
      await usual.close();
    }
  });
});
