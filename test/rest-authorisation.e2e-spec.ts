/**
 * Who may do what over REST: every method of every path, asked without a token and about a row of one's own, of
 * another user, of nobody and a deleted one. The paths are read from the OpenAPI document the server serves, so a new
 * one without a row in the table fails.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { operationsOf, type OpenApi } from './bad-input/openapi.js';
import { entry, journal, link, photo } from './contract/support/bodies.js';
import type { Device } from './support/device.js';
import { OF_THE_CALLER, rowsOfCase, type Case, type Expected, type Ids } from './support/rows-of-case.js';
import { digestOf } from './support/stored.js';
import { startTestServer, type TestServer } from './support/test-server.js';
import { pngOf, stored } from './support/uploads.js';

let server: TestServer;
let me: Device;
let other: Device;
beforeAll(async () => {
  server = await startTestServer();
  me = await server.signUp('mine');
  other = await server.signUp('theirs');
});
afterAll(() => server.close());

const READ: Expected = { noToken: 401, own: 200, others: 403, missing: 404, deleted: 404 };
/** What is deleted only comes back when its version is named. */
const UPLOAD: Expected = { noToken: 401, own: 200, others: 403, missing: 200, deleted: 409 };
const EDIT: Expected = { noToken: 401, own: 200, others: 403, missing: 404, deleted: 409 };
/** It leaves a tombstone, whatever was there. */
const DELETE: Expected = { noToken: 401, own: 200, others: 403, missing: 200, deleted: 200 };
const EMPTY_DELETE: Expected = { noToken: 401, own: 204, others: 403, missing: 204, deleted: 204 };
/** "Own", "missing" and "deleted" is the entry: its photos need not wait for it and do not go with it. */
const PHOTO: Expected = { ...UPLOAD, deleted: 200 };

/** The body of a request about those rows. */
type Body = (ids: Ids) => object;

const ENTRY: Body = ({ contentId }) => entry({ id: contentId });
const JOURNAL: Body = ({ journalId }) => journal({ id: journalId });
const LINK: Body = ({ journalId, contentId }) => link({ journalId, contentId });
const LINKS: Body = (ids) => ({ associations: [LINK(ids)] });
const EDITED: Body = () => ({ lastUpdated: 3_000 });
const NEW_PHOTO: Body = ({ contentId }) => photo(pngOf(100), { contentId });

/** What is expected of each method and path, and what it is sent. */
const EXPECTED: Record<string, [expected: Expected, body?: Body]> = {
  'POST /sync/content': [UPLOAD, ENTRY],
  'POST /sync/content/{}': [EDIT, EDITED],
  'POST /sync/content/{}/delete': [DELETE],
  'GET /sync/content/changes': [OF_THE_CALLER],
  'POST /sync/journals': [UPLOAD, JOURNAL],
  'POST /sync/journals/{}': [EDIT, EDITED],
  'POST /sync/journals/{}/delete': [DELETE],
  'GET /sync/journals/changes': [OF_THE_CALLER],
  'POST /sync/associations': [UPLOAD, LINKS],
  'POST /sync/associations/delete': [DELETE, LINKS],
  'GET /sync/associations/changes': [OF_THE_CALLER],
  'POST /sync/media': [PHOTO, NEW_PHOTO],
  'GET /sync/media/{}': [READ],
  'GET /sync/status': [OF_THE_CALLER],
  'GET /contents': [OF_THE_CALLER],
  'PUT /contents/{}': [{ ...UPLOAD, missing: 201 }, ENTRY],
  'GET /contents/{}': [READ],
  'PATCH /contents/{}': [EDIT, EDITED],
  'DELETE /contents/{}': [EMPTY_DELETE],
  'GET /journals': [OF_THE_CALLER],
  'PUT /journals/{}': [{ ...UPLOAD, missing: 201 }, JOURNAL],
  'GET /journals/{}': [READ],
  'PATCH /journals/{}': [EDIT, EDITED],
  'DELETE /journals/{}': [EMPTY_DELETE],
  'POST /associations': [UPLOAD, LINKS],
  'GET /associations': [OF_THE_CALLER],
  'DELETE /associations': [EMPTY_DELETE, LINKS],
  'PUT /associations/{}/{}': [{ ...UPLOAD, own: 204, missing: 204 }, LINK],
  'DELETE /associations/{}/{}': [EMPTY_DELETE],
  'POST /media': [{ ...PHOTO, own: 201, missing: 201, deleted: 201 }, NEW_PHOTO],
  'GET /media/{}': [READ],
  'GET /media/{}/binary': [READ],
  'DELETE /media/{}': [EMPTY_DELETE],
  'GET /quota': [OF_THE_CALLER],
  'GET /ops/sync/status': [OF_THE_CALLER],
  'GET /server/info': [{ ...OF_THE_CALLER, noToken: 200 }],
};

