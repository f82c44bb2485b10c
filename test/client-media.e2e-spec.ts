/** Files of the device engine against the server: every way up and down, over lines that break. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { graphqlTransport, openLogDate, TransportError } from '@logdate/client';
import type { LocalStore, LogDate, SyncStatus } from '@logdate/client';
import { nodeHasher } from '@logdate/client/hasher';
import { libsqlStore } from '@logdate/client/libsql';
import { httpMediaTransport, sendFiles } from '@logdate/client/media';
import { memoryStore } from '@logdate/client/memory';
import { memorySessions, openAuth, type AuthSession } from '@logdate/client/session';
import { MediaSweep } from '../src/media/media-sweep.js';
import { CuttingProxy } from './support/cutting-proxy.js';
import { startTestServer, type TestServer } from './support/test-server.js';
import { pngOf, sha256Of } from './support/uploads.js';

type Fetch = typeof fetch;

/** A device, the requests for bytes that it made, and what a test does to them. */
interface Phone {
  db: LogDate;
  auth: AuthSession;
  username: string;
  /** `METHOD path` of each request of the media transport. */
  asked: string[];
  /** Takes the place of `fetch` for files. */
  line: { fetch: Fetch };
}

const MIB = 2 ** 20;
const PASSWORD = 'a good password';

let server: TestServer;
let open: LogDate[] = [];
beforeAll(async () => void (server = await startTestServer({ userBytes: 25 * MIB })));
afterAll(() => server.close());
afterEach(async () => {
  for (const db of open) await db.close();
  open = [];
});

interface Opening {
  store?: LocalStore;
  /** The account of this device. */
  with?: Phone;
  url?: string;
  deviceId?: string;
  keepsLocalCopies?: boolean;
}

async function phone({ store = memoryStore(), with: other, url = server.url, ...more }: Opening = {}): Promise<Phone> {
  const { deviceId = 'phone', keepsLocalCopies = true } = more;
  const username = other?.username ?? `user-${randomUUID()}`;
  const auth = await openAuth({ url: server.url, sessions: memorySessions() });
  const credentials = { username, password: PASSWORD, deviceId };
  await (other === undefined ? auth.signUp(credentials) : auth.signIn(credentials));
  return reopened({ auth, username, deviceId, store, url, keepsLocalCopies });
}

/** The device with what its store holds, as after a start. */
async function reopened(made: {
  auth: AuthSession;
  username: string;
  deviceId: string;
  store: LocalStore;
  url: string;
  keepsLocalCopies: boolean;
}): Promise<Phone> {
  const { auth, username, deviceId, store, url, keepsLocalCopies } = made;
  const asked: string[] = [];
  const line = { fetch: globalThis.fetch };
  const watched: Fetch = (target, init) => {
    asked.push(`${init?.method ?? 'GET'} ${new URL(addressOf(target)).pathname.split('/').slice(0, 3).join('/')}`);
    return line.fetch(target, init);
  };
  const db = await openLogDate({
    name: `${username}-${deviceId}`,
    store,
    auth,
    deviceId,
    transport: graphqlTransport({ url: server.url, auth }),
    files: sendFiles({
      transport: httpMediaTransport({ url, auth, deviceId, fetch: watched }),
      keepsLocalCopies: () => keepsLocalCopies,
    }),
    newHasher: nodeHasher,
    automatic: false,
    // No wait before the next try: a test does not sleep.
    random: () => 0,
  });
  open.push(db);
  return { db, auth, username, asked, line };
}

const add = (db: LogDate, bytes: Uint8Array, more: { contentId?: string } = {}): Promise<string> =>
  db.media.add({ contentId: randomUUID(), fileName: 'beans.png', mimeType: 'image/png', bytes, ...more });

/** A run, and the files behind it; again until no file waits. */
async function syncFiles({ db }: Phone): Promise<void> {
  for (let run = 0; run < 60; run += 1) {
    await db.sync.syncNow();
    await db.sync.whenMediaIdle();
    if (db.sync.status.get().media.waiting === 0) return;
  }
  throw new Error(`${db.sync.status.get().media.waiting} files still wait`);
}

/** The status is counted a moment behind the store. */
function untilStatus({ db }: Phone, holds: (status: SyncStatus) => boolean): Promise<void> {
  return new Promise((resolve) => {
    db.sync.status.subscribe((status) => void (holds(status) && resolve()));
  });
}

