/** What the server answers at the addresses of the web app, and what it never does. */
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request, type IncomingHttpHeaders, type IncomingMessage, type RequestOptions } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FileBlobStore } from '../src/blobs/file-blob-store.js';
import { S3BlobStore } from '../src/blobs/s3-blob-store.js';
import { createApp } from '../src/create-app.js';
import { securityHeaders } from '../src/web-app/security-policy.js';
import { startTestServer, type TestServer } from './support/test-server.js';

const PAGE = '<!doctype html><title>the page</title>';
const SCRIPT = 'console.log("the script");\n'.repeat(100);
const SECRET = 'what lies beside the app';
const FILES: Record<string, string> = {
  'web/dist/index.html': PAGE,
  'web/dist/service-worker.js': 'self.addEventListener("fetch", () => undefined);',
  'web/dist/manifest.webmanifest': '{"name":"the app"}',
  'web/dist/assets/index-a1b2c3d4.js': SCRIPT,
  'web/dist/assets/index-a1b2c3d4.css': 'body { margin: 0 }',
  'web/secret.html': SECRET,
  secret: SECRET,
};

/** What a browser says when a person opens an address, and what it says for a script's own requests. */
const NAVIGATION = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const FETCH = { accept: '*/*' };

let folder: string;
let server: TestServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logdate-web-app-'));
  for (const [name, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
    if (!name.startsWith('web/dist')) continue;
    await writeFile(join(folder, `${name}.br`), brotliCompressSync(text));
    await writeFile(join(folder, `${name}.gz`), gzipSync(text));
  }
  server = await startTestServer({}, undefined, (config) => createApp(config, join(folder, 'web/dist')));
});
afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
  text: string;
}

/** One request as it is written: fetch() would tidy the path and unpack the answer. */
async function ask(path: string, options: RequestOptions = {}, url: string = server.url): Promise<Reply> {
  const { hostname, port } = new URL(url);
  const asked = request({ hostname, port, path, headers: NAVIGATION, ...options });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const bytes = await buffer(answer);
  return { status: answer.statusCode ?? 0, headers: answer.headers, bytes, text: bytes.toString() };
}

const codeIn = ({ text }: Reply): string =>
  (JSON.parse(text) as { errors: { extensions: { code: string } }[] }).errors[0]?.extensions.code ?? '';

describe('the page of the web app', () => {
  it.each([
    '/',
    '/?from=home',
    '/settings',
    '/entry/2f9d',
    '/a//b',
    `/${'long'.repeat(1000)}`,
    '/caf%C3%A9',
    '/graphqlx',
  ])('is at %.20s', async (path) => {
    const reply = await ask(path);
    expect([reply.status, reply.headers['content-type'], reply.text]).toEqual([200, 'text/html; charset=utf-8', PAGE]);
  });

  it.each(['/', '/settings'])('at %s is told by HEAD without its bytes', async (path) => {
    const [whole, head] = [await ask(path), await ask(path, { method: 'HEAD' })];
    expect(head.bytes).toHaveLength(0);
    const told = ({ status, headers: { date: _, ...headers } }: Reply): object => ({ status, headers });
    expect(told(head)).toEqual(told(whole));
  });

  it('is for people: what a script asks for at an address that is not there gets 404', async () => {
    const reply = await ask('/settings', { headers: FETCH });
    expect([reply.status, codeIn(reply)]).toEqual([404, 'NOT_FOUND']);
  });

  it('may differ by what was asked for and how it may be packed, and says so to caches', async () => {
    expect((await ask('/settings')).headers.vary).toBe('accept, accept-encoding');
  });

  it.each([
    '/graphql/x',
    '/health/x',
    '/sync/media/',
    '/sync/media/1',
    '/sync/x?y',
    '/media',
    '/media/uploads',
    '/media/uploads/1',
  ])('is not at %s, which is or may become an address of the interface', async (path) => {
    const reply = await ask(path);
    expect([400, 401, 404]).toContain(reply.status);
    expect(reply.headers['content-type']).toMatch(/^application\/json/);
  });

  it('leaves the health check as it is', async () => {
    expect(JSON.parse((await ask('/health')).text)).toMatchObject({ status: 'ok' });
  });

  it.each(['/assets/index-00000000.js', '/favicon.ico', '/deep/er/picture.png', '/.env', '/.well-known/x', '/a%2Eb'])(
    'is not at %s, which looks like a file',
    async (path) => {
      const reply = await ask(path);
      expect([reply.status, codeIn(reply)]).toEqual([404, 'NOT_FOUND']);
    },
  );

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'PROPFIND', 'TRACE'])('is not there for %s', async (method) => {
    expect(await ask('/', { method })).toMatchObject({ status: 404, text: expect.not.stringContaining(PAGE) });
  });

  it('does not come for an address that cannot be read', async () => {
    expect(await ask('/%E0%A4%A')).toMatchObject({ status: 400, text: expect.not.stringContaining(PAGE) });
  });
});