/** The paths of a document, whatever their parameters are called and wherever they are mounted. */
const namesOf = (document: OpenApi): string[] =>
  operationsOf(document).map(
    ({ method, path }) => `${method} ${path.replace(/^\/api\/v1/, '').replace(/\{\w+\}/g, '{}')}`,
  );

/** The address of a path about those rows. */
function addressOf(path: string, { journalId, contentId, mediaId }: Ids): string {
  const own = /journals/.test(path) ? journalId : /media/.test(path) ? mediaId : contentId;
  const ids = path.startsWith('/associations/') ? [journalId, contentId] : [own];
  return path.replace(/\{\}/g, () => ids.shift() ?? '');
}

/** A form where the path takes nothing else. */
function bodyOf(name: string, sent: object): { body: string | FormData; headers: Record<string, string> } {
  if (name !== 'POST /media') return { body: JSON.stringify(sent), headers: { 'content-type': 'application/json' } };
  const { data, ...parts } = sent as ReturnType<typeof photo>;
  const form = new FormData();
  for (const [part, value] of Object.entries(parts)) form.append(part, String(value));
  form.append('data', new Blob([Buffer.from(data, 'base64')]), 'beans.jpg');
  return { body: form, headers: {} };
}

const CODES: Record<number, string> = { 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN', 404: 'NOT_FOUND', 409: 'CONFLICT' };

describe('authorisation over REST', () => {
  it('has a row in the table for every path of the OpenAPI document, and none for another', async () => {
    const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as OpenApi;
    expect([...new Set(namesOf(document))].toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
  });

  const cases = Object.entries(EXPECTED).flatMap(([name, [expected, request]]) =>
    (Object.entries(expected) as [Case, number | null][]).flatMap(([kind, status]) =>
      status === null ? [] : [{ name, kind, status, request }],
    ),
  );
  // The same routes lie under both: each path is asked at one of them for one kind of row and at the other for the next.
  const mounted = cases.map((one, index) => ({ ...one, mount: index % 2 === 0 ? '' : '/api/v1' }));

  it.each(mounted)('$name under "$mount", $kind: $status', async ({ name, mount, kind, status, request }) => {
    const [method = '', path = ''] = name.split(' ');
    const ids = await rowsOfCase(kind, { me, other }, (owner, { contentId, mediaId }) =>
      stored(owner, pngOf(100), { id: mediaId, contentId }),
    );
    const [everyone, theirs] = [await digestOf(server), await digestOf(server, other.user.id)];
    const sent = request === undefined ? undefined : bodyOf(name, request(ids));
    const response = await fetch(`${server.url}${mount}${addressOf(path, ids)}`, {
      method,
      ...sent,
      headers: { ...sent?.headers, ...(kind !== 'noToken' && { authorization: `Bearer ${me.tokens.accessToken}` }) },
    });
    const text = await response.text();
    // What is refused writes nothing; what is allowed writes nothing of another user.
    if (status >= 400) expect(JSON.parse(text)).toMatchObject({ code: CODES[status], error: { code: CODES[status] } });
    expect({ status: response.status, text }).toMatchObject({ status });
    if (status >= 400) expect(await digestOf(server)).toBe(everyone);
    expect(await digestOf(server, other.user.id)).toBe(theirs);
  });

  it('feeds hold nothing of another user, whatever the two tried', async () => {
    const foreign = await rowsOfCase('others', { me, other }, () => Promise.resolve());
    for (const path of ['/sync/content/changes', '/sync/journals/changes', '/sync/associations/changes']) {
      for (let since = 0, hasMore = true; hasMore;) {
        const response = await fetch(`${server.url}${path}?since=${since}`, {
          headers: { authorization: `Bearer ${me.tokens.accessToken}` },
        });
        const text = await response.text();
        expect(text).not.toContain(foreign.contentId);
        expect(text).not.toContain(foreign.journalId);
        ({ lastTimestamp: since, hasMore = false } = JSON.parse(text) as { lastTimestamp: number; hasMore?: boolean });
      }
    }
  });

  it('a user that a request names is nobody: the token alone says who asks', async () => {
    const theirs = await digestOf(server, other.user.id);
    const id = randomUUID();
    const response = await fetch(`${server.url}/sync/content?userId=${other.user.id}`, {
      method: 'POST',
      body: JSON.stringify(entry({ id, userId: other.user.id, user_id: other.user.id, ownerId: other.user.id })),
      headers: {
        'content-type': 'application/json',
        'x-user-id': other.user.id,
        authorization: `Bearer ${me.tokens.accessToken}`,
      },
    });
    expect(response.status).toBe(200);
    expect(await me.data('query ($id: ID!) { content(id: $id) { id } }', { id })).toEqual({ content: { id } });
    expect(await digestOf(server, other.user.id)).toBe(theirs);
  });
});
