/** What every path refuses: callers without a token, bodies over the limit, methods and addresses that are not there. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { pngOf } from '../support/uploads.js';
import { App, type Reply } from './support/app.js';
import { entry, photo, photoForm } from './support/bodies.js';
import { describeContract, isOwnServer, MOUNTS } from './support/contract-server.js';
import { bodyOf, expectError } from './support/expected.js';
import { GUARDED_PATHS, OPEN_PATHS, type Path } from './support/paths.js';

const MIB = 1024 * 1024;
const REQUEST_BYTES = 4 * MIB;

/** Sends to a path whose every id is one that nobody has. */
function sendTo(app: App, { method, path }: Path, body?: object | string): Promise<Reply> {
  return app.send(
    method,
    path.replace(/\{\w+\}/g, () => randomUUID()),
    body,
  );
}

describeContract(
  'every path',
  (contract) => {
    test.each(GUARDED_PATHS)('$method $path is 401 without a valid token', async (path) => {
      const app = await contract.shared();
      for (const token of ['', 'nonsense', `${app.token.slice(0, -3)}AAA`]) {
        expectError(await sendTo(app.withToken(token), path, path.takesBody && {}), 401, 'UNAUTHENTICATED');
      }
    });

    test('is 401 before its body is looked at, however wrong that is', async () => {
      const app = (await contract.shared()).withToken('nonsense');
      for (const path of GUARDED_PATHS.filter(({ takesBody }) => takesBody)) {
        expectError(await sendTo(app, path, { id: 5, associations: 'x', createdAt: {} }), 401, 'UNAUTHENTICATED');
      }
    });

    test.each(GUARDED_PATHS.filter(({ takesBody }) => takesBody))(
      '$method $path is 413 with a body of one byte over the limit',
      async (path) => {
        const app = await contract.shared();
        const frame = '{"filler":""}';
        const body = `{"filler":"${'x'.repeat(REQUEST_BYTES + 1 - frame.length)}"}`;
        expectError(await sendTo(app, path, body), 413, 'TOO_LARGE');
      },
    );

    test('that takes the words of an entry takes 1 MiB, and is 413 with one byte more', async () => {
      const app = await contract.signUp();
      const whole = entry({ content: 'x'.repeat(MIB) });
      bodyOf(await app.post('/sync/content', whole));
      const over = { content: 'x'.repeat(MIB + 1), lastUpdated: 3_000 };
      for (const reply of [
        await app.post('/sync/content', { ...whole, ...over }),
        await app.post(`/sync/content/${whole.id}`, over),
        await app.put(`/contents/${whole.id}`, { ...whole, ...over }),
        await app.patch(`/contents/${whole.id}`, over),
      ]) {
        expectError(reply, 413, 'TOO_LARGE');
      }
      expect(bodyOf(await app.get(`/contents/${whole.id}`)).content).toHaveLength(MIB);
    });

    test('is described in /openapi.json', async () => {
      const app = await contract.shared();
      const { paths } = bodyOf(await new App(app.url, '', '').get('/openapi.json'));
      const described = Object.entries(paths as Record<string, object>).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) =>
          anonymous({ method: method.toUpperCase(), path: path.replace(/^\/api\/v1/, '') }),
        ),
      );
      expect(described).toEqual(expect.arrayContaining([...GUARDED_PATHS, ...OPEN_PATHS].map(anonymous)));
    });

    test('that is not there is 404 in both shapes', async () => {
      const app = await contract.shared();
      for (const path of ['/sync/nowhere', '/sync/content/changes/more', '/contents/a/b', '/quota/all']) {
        expectError(await app.get(path), 404, 'NOT_FOUND');
      }
    });

    test('refuses an address that cannot be read, in both shapes', async () => {
      const app = await contract.shared();
      for (const id of ['%ff', '%', '%00', 'x'.repeat(10_000)]) {
        const reply = await app.get(`/contents/${id}`);
        expect([400, 404, 414]).toContain(reply.status);
        expectError(reply, reply.status);
      }
    });

    test('refuses a body that is no JSON in both shapes', async () => {
      const app = await contract.shared();
      for (const type of ['application/json', 'text/plain', 'application/xml', 'application/json; charset=x']) {
        expectError(await app.send('POST', '/sync/content', '<entry/>', { 'content-type': type }), 400);
      }
    });

    test('refuses a form that breaks off, and one without a boundary', async () => {
      const app = await contract.shared();
      const begun = '--x\r\ncontent-disposition: form-data; name="data"; filename="a"\r\n\r\nabc';
      for (const path of ['/sync/media', '/media']) {
        const broken = { 'content-type': 'multipart/form-data; boundary=x' };
        expectError(await app.send('POST', path, begun, broken), 400);
        expectError(await app.send('POST', path, begun, { 'content-type': 'multipart/form-data' }), 400);
      }
      expect(bodyOf(await app.get('/sync/status')).data.mediaCount).toBe(0);
    });

    test('refuses an X-Device-Id that is longer than 128 characters', async () => {
      const app = await contract.shared();
      expectError(await app.get('/sync/status', { 'x-device-id': 'x'.repeat(129) }), 400);
    });
  },
  { at: Object.values(MOUNTS) },
);

const LARGEST_PHOTO = 20_000;
const STORAGE = 50_000;

// A server elsewhere has gigabytes of both.
if (isOwnServer) {
  describeContract(
    'the storage of an account',
    (contract) => {
      const WAYS: [way: string, send: (app: App, bytes: Buffer) => Promise<Reply>][] = [
        ['POST /sync/media as a form', (app, bytes) => app.post('/sync/media', photoForm(bytes))],
        ['POST /sync/media as JSON', (app, bytes) => app.post('/sync/media', photo(bytes))],
        ['POST /media', (app, bytes) => app.post('/media', photoForm(bytes))],
      ];

      test.each(WAYS)('%s of a photo over the limit is 413 and leaves nothing', async (_, send) => {
        const app = await contract.signUp();
        expectError(await send(app, pngOf(LARGEST_PHOTO + 1)), 413, 'TOO_LARGE');
        expect(bodyOf(await app.get('/quota')).usedBytes).toBe(0);
        expect((await send(app, pngOf(LARGEST_PHOTO))).status).toBeLessThan(300);
      });

      test.each(WAYS)(
        '%s is 402 with reason, limit and current when it is full, and text still goes',
        async (_, send) => {
          const app = await contract.signUp();
          for (const _round of [1, 2]) bodyOf(await send(app, pngOf(LARGEST_PHOTO)));
          const reply = await send(app, pngOf(LARGEST_PHOTO));
          expectError(reply, 402, 'QUOTA_EXCEEDED');
          expect(reply.body.details).toEqual({
            reason: expect.any(String),
            limit: STORAGE,
            current: 2 * LARGEST_PHOTO,
          });
          expect(bodyOf(await app.get('/quota'))).toMatchObject({ totalBytes: STORAGE, usedBytes: 2 * LARGEST_PHOTO });
          expect((await app.post('/sync/content', entry())).status).toBe(200);
        },
      );
    },
    { settings: { mediaBytes: LARGEST_PHOTO, userBytes: STORAGE } },
  );
}

/** A path whatever its parameters are called. */
function anonymous({ method, path }: { method: string; path: string }): string {
  return `${method} ${path.replace(/\{\w+\}/g, '{}')}`;
}

describe('the list of paths', () => {
  test('names each path once', () => {
    const names = [...GUARDED_PATHS, ...OPEN_PATHS].map(anonymous);
    expect(names).toEqual([...new Set(names)]);
  });
});