async function readAll(db: LogDate, id: string): Promise<Buffer> {
  const read: Uint8Array[] = [];
  for await (const bytes of db.media.read(id)) read.push(bytes);
  return Buffer.concat(read);
}

const headersOf = (init?: RequestInit): Headers => new Headers(init?.headers);
/** The address of a request as the client makes it. */
const addressOf = (target: Parameters<Fetch>[0]): string => target as string;
const isPatch = (init?: RequestInit): boolean => init?.method === 'PATCH';
const isDownload = (target: Parameters<Fetch>[0]): boolean => addressOf(target).includes('/sync/media/');

describe('a file of a device', () => {
  it('is on the server and on a second device, byte for byte', async () => {
    const one = await phone();
    const bytes = pngOf(300_000);
    const contentId = randomUUID();
    const id = await add(one.db, bytes, { contentId });
    expect(await one.db.media.get(id)).toMatchObject({ status: 'PENDING', backup: 'waiting' });
    await syncFiles(one);
    expect(one.asked).toEqual(['POST /graphql']);
    expect(await one.db.media.get(id)).toMatchObject({ status: 'READY', backup: 'backed-up' });

    const two = await phone({ with: one, deviceId: 'tablet' });
    await two.db.sync.syncNow();
    expect(await two.db.media.ofContent(contentId)).toMatchObject([{ id, sha256: sha256Of(bytes), status: 'READY' }]);
    expect(sha256Of(await readAll(two.db, id))).toBe(sha256Of(bytes));
    expect(two.asked).toEqual(['GET /sync/media']);
    // It is kept: the second time nobody is asked.
    expect((await readAll(two.db, id)).equals(bytes)).toBe(true);
    expect(two.asked).toHaveLength(1);
  });

  it('over 8 MiB whose bytes are stored already is not sent again', async () => {
    const one = await phone();
    const bytes = pngOf(9 * MIB);
    await add(one.db, bytes);
    await syncFiles(one);
    expect(one.asked.filter((asked) => asked.startsWith('PATCH')).length).toBeGreaterThan(1);
    one.asked.length = 0;
    const again = await add(one.db, bytes);
    await syncFiles(one);
    expect(one.asked).toEqual(['POST /graphql']);
    expect(await one.db.media.get(again)).toMatchObject({ status: 'READY' });
  });

  it('that leaves this device once the server has it is read from there', async () => {
    const one = await phone({ keepsLocalCopies: false });
    const bytes = pngOf(300_000);
    const id = await add(one.db, bytes);
    expect((await readAll(one.db, id)).equals(bytes)).toBe(true);
    await syncFiles(one);
    expect((await readAll(one.db, id)).equals(bytes)).toBe(true);
    expect(one.asked).toEqual(['POST /graphql', 'GET /sync/media']);
  });

  it('never holds up words, which are acknowledged while its bytes are still on the way', async () => {
    const one = await phone();
    await add(one.db, pngOf(9 * MIB));
    let reached: () => void = () => undefined;
    let release: () => void = () => undefined;
    const isHeld = new Promise<void>((resolve) => (reached = resolve));
    const isReleased = new Promise<void>((resolve) => (release = resolve));
    one.line.fetch = async (target, init) => {
      if (isPatch(init)) {
        reached();
        await isReleased;
      }
      return fetch(target, init);
    };
    await one.db.sync.syncNow();
    await isHeld;
    const { id } = await one.db.content.save({ type: 'TEXT', content: 'It rained.' });
    expect(await one.db.sync.syncNow()).toMatchObject({ ended: 'done', pushed: 1 });
    expect(await one.db.content.get(id)).toMatchObject({ backup: 'backed-up' });
    expect(one.db.sync.status.get().media.waiting).toBe(1);
    expect(one.asked.at(-1)).toBe('PATCH /media/uploads');
    release();
    await syncFiles(one);
  });

  it('that was given up by the server after a week goes up under a new id, and is not lost', async () => {
    const one = await phone();
    const bytes = pngOf(9 * MIB);
    const contentId = randomUUID();
    const id = await add(one.db, bytes, { contentId });
    one.line.fetch = (target, init) => (isPatch(init) ? Promise.reject(new Error('cut')) : fetch(target, init));
    await one.db.sync.syncNow();
    await one.db.sync.whenMediaIdle();
    const swept = await server.app.get(MediaSweep).sweep(Date.now() + 8 * 24 * 60 * 60_000);
    expect(swept.pending).toBe(1);
    one.line.fetch = fetch;
    await syncFiles(one);
    const [file, ...others] = await one.db.media.ofContent(contentId);
    expect(others).toEqual([]);
    expect(file).toMatchObject({ status: 'READY', sha256: sha256Of(bytes), backup: 'backed-up' });
    expect(file?.id).not.toBe(id);
    const two = await phone({ with: one, deviceId: 'tablet' });
    await two.db.sync.syncNow();
    expect((await readAll(two.db, file?.id ?? '')).equals(bytes)).toBe(true);
  });
});

