/** Journals, entries and links over REST: what is written, what is refused, and what stays as it is. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { entry as entryBody, journal as journalBody } from './contract/support/bodies.js';
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

async function deletedEntry(): Promise<{ id: string; serverVersion: number }> {
  const entry = entryBody();
  await ask('POST', '/sync/content', entry);
  await ask('DELETE', `/contents/${entry.id}`);
  const { rows } = await device.pull('contentChanges');
  return { id: entry.id, serverVersion: rows.find(({ id }) => id === entry.id)!.serverVersion };
}

describe('an upload', () => {
  it('is answered with its stamp, which GraphQL shows too', async () => {
    const entry = entryBody({ deviceId: 'pixel' });
    const { status, body } = await ask('POST', '/sync/content', entry);
    expect(status).toBe(200);
    const { rows } = await device.pull('contentChanges');
    expect(rows).toEqual([
      expect.objectContaining({
        id: entry.id,
        content: 'It rained.',
        createdAt: 1_000,
        clientUpdatedAt: 2_000,
        deviceId: 'pixel',
        serverVersion: body.serverVersion,
        updatedAt: body.uploadedAt,
      }),
    ]);
    expect(body).toEqual({ id: entry.id, serverVersion: expect.any(Number), uploadedAt: expect.any(Number) });
  });

  it.each([undefined, 'unknown', null])('by the device %p is by that of the token', async (deviceId) => {
    await ask('POST', '/sync/content', entryBody(deviceId === undefined ? {} : { deviceId }));
    const { rows } = await device.pull('contentChanges');
    expect(rows.map((row) => row.deviceId)).toEqual([device.deviceId]);
  });

  it('brings no deleted row back, and shows the tombstone', async () => {
    const { id, serverVersion } = await deletedEntry();
    for (const more of [{}, { syncVersion: 0 }, { versionConstraint: { type: 'none' } }]) {
      for (const [method, path] of [
        ['POST', '/sync/content'],
        ['PUT', `/contents/${id}`],
      ] as const) {
        const { status, body } = await ask(method, path, entryBody({ id, ...more }));
        expect({ status, body }).toMatchObject({
          status: 409,
          body: { code: 'CONFLICT', error: { code: 'CONFLICT' }, current: { id, serverVersion, isDeleted: true } },
        });
      }
    }
    expect(await changeOf(id)).toBeUndefined();
  });

  it('brings a deleted row back when it names the version of the tombstone', async () => {
    const { id, serverVersion } = await deletedEntry();
    expect(await ask('PUT', `/contents/${id}`, entryBody({ id, syncVersion: serverVersion }))).toMatchObject({
      status: 200,
    });
    expect(await changeOf(id)).toMatchObject({ id, content: 'It rained.' });
  });

  it('by PUT is 201 with its address the first time and 200 after that', async () => {
    const journal = journalBody();
    const first = await ask('PUT', `/api/v1/journals/${journal.id}`, journal);
    const again = await ask('PUT', `/api/v1/journals/${journal.id}`, journal);
    expect([first.status, first.headers.get('location')]).toEqual([201, `/api/v1/journals/${journal.id}`]);
    expect([again.status, again.headers.get('location')]).toEqual([200, null]);
  });

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
  it.each(['PATCH /contents/:id', 'POST /sync/content/:id'])('by %s leaves what it does not name', async (address) => {
    const entry = entryBody({ type: 'AUDIO', content: 'A wren.', mediaUri: 'file:///wren', durationMs: 61_000 });
    await ask('POST', '/sync/content', entry);
    const [method, path] = address.replace(':id', entry.id).split(' ') as [string, string];
    const { status, body } = await ask(method, path, { content: 'Two wrens.', lastUpdated: 3_000 });
    expect({ status, body }).toEqual({
      status: 200,
      body: { id: entry.id, serverVersion: expect.any(Number), updatedAt: expect.any(Number) },
    });
    expect(await changeOf(entry.id)).toEqual({
      id: entry.id,
      type: 'AUDIO',
      content: 'Two wrens.',
      mediaUri: 'file:///wren',
      durationMs: 61_000,
      createdAt: 1_000,
      lastUpdated: 3_000,
      serverVersion: body.serverVersion,
      isDeleted: false,
      media: [],
    });
  });

  it('with defaults changes as little as one without them', async () => {
    const entry = entryBody({ type: 'AUDIO', durationMs: 61_000 });
    await ask('POST', '/sync/content', entry);
    await ask('PATCH', `/contents/${entry.id}`, { content: null, mediaUri: null, durationMs: 0, lastUpdated: 3_000 });
    expect(await changeOf(entry.id)).toMatchObject({ content: 'It rained.', durationMs: 61_000, lastUpdated: 3_000 });
  });

  it('of a missing row is 404 and makes none, of a deleted one 409, of another user’s 403', async () => {
    const { id, serverVersion } = await deletedEntry();
    const others = entryBody();
    await rest(await server.signUp(), 'POST', '/sync/content', others);
    const update = { content: 'mine', lastUpdated: 3_000 };
    const missing = randomUUID();
    for (const prefix of ['PATCH /contents', 'POST /sync/content', 'PATCH /api/v1/contents']) {
      const [method, path] = prefix.split(' ') as [string, string];
      expect(await ask(method, `${path}/${missing}`, update)).toMatchObject({
        status: 404,
        body: { code: 'NOT_FOUND' },
      });
      expect(await ask(method, `${path}/${id}`, update)).toMatchObject({
        status: 409,
        body: { current: { id, serverVersion, isDeleted: true } },
      });
      expect((await ask(method, `${path}/${id}`, { ...update, syncVersion: serverVersion })).status).toBe(409);
      expect(await ask(method, `${path}/${others.id}`, update)).toMatchObject({
        status: 403,
        body: { code: 'FORBIDDEN' },
      });
    }
    expect((await device.pull('contentChanges')).rows.map((row) => row.id)).toEqual([id]);
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
  it('says nothing, and the second changes nothing', async () => {
    const journal = journalBody();
    await ask('POST', '/sync/journals', journal);
    const first = await ask('POST', `/sync/journals/${journal.id}/delete`);
    const { rows } = await device.pull('journalChanges');
    const second = await ask('DELETE', `/journals/${journal.id}`);
    expect([first.status, first.text, second.status, second.text]).toEqual([200, '', 204, '']);
    expect((await device.pull('journalChanges')).rows).toEqual(rows);
    expect(rows).toHaveLength(1);
  });

  it('may name a type for the body that it has not', async () => {
    const answer = await rest(device, 'POST', `/sync/content/${randomUUID()}/delete`, undefined, {
      'content-type': 'application/json',
    });
    expect(answer.status).toBe(200);
  });
});

describe('links', () => {
  const ends = () => ({ journalId: randomUUID() as string, contentId: randomUUID() as string });

  it('are made and removed, many at a time or one by its path', async () => {
    const [one, two] = [ends(), ends()];
    const { body } = await ask('POST', '/sync/associations', {
      associations: [
        { ...one, createdAt: 1_000 },
        { ...two, createdAt: 1_000, syncVersion: 0, deviceId: 'unknown' },
      ],
    });
    const { rows, since } = await device.pull('associationChanges');
    expect(body).toEqual({ uploadedCount: 2, uploadedAt: since });
    expect(rows).toMatchObject([one, two]);
    expect((await ask('DELETE', '/associations', { associations: [one] })).status).toBe(204);
    expect((await ask('DELETE', `/associations/${two.journalId}/${two.contentId}`)).status).toBe(204);
    const { body: page } = await ask('GET', '/sync/associations/changes');
    expect(page).toMatchObject({ changes: [], deletions: [one, two], hasMore: false });
    expect(page.deletions[0]).toEqual({ ...one, deletedAt: expect.any(Number) });
    const again = ends();
    await ask('PUT', `/associations/${again.journalId}/${again.contentId}`, { createdAt: 5 });
    const { body: next } = await ask('GET', `/associations?since=${page.lastTimestamp}`);
    expect(next.changes).toEqual([{ ...again, createdAt: 5, serverVersion: expect.any(Number) }]);
  });

  it('that are removed do not come back by themselves', async () => {
    const link = ends();
    const path = `/associations/${link.journalId}/${link.contentId}`;
    expect((await ask('PUT', path)).status).toBe(204);
    await ask('DELETE', path);
    const refused = await ask('PUT', path, {});
    expect(refused).toMatchObject({ status: 409, body: { current: { ...link, isDeleted: true } } });
    const { serverVersion } = refused.body.current;
    expect((await ask('PUT', path, { syncVersion: serverVersion })).status).toBe(204);
  });

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
