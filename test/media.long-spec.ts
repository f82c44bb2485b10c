/**
 * One gibibyte up and down, 200 MiB over a broken line, and how fast: against a bare server of Node that does the
 * least that must be done, writing the bytes to a file and hashing them. All figures are printed.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeCutUpload } from './support/cut-upload.js';
import { signUp, type Device } from './support/device.js';
import { saveContent } from './support/factories.js';
import { startServerProcess, type ServerProcess } from './support/server-process.js';
import { createTestDatabase, type TestDatabase } from './support/test-database.js';
import { bearer, completeUpload, createUpload, download, mediaInput } from './support/uploads.js';

const MIB = 2 ** 20;
const LARGE_MIB = 1024;
/** How much memory the server may take for it, above what it has when nothing is to do. */
const MEMORY_MIB = 96;
const TIMED_MIB = 256;
const ROUNDS = 5;
const SLOWEST = 0.75;
const LATENCY_FACTOR = 2;

const BARE_SERVER = `
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:http';
import { pipeline } from 'node:stream/promises';
const hashing = async function* (bytes, hash) { for await (const chunk of bytes) { hash.update(chunk); yield chunk; } };
const server = createServer(async (request, response) => {
  const hash = createHash('sha256');
  await pipeline(request, (bytes) => hashing(bytes, hash), createWriteStream(process.argv[2]));
  response.end(hash.digest('hex'));
}).listen(0, '127.0.0.1', () => process.send(server.address().port));
`;

/** Another device of the same person: in this process its bytes would hold up the text here, and not in the server. */
const OTHER_DEVICE = `
import { createReadStream } from 'node:fs';
import { request } from 'node:http';
const { url, headers, path } = JSON.parse(process.argv[2]);
const bytes = createReadStream(path, { highWaterMark: ${MIB} });
bytes.once('data', () => process.send('begun')).pipe(
  request(url, { method: 'PATCH', headers }, ({ statusCode }) => end(statusCode)).on('error', (error) => end(String(error))),
);
function end(how) {
  process.send(how, () => process.disconnect());
}
`;

let database: TestDatabase;
let server: ServerProcess;
let folder: string;
let device: Device;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'logdate-large-'));
  server = await startServerProcess(database, { DATA_DIR: join(folder, 'data'), ACCESS_TOKEN_SECONDS: '86400' });
  device = await signUp(server.url);
});
afterAll(async () => {
  await server.stop();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** A file of random bytes, with its digest. */
async function fileOf(mib: number): Promise<{ path: string; sizeBytes: number; sha256: string }> {
  const path = join(folder, `${mib}-${randomBytes(4).toString('hex')}`);
  const file = createWriteStream(path);
  const hash = createHash('sha256');
  for (let written = 0; written < mib; written += 1) {
    const chunk = randomBytes(MIB);
    hash.update(chunk);
    if (!file.write(chunk)) await once(file, 'drain');
  }
  file.end();
  await finished(file);
  return { path, sizeBytes: mib * MIB, sha256: hash.digest('hex') };
}

/** The whole file in one request, as a client does that is not disturbed. */
async function send(url: string, method: string, path: string, sizeBytes: number, headers = {}): Promise<Response> {
  const body = Readable.toWeb(createReadStream(path, { highWaterMark: MIB })) as ReadableStream;
  const init = { method, body, headers: { ...headers, 'content-length': String(sizeBytes) }, duplex: 'half' };
  return fetch(url, init as RequestInit);
}

const uploadUrl = (id: string): string => `${server.url}/media/uploads/${id}`;

const tusHeaders = (): Record<string, string> => ({
  ...bearer(device),
  'tus-resumable': '1.0.0',
  'upload-offset': '0',
  'content-type': 'application/offset+octet-stream',
});

async function sendByPatch(id: string, path: string, sizeBytes: number): Promise<void> {
  expect((await send(uploadUrl(id), 'PATCH', path, sizeBytes, tusHeaders())).status).toBe(204);
}

async function begin(facts: { sizeBytes: number; sha256: string }): Promise<string> {
  const { data } = await createUpload(device, { ...mediaInput(), sizeBytes: facts.sizeBytes, sha256: facts.sha256 });
  return data.createMediaUpload.media.id;
}

/** The most memory that the server has taken since the last time this was asked, in MiB. */
async function peakMib(): Promise<number> {
  const status = await readFile(`/proc/${server.pid}/status`, 'utf8');
  await writeFile(`/proc/${server.pid}/clear_refs`, '5');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};

describe('a film of one gibibyte', () => {
  const whenCounted = process.platform === 'linux' ? it : it.skip;

  whenCounted('goes up and comes down in constant memory', async () => {
    const film = await fileOf(LARGE_MIB);
    const id = await begin(film);
    for (let i = 0; i < 20; i += 1) await device.push([saveContent()]);
    await peakMib();
    await delay(1000);
    const idle = await peakMib();
    await sendByPatch(id, film.path, film.sizeBytes);
    const up = await peakMib();
    expect((await completeUpload(device, id)).data.completeMediaUpload).toMatchObject({ sha256: film.sha256 });
    const completed = await peakMib();
    const hash = createHash('sha256');
    await readInto(hash, await download(device, id));
    const down = await peakMib();
    expect(hash.digest('hex')).toBe(film.sha256);
    const mib = (value: number): string => value.toFixed(0);
    console.log(
      `${LARGE_MIB} MiB, peak memory of the server in MiB: idle ${mib(idle)}, up ${mib(up)}, completed ${mib(completed)}, down ${mib(down)}`,
    );
    expect(Math.max(up, completed, down) - idle).toBeLessThanOrEqual(MEMORY_MIB);
  });

  async function readInto(hash: Hash, { body }: Response): Promise<void> {
    for await (const chunk of Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]))
      hash.update(chunk as Buffer);
  }
});