describe('an upload that meets trouble', () => {
  it('of 20 MiB over a line that is cut again and again, with a restart in its middle, arrives whole', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'logdate-device-'));
    const proxy = await CuttingProxy.open(2_000_000);
    try {
      proxy.leadTo(server.url);
      const bytes = randomBytes(20 * MIB);
      const path = join(folder, 'journal.db');
      const one = await phone({ store: libsqlStore(path), url: proxy.url });
      const id = await add(one.db, bytes);
      let before = 0;
      const half = new Promise<void>((resolve) => {
        one.db.sync.status.subscribe(({ media }) => {
          before = Math.max(before, media.sentBytes);
          if (before > bytes.length / 2) resolve();
        });
      });
      await Promise.race([half, syncFiles(one)]);
      await one.db.close();
      open = open.filter((db) => db !== one.db);
      expect(before).toBeLessThan(bytes.length);

      const { auth, username } = one;
      const store = libsqlStore(path);
      const again = await reopened({
        auth,
        username,
        deviceId: 'phone',
        store,
        url: proxy.url,
        keepsLocalCopies: true,
      });
      const seen: number[] = [];
      again.db.sync.status.subscribe(({ media }) => void (media.waiting > 0 && seen.push(media.sentBytes)));
      await syncFiles(again);
      // The status of a store that was just opened says 0 until it is counted.
      const progress = seen.filter((sent) => sent > 0);
      expect(progress[0]).toBeGreaterThanOrEqual(before);
      expect([...progress].sort((a, b) => a - b)).toEqual(progress);
      expect(proxy.cuts).toBeGreaterThan(5);
      expect(proxy.sent).toBeLessThan(1.5 * bytes.length);

      const two = await phone({ with: one, deviceId: 'tablet' });
      await two.db.sync.syncNow();
      expect(sha256Of(await readAll(two.db, id))).toBe(sha256Of(bytes));
    } finally {
      for (const db of open.splice(0)) await db.close();
      await proxy.close();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('in the answer of a small file is not sent twice', async () => {
    const one = await phone();
    const id = await add(one.db, pngOf(100_000));
    let lost = false;
    one.line.fetch = async (target, init) => {
      const response = await fetch(target, init);
      if (lost) return response;
      lost = true;
      await response.arrayBuffer();
      throw new TypeError('the answer was lost');
    };
    await syncFiles(one);
    // The second request only asks, under the same mutation, and learns that all is done.
    expect(one.asked).toEqual(['POST /graphql', 'POST /graphql']);
    expect(await one.db.media.get(id)).toMatchObject({ status: 'READY' });
    expect(await one.db.sync.refused()).toEqual([]);
  });

  it('of a token that the server refuses goes on with a new one', async () => {
    const one = await phone();
    await add(one.db, pngOf(9 * MIB));
    const refused = new Set<string>();
    one.line.fetch = (target, init) => {
      const method = init?.method ?? 'GET';
      if (refused.has(method)) return fetch(target, init);
      refused.add(method);
      return fetch(target, { ...init, headers: { ...(init?.headers as object), authorization: 'Bearer forged' } });
    };
    await syncFiles(one);
    expect([...refused].sort()).toEqual(['HEAD', 'PATCH', 'POST']);
    expect(one.auth.signedIn.get()).toBe(true);
  });

  it('whose URL is gone begins anew from 0', async () => {
    const one = await phone();
    const bytes = pngOf(9 * MIB);
    const id = await add(one.db, bytes);
    let patches = 0;
    one.line.fetch = async (target, init) => {
      if (isPatch(init) && (patches += 1) === 2) {
        const authorization = headersOf(init).get('authorization') ?? '';
        await fetch(target, { method: 'DELETE', headers: { 'tus-resumable': '1.0.0', authorization } });
      }
      return fetch(target, init);
    };
    await syncFiles(one);
    expect(patches).toBeGreaterThan(3);
    expect(await one.db.media.get(id)).toMatchObject({ status: 'READY', sha256: sha256Of(bytes) });
  });

  it.each([1, 2])('because its bytes were changed on the way %i time(s) is sent anew once', async (times) => {
    const one = await phone();
    const id = await add(one.db, pngOf(9 * MIB));
    let flips = 0;
    one.line.fetch = (target, init) => {
      const offset = headersOf(init).get('upload-offset');
      if (init === undefined || !isPatch(init) || offset !== '0' || flips === times) return fetch(target, init);
      flips += 1;
      const bytes = (init.body as Uint8Array<ArrayBuffer>).slice();
      bytes[1000]! ^= 1;
      return fetch(target, { ...init, body: bytes });
    };
    await syncFiles(one);
    const isRefused = times === 2;
    expect(flips).toBe(times);
    expect(await one.db.sync.refused()).toMatchObject(
      isRefused ? [{ type: 'media', id, code: 'DIGEST_MISMATCH' }] : [],
    );
    expect(await one.db.media.get(id)).toMatchObject({ backup: isRefused ? 'refused' : 'backed-up' });
    // What was refused is still here, and goes when the line is good again.
    if (isRefused) {
      await one.db.sync.retry(id, 'media');
      await syncFiles(one);
      expect(await one.db.media.get(id)).toMatchObject({ status: 'READY' });
    }
  });

  it('because the storage plan is full waits, words go on, and room that is made lets it go', async () => {
    const one = await phone();
    const first = await add(one.db, pngOf(13 * MIB));
    await syncFiles(one);
    const second = await add(one.db, pngOf(14 * MIB));
    await one.db.sync.syncNow();
    await untilStatus(one, ({ media }) => media.quotaFull && media.waiting === 1);
    await one.db.sync.whenMediaIdle();
    await one.db.content.save({ type: 'TEXT', content: 'It rained.' });
    expect(await one.db.sync.syncNow()).toMatchObject({ ended: 'done', pushed: 1 });
    await one.db.media.delete(first);
    await syncFiles(one);
    expect(await one.db.media.get(second)).toMatchObject({ status: 'READY' });
    await untilStatus(one, ({ media }) => !media.quotaFull && media.waiting === 0);
  });
});

