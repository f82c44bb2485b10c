/** The device engine with a large journal: memory, progress and batches. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { graphqlTransport, openLogDate, type Transport } from '@logdate/client';
import { libsqlStore } from '@logdate/client/libsql';
import { serverTotals } from '@logdate/client/server-totals';
import { memorySessions, openAuth } from '@logdate/client/session';
import { saveContent } from './support/factories.js';
import { startTestServer, type TestServer } from './support/test-server.js';

const ENTRIES = 50_000;
const BATCH = 500;
const PEAK_MIB = 250;

let server: TestServer;
let folder: string;
beforeAll(async () => {
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), 'logdate-volume-'));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

interface Report {
  ended: string;
  pulled: number;
  entries: number;
  newest: string;
  seen: [done: number, total: number][];
  peakMiB: number;
}

test(`the first sync of ${ENTRIES} entries takes bounded memory, and its progress never runs backwards`, async () => {
  const writer = await server.signUp('first');
  const { username } = writer.user;
  for (let written = 0; written < ENTRIES; written += BATCH) {
    const mutations = Array.from({ length: BATCH }, (_, index) =>
      saveContent({
        content: `Entry ${written + index}. ${'It rained all day. '.repeat(15)}`,
        createdAt: written + index,
      }),
    );
    await writer.push(mutations);
  }
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['test/support/first-sync-device.mjs', server.url, username, 'a good password', join(folder, 'second.db')],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  const report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Report;
  console.log(`${ENTRIES} entries: peak ${report.peakMiB.toFixed(0)} MiB, ${report.seen.length} steps of progress`);
  expect(report).toMatchObject({ ended: 'done', entries: ENTRIES, pulled: ENTRIES });
  expect(report.newest).toContain(`Entry ${ENTRIES - 1}.`);
  expect(report.peakMiB).toBeLessThan(PEAK_MIB);
  expect(report.seen.length).toBeGreaterThan(20);
  const shares = report.seen.map(([done, total]) => done / total);
  expect(shares).toEqual(shares.toSorted((one, other) => one - other));
  expect(report.seen.every(([done, total]) => done <= total)).toBe(true);
});

test('5,000 edits made offline go up in batches, in their order, each once', async () => {
  const auth = await openAuth({ url: server.url, sessions: memorySessions() });
  const user = await auth.signUp({ username: `user-${randomUUID()}`, password: 'a good password', deviceId: 'phone' });
  const direct = graphqlTransport({ url: server.url, auth, userId: user.id, deviceId: 'phone' });
  const batches: string[][] = [];
  const transport: Transport = {
    ...direct,
    push: (request, signal) => {
      batches.push(request.mutations.map(({ id }) => id));
      return direct.push(request, signal);
    },
  };
  const store = libsqlStore(join(folder, 'offline.db'));
  const db = await openLogDate({ name: user.id, store, transport, auth, deviceId: 'phone', automatic: false });
  const ids = Array.from({ length: 5_000 }, () => randomUUID());
  for (let from = 0; from < ids.length; from += 100) {
    await db.content.saveAll(ids.slice(from, from + 100).map((id) => ({ id, content: `Offline ${id}.` })));
  }
  const report = await db.sync.syncNow();
  expect(report).toMatchObject({ ended: 'done', pushed: 5_000, conflicts: 0, refused: 0 });
  expect(batches.map(({ length }) => length)).toEqual(Array.from({ length: 10 }, () => 500));
  expect(batches.flat()).toEqual(ids);
  expect(await serverTotals({ url: server.url, auth })).toMatchObject({ entries: 5_000 });
  await db.close();
  auth.close();
});
