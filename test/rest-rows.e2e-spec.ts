/** Entries and links over REST, beyond the contract: what only a test that has the server in hand can see, and which fields a refusal names. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { entry as entryBody } from './contract/support/bodies.js';
import type { Device } from './support/device.js';
import { saveContent } from './support/factories.js';
import { HeldTransaction, untilWaiting } from './support/held-transaction.js';
import { rest, type RestReply } from './support/rest.js';
import { startTestServer, type TestServer } from './support/test-server.js';

let server: TestServer;
let device: Device;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  device = await server.signUp();
});

const ask = (method: string, path: string, body?: object | string): Promise<RestReply> =>
  rest(device, method, path, body);

/** One entry as the feed shows it. */
async function changeOf(id: string): Promise<any> {
  const { body } = await ask('GET', '/contents');
  return body.changes.find((change: { id: string }) => change.id === id);
}

describe('an upload', () => {
  it('by PUT of another id than the path’s is refused', async () => {
    expect(await ask('PUT', `/contents/${randomUUID()}`, entryBody())).toMatchObject({
      status: 400,
      body: { code: 'BAD_USER_INPUT', fields: ['id'] },
    });
  });

  it('carries the first version that it names', async () => {
    const entry = entryBody();
    const { body: first } = await ask('POST', '/sync/content', entry);
    const { body: second } = await ask('POST', '/sync/content', entry);
    const [stale, current] = [first.serverVersion, second.serverVersion];
    const known = (serverVersion: number) => ({ versionConstraint: { type: 'known', serverVersion } });
    const written = async (fields: object): Promise<number> => {
      const { status, body } = await ask('PUT', `/contents/${entry.id}`, { ...entry, ...fields });
      if (status === 409)
        expect(body.current).toMatchObject({ id: entry.id, content: 'It rained.', lastUpdated: 2_000 });
      return status;
    };
    expect(await written({ ...known(stale), clientLastKnownServerVersion: current, syncVersion: current })).toBe(409);
    expect(await written({ clientLastKnownServerVersion: stale, syncVersion: current })).toBe(409);
    expect(await written({ syncVersion: stale })).toBe(409);
    expect(await written({ ...known(current), clientLastKnownServerVersion: stale, syncVersion: stale })).toBe(200);
    expect(await written({ syncVersion: 0 })).toBe(200);
  });

  it.each<[string, object]>([
    ['no object', []],
    ['nothing of it', {}],
    ['a time beyond what JSON carries', entryBody({ lastUpdated: 1e300 })],
    ['a type that nobody knows', entryBody({ type: 'SMELL' })],
    ['a number for its words', entryBody({ content: 7 })],
    ['an unreadable constraint', entryBody({ versionConstraint: [] })],
    ['a constraint that is text', entryBody({ versionConstraint: 'none' })],
    ['an object for its words', entryBody({ content: { constructor: 'x' } })],
    ['a constraint without its version', entryBody({ versionConstraint: { type: 'known' } })],
    ['an id that is none', entryBody({ id: '7' })],
    ['U+0000', entryBody({ content: 'a\0b' })],
  ])('with %s is refused, with the fields that are wrong', async (_, body) => {
    const answer = await ask('POST', '/sync/content', body);
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'BAD_USER_INPUT', fields: expect.arrayContaining([expect.any(String)]) },
    });
    expect((await device.pull('contentChanges')).rows).toEqual([]);
  });

  it.each(['%ff', 'a'.repeat(200), 'a/b', '..%2f..'])(
    'at an address like %.5s is refused in both shapes',
    async (id) => {
      for (const path of [`/contents/${id}`, `/api/v1/contents/${id}`]) {
        const { status, body, text } = await ask('PATCH', path, { lastUpdated: 1 });
        expect([400, 404]).toContain(status);
        expect(body).toMatchObject({ code: body.error.code, error: { message: body.message }, errors: [{}] });
        expect(text).not.toContain(id);
      }
    },
  );

  it.each<[string, unknown]>([
    ['an object', { latitude: 1 }],
    ['an object that names a constructor', { constructor: 'x' }],
    ['more than anybody would nest', []],
  ])('may hold %s that nobody knows', async (_, location) => {
    expect((await ask('POST', '/sync/content', nestedText(entryBody(), location))).status).toBe(200);
  });

  /** `JSON.stringify` goes no deeper than the stack. */
  const nestedText = (body: object, location: unknown): string => {
    const isDeep = Array.isArray(location);
    const text = isDeep ? '['.repeat(50_000) + ']'.repeat(50_000) : JSON.stringify(location);
    return `${JSON.stringify(body).slice(0, -1)},"location":${text}}`;
  };
});

describe('an update', () => {
  it('with defaults changes as little as one without them', async () => {
    const entry = entryBody({ type: 'AUDIO', durationMs: 61_000 });
    await ask('POST', '/sync/content', entry);
    await ask('PATCH', `/contents/${entry.id}`, { content: null, mediaUri: null, durationMs: 0, lastUpdated: 3_000 });
    expect(await changeOf(entry.id)).toMatchObject({ content: 'It rained.', durationMs: 61_000, lastUpdated: 3_000 });
  });

  it('changes the row as it is when it is written, whoever wrote while it waited', async () => {
    const entry = entryBody({ type: 'AUDIO', durationMs: 1 });
    await ask('POST', '/sync/content', entry);
    const [holder, observer] = [await server.connect(), await server.connect()];
    const held = await HeldTransaction.onClock(holder, device.user.id);
    const first = device.push([saveContent({ id: entry.id, type: 'AUDIO', content: 'A', durationMs: 9_000 })]);
    await untilWaiting(observer, 1, first);
    const second = ask('PATCH', `/contents/${entry.id}`, { content: 'B', lastUpdated: 3_000 });
    await untilWaiting(observer, 2, second);
    await held.release();
    await first;
    expect((await second).status).toBe(200);
    expect(await changeOf(entry.id)).toMatchObject({ content: 'B', durationMs: 9_000 });
  });
});

describe('a delete', () => {
  it('may name a type for the body that it has not', async () => {
    const answer = await rest(device, 'POST', `/sync/content/${randomUUID()}/delete`, undefined, {
      'content-type': 'application/json',
    });
    expect(answer.status).toBe(200);
  });
});

describe('links', () => {
  const ends = () => ({ journalId: randomUUID() as string, contentId: randomUUID() as string });

  it.each([
    ['no list', 'x'],
    ['nothing', undefined],
    ['null', null],
    ['too many', Array(501).fill({})],
    ['items that are none', [null]],
    ['an item without its ends', [{ createdAt: 1 }]],
  ])('with %s for a list are refused', async (_, associations) => {
    for (const path of ['/associations', '/sync/associations/delete']) {
      const { status, body } = await ask('POST', path, { associations });
      expect({ status, code: body.code, field: body.fields[0].split('.')[0] }).toEqual({
        status: 400,
        code: 'BAD_USER_INPUT',
        field: 'associations',
      });
    }
  });

  it('that can be made are, when others of the request are refused', async () => {
    const others = entryBody();
    await rest(await server.signUp(), 'POST', '/sync/content', others);
    const [good, foreign] = [ends(), { ...ends(), contentId: others.id }];
    const associations = [foreign, good].map((link) => ({ ...link, createdAt: 1 }));
    expect(await ask('POST', '/associations', { associations })).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN', fields: ['associations.0'] },
    });
    expect((await device.pull('associationChanges')).rows).toMatchObject([good]);
  });
});