describe('a download', () => {
  const bytes = pngOf(3 * MIB);
  let id: string;
  let two: Phone;
  beforeEach(async () => {
    const one = await phone();
    id = await add(one.db, bytes);
    await syncFiles(one);
    two = await phone({ with: one, deviceId: 'tablet' });
    await two.db.sync.syncNow();
  });

  /** Answers with the body as `change` makes it. */
  const changing =
    (change: (body: ReadableStream<Uint8Array>, headers: Headers) => ReadableStream<Uint8Array>): Fetch =>
    async (target, init) => {
      const response = await fetch(target, init);
      if (!isDownload(target) || response.body === null) return response;
      const { status, headers } = response;
      return new Response(change(response.body, new Headers(init?.headers)), { status, headers });
    };

  it('of bytes that were changed on the way is refused, and nothing of it is kept', async () => {
    two.line.fetch = changing((body) => {
      let at = 0;
      return body.pipeThrough(
        new TransformStream({
          transform(chunk, controller) {
            const copy = chunk.slice();
            if (at <= MIB && at + chunk.length > MIB) copy[MIB - at]! ^= 1;
            at += chunk.length;
            controller.enqueue(copy);
          },
        }),
      );
    });
    await expect(readAll(two.db, id)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
    await expect(readAll(two.db, id)).rejects.toBeInstanceOf(TransportError);
    two.line.fetch = fetch;
    expect((await readAll(two.db, id)).equals(bytes)).toBe(true);
    expect(two.asked).toHaveLength(3);
  });

  it('that is cut goes on by a range behind what has arrived', async () => {
    const ranges: (string | null)[] = [];
    two.line.fetch = changing((body, headers) => {
      ranges.push(headers.get('range'));
      let left = 800_000;
      return body.pipeThrough(
        new TransformStream({
          transform(chunk, controller) {
            const piece = chunk.subarray(0, left);
            left -= piece.length;
            if (piece.length > 0) controller.enqueue(piece);
            if (left === 0) controller.error(new TypeError('cut'));
          },
        }),
      );
    });
    expect((await readAll(two.db, id)).equals(bytes)).toBe(true);
    expect(ranges[0]).toBeNull();
    const from = ranges.slice(1).map((range) => Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1]));
    expect(from.length).toBeGreaterThanOrEqual(3);
    expect([...from].sort((a, b) => a - b)).toEqual(from);
    expect(new Set(from).size).toBe(from.length);
  });
});
