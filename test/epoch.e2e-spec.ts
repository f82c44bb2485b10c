import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import { renewEpoch } from '../src/sync/epoch.js';
import type { Device } from './support/device.js';
import { deleteContent, saveContent, saveJournal } from './support/factories.js';
import { HeldTransaction, untilWaiting } from './support/held-transaction.js';
import { createTestDatabase } from './support/test-database.js';
import { startTestServer, type TestServer } from './support/test-server.js';

const STRIDE = 2 ** 32;
const PUSH = 'mutation ($input: PushInput!) { push(input: $input) { epoch } }';

/** What `npm run new-epoch` does, in this process. */
const newEpoch = (server: TestServer): Promise<string> => renewEpoch(server.app.get(DataSource));

const epochOf = async (device: Device): Promise<string> =>
  (await device.data('{ syncStatus { epoch } }')).syncStatus.epoch;

describe('the epoch', () => {
  let server: TestServer;
  let observer: pg.Client;
  beforeAll(async () => {
    server = await startTestServer();
    observer = await server.connect();
  });
  afterAll(() => server.close());

  it('stays the same when the server starts again on the same database', async () => {
    const device = await server.signUp();
    const epoch = await epochOf(device);
    const again = await startTestServer({}, server.database);
    expect(await epochOf(device.at(again.url))).toBe(epoch);
    expect(await epochOf(await again.signUp())).toBe(epoch);
    await again.close();
  });

  it('is new when the database is found in another place, and every device is told', async () => {
    const origin = await createTestDatabase();
    const first = await startTestServer({}, origin);
    const phone = await first.signUp();
    const idle = await first.signUp();
    const before = await phone.pushed([saveJournal(), saveContent()]);
    await first.close();

    const copy = await createTestDatabase({ copyOf: origin });
    const second = await startTestServer({}, copy);
    const there = phone.at(second.url);
    const epoch = await epochOf(there);
    expect(epoch).not.toBe(before.epoch);
    expect(await epochOf(idle.at(second.url))).toBe(epoch);
    expect(await epochOf(await second.signUp())).toBe(epoch);
    const page = await there.page('contentChanges');
    expect([page.epoch, page.changes.length]).toEqual([epoch, 1]);

    const refused = await there.send(PUSH, {
      input: { deviceId: 'a', epoch: before.epoch, mutations: [saveContent()] },
    });
    expect({ status: refused.status, code: refused.errors?.[0]?.extensions.code }).toEqual({
      status: 409,
      code: 'EPOCH_CHANGED',
    });
    const versions = before.outcomes.map(({ serverVersion }) => Number(serverVersion));
    const [outcome] = await there.push([saveContent()], { epoch });
    expect(outcome?.serverVersion).toBeGreaterThan(Math.max(...versions) + STRIDE);

    // Started once more it is the same place as before.
    await second.close();
    const third = await startTestServer({}, copy);
    expect(await epochOf(phone.at(third.url))).toBe(epoch);
    await third.close();
    await copy.drop();
    await origin.drop();
  });

  it('two servers that start at once on a copy agree on one epoch', async () => {
    const copy = await createTestDatabase();
    const servers = await Promise.all([
      startTestServer({}, copy),
      startTestServer({}, copy),
      startTestServer({}, copy),
    ]);
    const [one, two, three] = servers;
    const device = await one.signUp();
    const epochs = [await epochOf(device), await epochOf(await two.signUp()), await epochOf(await three.signUp())];
    expect(new Set(epochs).size).toBe(1);
    await Promise.all(servers.map((each) => each.close()));
    await copy.drop();
  });

  it('renewed by hand it lifts every version by 2^32, and none is given twice', async () => {
    const devices = await Promise.all([server.signUp(), server.signUp()]);
    const versionsNow = async () => {
      const outcomes = await Promise.all(devices.map((device) => device.push([saveContent(), saveJournal()])));
      return outcomes.flat().map(({ serverVersion }) => Number(serverVersion));
    };
    const given = [await versionsNow()];
    // A user whose version has run ahead of the sequence counts as well.
    await server.sql('UPDATE user_clock SET version = version + 1000000 WHERE user_id = $1', [devices[1]?.user.id]);
    given.push(await versionsNow());
    for (let renewal = 0; renewal < 2; renewal += 1) {
      const highest = Math.max(...given.flat());
      await newEpoch(server);
      given.push(await versionsNow());
      expect(Math.min(...(given.at(-1) ?? []))).toBeGreaterThan(highest + STRIDE);
    }
    const [{ base } = { base: 0 }] = await server.sql<{ base: string }>(
      'SELECT epoch_base AS base FROM database_identity',
    );
    expect(Math.min(...(given.at(-1) ?? []))).toBeGreaterThan(Number(base));
    expect(Math.max(...(given.at(-2) ?? []))).toBeLessThan(Number(base));
  });

  it('a write that waits while the epoch is renewed gets a version beyond it, though it drew its number before', async () => {
    const device = await server.signUp();
    await device.push([saveContent()]);
    const held = await HeldTransaction.onClock(await server.connect(), device.user.id);
    const renewing = newEpoch(server);
    await untilWaiting(observer, 1, renewing);
    const { saveJournal: input } = saveJournal();
    const saving = device.data(
      'mutation ($input: SaveJournalInput!) { saveJournal(input: $input) { serverVersion } }',
      {
        input,
      },
    );
    await untilWaiting(observer, 2, saving);
    await held.release();
    await renewing;
    const [{ base } = { base: 0 }] = await server.sql<{ base: string }>(
      'SELECT epoch_base AS base FROM database_identity',
    );
    expect((await saving).saveJournal.serverVersion).toBeGreaterThan(Number(base));
  });

  it('a push with the epoch before writes nothing and does not move the clock', async () => {
    const device = await server.signUp();
    const { epoch, outcomes } = await device.pushed([saveContent()]);
    const renewed = await newEpoch(server);
    const clock = () => server.sql('SELECT * FROM user_clock WHERE user_id = $1', [device.user.id]);
    const before = [await device.pull('contentChanges'), await clock()];
    const [row] = (await device.pull('contentChanges')).rows;
    const mutations = [saveContent(), deleteContent(String(row?.id)), saveJournal()];
    for (const stale of [epoch, randomUUID(), '']) {
      const { status, data, errors } = await device.send(PUSH, { input: { deviceId: 'a', epoch: stale, mutations } });
      expect({ status, data, code: errors?.[0]?.extensions.code }).toEqual({
        status: 409,
        data: null,
        code: 'EPOCH_CHANGED',
      });
    }
    expect([await device.pull('contentChanges'), await clock()]).toEqual(before);
    expect((await device.pull('journalChanges')).rows).toEqual([]);
    expect(outcomes[0]?.serverVersion).toBe(row?.serverVersion);
    // The same mutations go through once the device knows.
    const after = await device.push(mutations, { epoch: renewed });
    expect(after.map(({ status }) => status)).toEqual(['APPLIED', 'APPLIED', 'APPLIED']);
  });

  it.each(['journalChanges', 'contentChanges', 'associationChanges', 'mediaChanges'] as const)(
    'a since beyond the clock is EPOCH_CHANGED in %s; at the clock it is an empty page',
    async (feed) => {
      const device = await server.signUp();
      const { headTimestamp } = await device.pushed([saveContent()]);
      const ask = (since: number) =>
        device.send(`query ($since: Millis!) { page: ${feed}(since: $since) { lastTimestamp hasMore } }`, { since });
      expect((await ask(headTimestamp)).data.page).toEqual({ lastTimestamp: headTimestamp, hasMore: false });
      for (const since of [headTimestamp + 1, Number.MAX_SAFE_INTEGER]) {
        const { status, errors } = await ask(since);
        expect({ status, code: errors?.[0]?.extensions.code }).toEqual({ status: 409, code: 'EPOCH_CHANGED' });
      }
    },
  );

  describe.each(['the sign-up', 'the renewal'])('a sign-up at the moment of a renewal, %s first', (first) => {
    it('has the new epoch', async () => {
      const held = await HeldTransaction.by(await server.connect(), 'SELECT FROM database_identity FOR UPDATE');
      const begin = { 'the sign-up': () => server.signUp(), 'the renewal': () => newEpoch(server) };
      const second = first === 'the sign-up' ? 'the renewal' : 'the sign-up';
      const one = begin[first as keyof typeof begin]();
      await untilWaiting(observer, 1, one);
      const two = begin[second]();
      await untilWaiting(observer, 2, two);
      await held.release();
      const [device, epoch] = (first === 'the sign-up' ? [await one, await two] : [await two, await one]) as [
        Device,
        string,
      ];
      expect(await epochOf(device)).toBe(epoch);
      expect((await device.push([saveContent()], { epoch }))[0]?.status).toBe('APPLIED');
    });
  });

  const command = (env: Record<string, string>) =>
    promisify(execFile)(process.execPath, ['dist/scripts/new-epoch.js'], { env });

  it('the command renews it and says which it is', async () => {
    const device = await server.signUp();
    const { epoch } = await device.pushed([saveContent()]);
    const { stdout } = await command({ DATABASE_URL: server.database.serverUrl });
    expect(await epochOf(device)).not.toBe(epoch);
    expect(stdout).toBe(`New epoch: ${await epochOf(device)}\n`);
  });

  it('the command says what is missing when it is not told which database', async () => {
    const failed = await command({}).catch(
      (error: unknown) => error as { code: number; stderr: string; stdout: string },
    );
    expect(failed).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('DATABASE_URL') });
    expect(failed.stderr).not.toMatch(/\bat .*:\d+:\d+/);
  });
});
