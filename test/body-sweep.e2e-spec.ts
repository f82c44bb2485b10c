import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { BodySweep } from '../src/sync/body-sweep.js';
import type { Answer, Device } from './support/device.js';
import { deleteContent, deleteJournal, saveContent, saveJournal } from './support/factories.js';
import { HeldTransaction, untilWaiting } from './support/held-transaction.js';
import { startTestServer, type TestServer } from './support/test-server.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const WORDS = 'What nobody shall read any more.';

describe('the sweep of bodies', () => {
  let server: TestServer;
  let observer: pg.Client;
  beforeAll(async () => {
    server = await startTestServer();
    observer = await server.connect();
  });
  afterAll(() => server.close());

  /** The sweep as it runs this many days from now. */
  const sweepIn = (days: number) => server.app.get(BodySweep).sweep(Date.now() + days * DAY_MS);
  const restore = (device: Device, id: string): Promise<Answer> =>
    device.send('mutation ($input: DeleteInput!) { restoreContent(input: $input) { id content } }', { input: { id } });
  const stored = async (id: string) =>
    (
      await server.sql('SELECT type, content, media_uri, duration_ms, has_body, deleted FROM content WHERE id = $1', [
        id,
      ])
    )[0];

  async function deletedEntry(device: Device): Promise<string> {
    const item = saveContent({ type: 'AUDIO', content: WORDS, mediaUri: 'file:///voice.m4a', durationMs: 5000 });
    await device.push([item, deleteContent(item.saveContent.id)]);
    return item.saveContent.id;
  }

  it('clears what was deleted over 30 days ago, and nothing younger', async () => {
    const device = await server.signUp();
    const id = await deletedEntry(device);
    const journal = saveJournal({ title: WORDS, description: WORDS });
    await device.push([journal, deleteJournal(journal.saveJournal.id)]);
    const asItWas = {
      type: 'AUDIO',
      content: WORDS,
      media_uri: 'file:///voice.m4a',
      duration_ms: '5000',
      has_body: true,
      deleted: true,
    };

    await sweepIn(0);
    await sweepIn(29.99);
    expect(await stored(id)).toEqual(asItWas);

    const feeds = async () => [await device.pull('contentChanges'), await device.pull('journalChanges')];
    const before = await feeds();
    expect(await sweepIn(30.01)).toBe(2);
    expect(await stored(id)).toEqual({
      type: 'TEXT',
      content: null,
      media_uri: null,
      duration_ms: '0',
      has_body: false,
      deleted: true,
    });
    const cleared = await server.sql('SELECT title, description FROM journals WHERE id = $1', [journal.saveJournal.id]);
    expect(cleared).toEqual([{ title: '', description: '' }]);
    // Id and stamp stay: no device hears of it.
    expect(await feeds()).toEqual(before);
    expect(await sweepIn(30.01)).toBe(0);
  });

  it('leaves live rows alone, those that came back among them', async () => {
    const device = await server.signUp();
    const live = saveContent({ content: WORDS });
    await device.push([live]);
    const back = await deletedEntry(device);
    expect((await restore(device, back)).status).toBe(200);
    const before = await device.pull('contentChanges');
    expect(await sweepIn(1000)).toBe(0);
    expect(await device.pull('contentChanges')).toEqual(before);
  });

  it('clears the rows of every user', async () => {
    const devices = await Promise.all([server.signUp(), server.signUp(), server.signUp()]);
    const ids = await Promise.all(devices.map(deletedEntry));
    expect(await sweepIn(31)).toBe(3);
    for (const id of ids) expect(await stored(id)).toMatchObject({ content: null, has_body: false });
  });

  it('a row without its body cannot be restored, but saved anew', async () => {
    const device = await server.signUp();
    const id = await deletedEntry(device);
    await sweepIn(31);
    const { status, errors } = await restore(device, id);
    expect({ status, code: errors?.[0]?.extensions.code }).toEqual({ status: 404, code: 'NOT_FOUND' });
    expect((await device.push([saveContent({ id, content: 'Written anew.' })]))[0]?.status).toBe('APPLIED');
    expect(await stored(id)).toMatchObject({ content: 'Written anew.', has_body: true, deleted: false });
  });

  it('a restore that comes before the sweep keeps the body', async () => {
    const device = await server.signUp();
    const id = await deletedEntry(device);
    const held = await HeldTransaction.onClock(await server.connect(), device.user.id);
    const restoring = restore(device, id);
    await untilWaiting(observer, 1, restoring);
    const sweeping = sweepIn(31);
    await untilWaiting(observer, 2, sweeping);
    await held.release();
    expect((await restoring).data.restoreContent).toEqual({ id, content: WORDS });
    await sweeping;
    expect(await stored(id)).toMatchObject({ content: WORDS, has_body: true, deleted: false });
  });

  it('a restore that comes behind the sweep finds nothing, and leaves the tombstone as it is', async () => {
    const device = await server.signUp();
    const id = await deletedEntry(device);
    const before = await device.pull('contentChanges');
    const held = await HeldTransaction.onClock(await server.connect(), device.user.id);
    const sweeping = sweepIn(31);
    await untilWaiting(observer, 1, sweeping);
    const restoring = restore(device, id);
    await untilWaiting(observer, 2, restoring);
    await held.release();
    expect(await sweeping).toBe(1);
    expect((await restoring).status).toBe(404);
    expect(await stored(id)).toMatchObject({ content: null, has_body: false, deleted: true });
    expect(await device.pull('contentChanges')).toEqual(before);
  });
});
