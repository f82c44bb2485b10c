/** Who may read and send bytes: every path of them, asked as the operations of the schema are. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Device } from './support/device.js';
import type { Case } from './support/rows-of-case.js';
import { digestOf } from './support/stored.js';
import { startTestServer, type TestServer } from './support/test-server.js';
import { bearer, filesIn, patch, pending, pngOf, stored, tus, type MediaRow } from './support/uploads.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** The bytes that a photo of this test has, or waits for. */
const bytesOf = (mediaId: string): Buffer => pngOf(100, mediaId);

describe('the paths beside GraphQL', () => {
  let me: Device;
  let other: Device;
  beforeAll(async () => {
    me = await server.signUp('mine');
    other = await server.signUp('theirs');
  });

  /** Each for bytes that are stored, and for an upload that waits for them. */
  const PATHS: Record<
    string,
    { own: number; stored: boolean; ask: (device: Device, id: string) => Promise<Response> }
  > = {
    'GET /sync/media/:id': { own: 200, stored: true, ask: (device, id) => download(device, 'GET', id) },
    'HEAD /sync/media/:id': { own: 200, stored: true, ask: (device, id) => download(device, 'HEAD', id) },
    'HEAD /media/uploads/:id': { own: 200, stored: false, ask: (device, id) => tus(device, 'HEAD', id) },
    'PATCH /media/uploads/:id': { own: 204, stored: false, ask: (device, id) => patch(device, id, bytesOf(id)) },
    'DELETE /media/uploads/:id': { own: 204, stored: false, ask: (device, id) => tus(device, 'DELETE', id) },
    'POST /media/uploads': { own: 201, stored: false, ask: begin },
  };

  function download(device: Device, method: string, id: string): Promise<Response> {
    return fetch(`${server.url}/sync/media/${id}`, { method, headers: bearer(device) });
  }

  function begin(device: Device, id: string): Promise<Response> {
    const named = `mediaId ${Buffer.from(id).toString('base64')}`;
    return tus(device, 'POST', '', { headers: { 'upload-length': '100', 'upload-metadata': named } });
  }

  /** A photo, and what has arrived of it. */
  async function photo(kind: Case, isStored: boolean): Promise<string> {
    const id = randomUUID();
    if (kind === 'missing') return id;
    const owner = kind === 'others' ? other : me;
    const row: MediaRow = isStored
      ? await stored(owner, bytesOf(id), { id })
      : await pending(owner, bytesOf(id), { id });
    if (kind === 'deleted') await owner.push([{ deleteMedia: { id: row.id, mutationId: randomUUID() } }]);
    return id;
  }

  const cases = Object.entries(PATHS).flatMap(([path, { own, ...rest }]) =>
    Object.entries({ noToken: 401, own, others: 403, missing: 404, deleted: 404 }).map(([kind, status]) => ({
      path,
      kind: kind as Case,
      status,
      ...rest,
    })),
  );

  it.each(cases)('$path, $kind: $status', async ({ kind, status, stored: isStored, ask: askIt, path }) => {
    const id = await photo(kind, isStored);
    const [everyone, files] = [await digestOf(server), await filesIn(server.dataDir, 'blobs', 'uploads')];
    const nobody: Device = Object.assign(Object.create(me) as Device, { tokens: { accessToken: 'none' } });
    const answer = await askIt(kind === 'noToken' ? nobody : me, id);
    const body = Buffer.from(await answer.arrayBuffer());
    expect(answer.status).toBe(status);
    // The bytes go to their owner alone, and a refusal leaves the rows and what has arrived as they are.
    expect(body.includes(bytesOf(id))).toBe(path.startsWith('GET') && kind === 'own');
    expect(await digestOf(server)).toBe(everyone);
    if (kind !== 'own') expect(await filesIn(server.dataDir, 'blobs', 'uploads')).toEqual(files);
  });
});
