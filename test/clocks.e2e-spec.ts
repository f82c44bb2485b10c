import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Device } from './support/device.js';
import { deleteContent, linkContent, saveContent, saveJournal } from './support/factories.js';
import { startTestServer, type TestServer } from './support/test-server.js';

const HOUR_MS = 60 * 60 * 1000;
const TEN_YEARS_MS = 10 * 365 * 24 * HOUR_MS;
/** A diary that begins on 1 January 1660. */
const PEPYS = -9_782_640_000_000;

describe('clocks', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  /** Moves the user's clock to where it stands when the database's clock is this much ahead of the real one. */
  const setClock = (device: Device, ahead: number) =>
    server.sql('UPDATE user_clock SET ms = $2 WHERE user_id = $1', [device.user.id, Date.now() + ahead]);

  /** Five pushes of several rows each, and single mutations between; the stamps in the order of the answers. */
  async function write(device: Device): Promise<{ serverVersion: number; updatedAt: number }[]> {
    const stamps: { serverVersion: number; updatedAt: number }[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      const entry = saveContent();
      const outcomes = await device.push([entry, saveJournal(), linkContent(), deleteContent(entry.saveContent.id)]);
      stamps.push(
        ...outcomes.map((outcome) => ({
          serverVersion: Number(outcome.serverVersion),
          updatedAt: Number(outcome.updatedAt),
        })),
      );
      const { saveJournal: one } = await device.data(
        'mutation ($input: SaveJournalInput!) { saveJournal(input: $input) { serverVersion updatedAt } }',
        { input: saveJournal().saveJournal },
      );
      stamps.push(one);
    }
    return stamps;
  }

  function expectStrictlyIncreasing(values: number[]): void {
    expect(values).toEqual([...new Set(values)].sort((a, b) => a - b));
  }

  it('stamps go on increasing when the clock of the database falls back by an hour, and no cursor misses a row', async () => {
    const device = await server.signUp();
    const before = await write(device);
    const { since } = await device.pull('journalChanges');
    // The user's clock is an hour ahead of the database's now, as it is when that one was set back.
    await setClock(device, HOUR_MS);
    const [ahead] = await server.sql<{ ms: string }>('SELECT ms FROM user_clock WHERE user_id = $1', [device.user.id]);
    const after = await write(device);
    expectStrictlyIncreasing([...before, ...after].map(({ updatedAt }) => updatedAt));
    expectStrictlyIncreasing([...before, ...after].map(({ serverVersion }) => serverVersion));
    expect(after[0]?.updatedAt).toBe(Number(ahead?.ms) + 1);
    // One millisecond for each write: the clock moves no faster than it must.
    expect(after.at(-1)?.updatedAt).toBe(Number(ahead?.ms) + after.length);
    expect((await device.pull('journalChanges', { since, limit: 3 })).rows).toHaveLength(10);
  });

  it('stamps go on increasing when the clock of the database jumps ahead by an hour', async () => {
    const device = await server.signUp();
    await setClock(device, -HOUR_MS);
    const start = Date.now();
    const stamps = await write(device);
    expectStrictlyIncreasing(stamps.map(({ updatedAt }) => updatedAt));
    // The stamp follows the clock: it does not stay an hour behind.
    expect(stamps[0]?.updatedAt).toBeGreaterThan(start - HOUR_MS / 2);
  });

  it('versions go on increasing when the user is ahead of the sequence', async () => {
    const device = await server.signUp();
    const before = await write(device);
    await server.sql('UPDATE user_clock SET version = version + 5000 WHERE user_id = $1', [device.user.id]);
    expectStrictlyIncreasing([...before, ...(await write(device))].map(({ serverVersion }) => serverVersion));
  });

  it('a cursor from before the clock fell back still works, and is not taken for one of another epoch', async () => {
    const device = await server.signUp();
    await setClock(device, HOUR_MS);
    await device.push([saveContent()]);
    const { since } = await device.pull('contentChanges');
    expect(since).toBeGreaterThan(Date.now());
    expect((await device.page('contentChanges', { since })).changes).toEqual([]);
    await device.push([saveContent()]);
    expect((await device.page('contentChanges', { since })).changes).toHaveLength(1);
  });

  it.each<[string, number]>([
    ['ten years ahead', Date.now() + TEN_YEARS_MS],
    ['ten years behind', Date.now() - TEN_YEARS_MS],
    ['in 1660', PEPYS],
    ['at the very beginning of 1970', 0],
    ['at the millisecond before 1970', -1],
    ['at the first time there is', Number.MIN_SAFE_INTEGER],
    ['at the last time there is', Number.MAX_SAFE_INTEGER],
  ])('a device whose clock stands %s is served, and its times come back to the letter', async (_, time) => {
    const device = await server.signUp();
    const times = { createdAt: time, clientUpdatedAt: time };
    const outcomes = await device.push([saveContent(times), saveJournal(times), linkContent(times)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['APPLIED', 'APPLIED', 'APPLIED']);
    for (const feed of ['contentChanges', 'journalChanges', 'associationChanges'] as const) {
      expect((await device.pull(feed)).rows).toEqual([expect.objectContaining(times)]);
    }
  });

  it('the times of devices do not order: the feed goes by the stamp', async () => {
    const phone = await server.signUp('phone');
    const tablet = await phone.another('tablet');
    const sent: string[] = [];
    for (const time of [Date.now() + TEN_YEARS_MS, PEPYS, Date.now() - TEN_YEARS_MS, 0]) {
      for (const device of [phone, tablet]) {
        const item = saveContent({ createdAt: time, clientUpdatedAt: time });
        sent.push(item.saveContent.id);
        expect((await device.push([item]))[0]?.status).toBe('APPLIED');
      }
    }
    expect((await phone.pull('contentChanges', { limit: 3 })).rows.map(({ id }) => id)).toEqual(sent);
  });

  it('the times of devices do not decide: who knows the version writes, who does not conflicts', async () => {
    const phone = await server.signUp('phone');
    const tablet = await phone.another('tablet');
    const item = saveContent({ clientUpdatedAt: Date.now() + TEN_YEARS_MS });
    const { id } = item.saveContent;
    const [first] = await phone.push([item]);
    const known = { known: first?.serverVersion };

    const older = saveContent({ id, content: 'By an old clock.', clientUpdatedAt: PEPYS, version: known });
    expect((await tablet.push([older]))[0]?.status).toBe('APPLIED');
    const newer = saveContent({
      id,
      content: 'By a new clock.',
      clientUpdatedAt: Date.now() + TEN_YEARS_MS,
      version: known,
    });
    const [conflict] = await phone.push([newer]);
    expect(conflict).toMatchObject({
      status: 'CONFLICT',
      current: { content: 'By an old clock.', clientUpdatedAt: PEPYS },
    });
  });

  it('where a device gives no time of its edit, the server gives its own', async () => {
    const device = await server.signUp();
    const [outcome] = await device.push([saveContent({ createdAt: PEPYS })]);
    const [row] = (await device.pull('contentChanges')).rows;
    expect(row).toMatchObject({ createdAt: PEPYS, clientUpdatedAt: outcome?.updatedAt });
  });
});
