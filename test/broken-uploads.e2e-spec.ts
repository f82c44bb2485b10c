import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Answer, Device } from './support/device.js';
import { codeOf } from './support/error-codes.js';
import { startTestServer, type TestServer } from './support/test-server.js';
import { leavesNothing, tracesOf } from './support/traces.js';
import { filesIn, mediaInput, multipart, openUpload, pngOf, upload } from './support/uploads.js';

const MEDIA_BYTES = 100_000;

let server: TestServer;
let device: Device;
beforeAll(async () => void (server = await startTestServer({ mediaBytes: MEDIA_BYTES })));
afterAll(() => server.close());
beforeEach(async () => void (device = await server.signUp()));

const refused = (work: () => Promise<Answer>): Promise<Answer> => leavesNothing(server, device, work);

describe('an upload that cannot be right', () => {
  it.each([
    [{ id: 'no uuid' }, 'id'],
    [{ contentId: 'no uuid' }, 'contentId'],
    [{ fileName: 'x'.repeat(256) }, 'fileName'],
    [{ fileName: 'a\0b' }, 'fileName'],
    [{ fileName: '\ud800' }, 'fileName'],
    [{ mimeType: 'x'.repeat(256) }, 'mimeType'],
    [{ sha256: 'a' }, 'sha256'],
    [{ sizeBytes: -1 }, 'sizeBytes'],
    [{ mutationId: 'no uuid' }, 'mutationId'],
    [{ createdAt: 'yesterday' }, 'createdAt'],
    [{ createdAt: 2 ** 60 }, 'createdAt'],
    [{ fileName: undefined }, 'fileName'],
    [{ more: 1 }, 'more'],
  ])('is refused with the names of its fields: %j', async (fields, name) => {
    const answer = await refused(() => upload(device, pngOf(1000), mediaInput(fields)));
    expect(codeOf(answer)).toEqual([400, 'BAD_USER_INPUT']);
    expect(answer.errors![0]!.extensions.fields?.join()).toContain(name);
  });

  it('leaves the connection good for the next request', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const send = (fields: object, size: number, headers = {}) => {
      const { type, before, behind } = multipart(mediaInput({ ...fields }));
      const { sending, answer } = openUpload(device, type, { agent, headers });
      sending.end(Buffer.concat([Buffer.from(before), pngOf(size), Buffer.from(behind)]));
      return answer;
    };
    try {
      const answers = [
        await send({ id: 'no uuid' }, MEDIA_BYTES),
        await send({}, 30 * MEDIA_BYTES),
        await send({}, MEDIA_BYTES, { authorization: 'Bearer none' }),
        await send({ sha256: 'a'.repeat(64) }, MEDIA_BYTES),
        await send({}, MEDIA_BYTES),
      ];
      expect(answers.map(({ status }) => status)).toEqual([400, 413, 401, 422, 200]);
      expect(new Set(answers.map(({ socket }) => socket)).size).toBe(1);
    } finally {
      agent.destroy();
    }
  });

  const OPERATIONS = JSON.stringify({
    query: 'mutation ($i: UploadMediaInput!, $file: Upload!) { uploadMedia(input: $i, file: $file) { id } }',
    variables: { i: mediaInput(), file: null },
  });
  const FILE: [string, Blob] = ['0', new Blob(['x'])];
  const MAP = '{"0":["variables.file"]}';
  it.each<[string, (string | Blob)[][]]>([
    ['nothing', []],
    ['no operations', [['map', MAP], FILE]],
    ['operations that are no JSON', [['operations', '{'], ['map', MAP], FILE]],
    ['no map', [['operations', OPERATIONS], FILE]],
    ['a map that is no JSON', [['operations', OPERATIONS], ['map', '{'], FILE]],
    ['a map to nowhere', [['operations', OPERATIONS], ['map', '{"0":["variables.nowhere.at.all"]}'], FILE]],
    ['a map to the prototype', [['operations', OPERATIONS], ['map', '{"0":["__proto__.x"]}'], FILE]],
    [
      'a map without the file',
      [
        ['operations', OPERATIONS],
        ['map', MAP],
      ],
    ],
    [
      'no file',
      [
        ['operations', OPERATIONS],
        ['map', '{}'],
      ],
    ],
    [
      'a text in the place of the file',
      [
        ['operations', OPERATIONS.replace('null', '"text"')],
        ['map', '{}'],
      ],
    ],
    [
      'two files',
      [
        ['operations', OPERATIONS],
        ['map', '{"0":["variables.file"],"1":["variables.i"]}'],
        FILE,
        ['1', new Blob(['y'])],
      ],
    ],
  ])('is refused with 4xx when it has %s', async (_, parts) => {
    await refused(async () => {
      const body = new FormData();
      for (const [name, value] of parts as [string, string][]) body.append(name, value);
      const headers = { 'apollo-require-preflight': '1', authorization: `Bearer ${device.tokens.accessToken}` };
      const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body });
      const answer = (await response.json()) as Answer;
      expect(['400 BAD_USER_INPUT', '413 TOO_LARGE']).toContain(
        `${response.status} ${answer.errors?.[0]?.extensions.code}`,
      );
      return answer;
    });
  });

  it.each([
    'multipart/form-data',
    'Multipart/Form-Data; boundary=x',
    'multipart/form-data; boundary=',
    'multipart/mixed; boundary=x',
  ])('is refused with 4xx under the content type %s', async (type) => {
    const headers = {
      'content-type': type,
      'apollo-require-preflight': '1',
      authorization: `Bearer ${device.tokens.accessToken}`,
    };
    const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: randomBytes(1000) });
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain('node_modules');
  });
});

describe('an upload that is cut', () => {
  it.each(['with a length', 'in chunks'])('in the middle of the file, %s, leaves nothing', async (how) => {
    const { type, before } = multipart(mediaInput());
    const headers: Record<string, string> = how === 'in chunks' ? {} : { 'content-length': '90000' };
    const { sending, answer } = openUpload(device, type, { headers });
    const ended = answer.then(
      () => 'answered',
      () => 'cut',
    );
    const staged = (): Promise<string[]> => filesIn(server.dataDir, 'uploads/staged');
    const before_ = await tracesOf(server, device);
    sending.write(before);
    sending.write(pngOf(50_000));
    await until(async () => (await staged()).length > 0);
    sending.destroy();
    expect(await ended).toBe('cut');
    await until(async () => (await staged()).length === 0);
    expect(await tracesOf(server, device)).toEqual(before_);
    expect((await device.send('{ me { id } }')).status).toBe(200);
  });
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 20_000; !(await isSo()); await delay(5)) {
    if (Date.now() > deadline) throw new Error('It did not come to be in 20 s');
  }
}