describe('uploads and text', () => {
  let bare: ChildProcess;
  let bareUrl: string;
  beforeAll(async () => {
    const script = join(folder, 'bare-server.mjs');
    await writeFile(script, BARE_SERVER);
    bare = fork(script, [join(folder, 'bare-bytes')], { execArgv: [] });
    const [port] = (await once(bare, 'message')) as [number];
    bareUrl = `http://127.0.0.1:${port}`;
  });
  afterAll(async () => {
    const ended = once(bare, 'exit');
    bare.kill();
    await ended;
  });

  it(`goes up with at least ${SLOWEST} of the speed of a server that does nothing else`, async () => {
    const times: { ours: number; completing: number; bare: number }[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const film = await fileOf(TIMED_MIB);
      const id = await begin(film);
      const plain = await seconds(async () => {
        expect(await (await send(bareUrl, 'POST', film.path, film.sizeBytes)).text()).toBe(film.sha256);
      });
      const ours = await seconds(() => sendByPatch(id, film.path, film.sizeBytes));
      // The bytes are made to outlive a power cut here, which the bare server leaves to the system.
      const completing = await seconds(async () => {
        expect((await completeUpload(device, id)).status).toBe(200);
      });
      await rm(film.path);
      // The first round warms both.
      if (round > 0) times.push({ ours, completing, bare: plain });
    }
    const [ours, plain] = [median(times.map((time) => time.ours)), median(times.map((time) => time.bare))];
    const completing = median(times.map((time) => time.completing));
    const ratio = plain / ours;
    console.log(
      `${TIMED_MIB} MiB by tus: ${(TIMED_MIB / ours).toFixed(0)} MiB/s, bare server: ${(TIMED_MIB / plain).toFixed(0)} MiB/s, ratio ${ratio.toFixed(2)}; with the completion (${completing.toFixed(2)} s) ${(plain / (ours + completing)).toFixed(2)}`,
    );
    expect(ratio).toBeGreaterThanOrEqual(SLOWEST);
  });

  it(`text waits at most ${LATENCY_FACTOR} times as long while a film goes up`, async () => {
    const push = () => seconds(() => device.push([saveContent()]));
    for (let i = 0; i < 50; i += 1) await push();
    const script = join(folder, 'other-device.mjs');
    await writeFile(script, OTHER_DEVICE);
    const alone: number[] = [];
    const beside: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (let i = 0; i < 40; i += 1) alone.push(await push());
      const film = await fileOf(TIMED_MIB);
      const id = await begin(film);
      const headers = { ...tusHeaders(), 'content-length': film.sizeBytes };
      const other = fork(script, [JSON.stringify({ url: uploadUrl(id), headers, path: film.path })], { execArgv: [] });
      expect((await once(other, 'message'))[0]).toBe('begun');
      let isSent = false;
      const sent = once(other, 'message').finally(() => (isSent = true));
      while (!isSent) beside.push(await push());
      expect((await sent)[0]).toBe(204);
      await rm(film.path);
    }
    const [quiet, busy] = [median(alone) * 1000, median(beside) * 1000];
    console.log(
      `a push alone: ${quiet.toFixed(1)} ms, beside an upload: ${busy.toFixed(1)} ms (${beside.length} pushes), ratio ${(busy / quiet).toFixed(2)}`,
    );
    expect(busy / quiet).toBeLessThanOrEqual(LATENCY_FACTOR);
  });
});

describeCutUpload({ bytes: 200 * MIB, cutAfter: 7_000_000 });