describe('a file beside the web app', () => {
  it.each([
    '/../secret.html',
    '/../../secret',
    '/..%2fsecret.html',
    '/%2e%2e/secret.html',
    '/..%5csecret.html',
    '/%252e%252e/secret.html',
    '/assets/../../secret.html',
    '/assets/..%2f..%2fsecret.html',
    '/assets/%2e%2e/%2e%2e/secret.html',
    '//../secret.html',
    '/./../secret.html',
    '/%00/../secret.html',
    '/index.html%00.js',
    '/..;/secret.html',
  ])('is not read by %s', async (path) => {
    const reply = await ask(path);
    expect([400, 404]).toContain(reply.status);
    expect(reply.text).not.toContain(SECRET);
  });
});

describe('a file of the web app', () => {
  it.each([
    ['/assets/index-a1b2c3d4.js', 'application/javascript; charset=utf-8'],
    ['/assets/index-a1b2c3d4.css', 'text/css; charset=utf-8'],
    ['/service-worker.js', 'application/javascript; charset=utf-8'],
    ['/manifest.webmanifest', 'application/manifest+json'],
    ['/index.html', 'text/html; charset=utf-8'],
  ])('comes by its name: %s', async (path, type) => {
    const reply = await ask(path, { headers: FETCH });
    expect([reply.status, reply.headers['content-type'], reply.text]).toEqual([200, type, FILES[`web/dist${path}`]]);
    expect(reply.headers['x-content-type-options']).toBe('nosniff');
  });

  it('is kept for a year when its name changes with its content', async () => {
    const { headers } = await ask('/assets/index-a1b2c3d4.js');
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  it.each(['/', '/settings', '/index.html', '/service-worker.js', '/manifest.webmanifest'])(
    'is asked for each time, and not sent twice: %s',
    async (path) => {
      const { headers } = await ask(path);
      expect(headers).toMatchObject({ 'cache-control': 'no-cache', etag: expect.stringMatching(/^(W\/)?".+"$/) });
      const again = await ask(path, { headers: { ...NAVIGATION, 'if-none-match': headers.etag } });
      expect([again.status, again.bytes.length, again.headers.etag]).toEqual([304, 0, headers.etag]);
      const changed = await ask(path, { headers: { ...NAVIGATION, 'if-none-match': '"another"' } });
      expect(changed.status).toBe(200);
    },
  );

  it.each([
    ['br', 'br', brotliCompressSync],
    ['gzip, deflate, br', 'br', brotliCompressSync],
    ['gzip', 'gzip', gzipSync],
  ])('is sent packed to who reads %s', async (accepted, encoding, pack) => {
    for (const path of ['/assets/index-a1b2c3d4.js', '/', '/settings']) {
      const reply = await ask(path, { headers: { ...NAVIGATION, 'accept-encoding': accepted } });
      const text = path.endsWith('.js') ? SCRIPT : PAGE;
      expect(reply.headers).toMatchObject({
        'content-encoding': encoding,
        'content-type': path.endsWith('.js') ? 'application/javascript; charset=utf-8' : 'text/html; charset=utf-8',
        vary: expect.stringContaining('accept-encoding'),
      });
      expect(reply.bytes.equals(pack(text))).toBe(true);
    }
  });

  it('is not found by the name of its packed form', async () => {
    expect(await ask('/assets/index-a1b2c3d4.js.br')).toMatchObject({ status: 404 });
  });

  it('comes whole to who asks for a part', async () => {
    const reply = await ask('/assets/index-a1b2c3d4.js', { headers: { range: 'bytes=999999-' } });
    expect([reply.status, reply.text]).toEqual([200, SCRIPT]);
  });
});

describe('the security headers', () => {
  const policyOf = ({ headers }: Reply): Record<string, string> =>
    Object.fromEntries(
      String(headers['content-security-policy'])
        .split('; ')
        .map((part) => [part.split(' ', 1)[0], part.slice(part.indexOf(' ') + 1)]),
    );

  // A worker obeys the policy that its own script came with.
  it.each(['/', '/settings', '/service-worker.js', '/assets/index-a1b2c3d4.js'])(
    'at %s allow scripts and styles from files of this server alone',
    async (path) => {
      expect(policyOf(await ask(path))).toEqual({
        'default-src': "'none'",
        'script-src': "'self'",
        'style-src': "'self'",
        'img-src': "'self' blob:",
        'media-src': "'self' blob:",
        'font-src': "'self'",
        'connect-src': "'self'",
        'worker-src': "'self'",
        'manifest-src': "'self'",
        'base-uri': "'none'",
        'form-action': "'none'",
        'frame-ancestors': "'none'",
      });
    },
  );

  it('let the page use camera and microphone, and nothing else of the device', async () => {
    const features = String((await ask('/')).headers['permissions-policy']).split(', ');
    expect(features.filter((feature) => !feature.endsWith('=()'))).toEqual(['camera=(self)', 'microphone=(self)']);
    expect(features).toEqual(expect.arrayContaining(['geolocation=()', 'payment=()', 'usb=()', 'display-capture=()']));
  });

  it.each(['/health', '/graphql', '/nowhere.txt'])('of the interface stay as strict as they were: %s', async (path) => {
    const { headers } = await ask(path, { headers: FETCH });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).not.toContain('connect-src');
    expect(headers['permissions-policy']).toBeUndefined();
  });

  const connections = async (...given: Parameters<typeof securityHeaders>): Promise<string | undefined> =>
    /connect-src ([^;]*)/.exec((await securityHeaders(...given))['content-security-policy'] ?? '')?.[1];
  const s3 = (s3Endpoint: string, s3PublicEndpoint = ''): S3BlobStore =>
    new S3BlobStore({
      s3Endpoint,
      s3PublicEndpoint,
      s3Region: 'us-east-1',
      s3Bucket: 'photos',
      s3AccessKey: 'key',
      s3SecretKey: 'secret',
      s3PartBytes: 8 * 2 ** 20,
    });

  it.each([
    ['the store', s3('http://minio:9000'), "'self' http://minio:9000"],
    ['the address for devices', s3('http://minio:9000', 'https://s3.example/'), "'self' https://s3.example"],
    [
      'the bucket, where it has a host of its own',
      s3('https://s3.amazonaws.com'),
      "'self' https://photos.s3.us-east-1.amazonaws.com",
    ],
  ])('let signed uploads and downloads go to %s', async (_, store, sources) => {
    expect(await connections(store, { publicUrl: '' })).toBe(sources);
  });

  it('name the WebSocket where the address of the server is known', async () => {
    const files = new FileBlobStore(folder);
    expect(await connections(files, { publicUrl: 'https://journal.example/' })).toBe("'self' wss://journal.example");
    expect(await connections(files, { publicUrl: 'http://localhost:3000' })).toBe("'self' ws://localhost:3000");
    expect(await connections(files, { publicUrl: 'not an address' })).toBe("'self'");
  });
});

describe('a server', () => {
  it('without a built web app starts, and says at / how to build it', async () => {
    const missing = await startTestServer({}, server.database, (config) => createApp(config, join(folder, 'nowhere')));
    try {
      const { status, headers, text } = await ask('/', {}, missing.url);
      expect([status, headers['content-type']]).toEqual([503, 'text/plain; charset=utf-8']);
      expect(text).toMatch(/^The web app is not built: .*`npm run build`[^.]*\.$/);
      expect(await ask('/health', {}, missing.url)).toMatchObject({ status: 200 });
      expect(await ask('/settings', {}, missing.url)).toMatchObject({ status: 404 });
    } finally {
      await missing.close();
    }
  });

  it('with WEB_APP=off has nothing at /', async () => {
    const off = await startTestServer({ webApp: 'off' }, server.database);
    try {
      for (const path of ['/', '/settings', '/index.html']) {
        expect(await ask(path, {}, off.url)).toMatchObject({ status: 404, text: expect.not.stringContaining('<') });
      }
    } finally {
      await off.close();
    }
  });

  it('serves the web app that was built with it', async () => {
    const usual = await startTestServer({}, server.database);
    try {
      const page = await ask('/', {}, usual.url);
      expect(page.text).toBe(await readFile('web/dist/index.html', 'utf8'));
      const script = /<script[^>]* src="([^"]+)"/.exec(page.text)?.[1] ?? '';
      const reply = await ask(script, { headers: { 'accept-encoding': 'br' } }, usual.url);
      expect(reply).toMatchObject({ status: 200, headers: { 'content-encoding': 'br' } });
      expect(reply.headers['cache-control']).toContain('immutable');
    } finally {
      await usual.close();
    }
  });
});
