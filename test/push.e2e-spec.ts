import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Device } from './support/device.js';
import {
  deleteContent,
  deleteJournal,
  linkContent,
  saveContent,
  saveJournal,
  unlinkContent,
} from './support/factories.js';
import { HeldTransaction, untilWaiting } from './support/held-transaction.js';
import { digestOf, stampOf, storedRow } from './support/stored.js';
import { startTestServer, type TestServer } from './support/test-server.js';

const RESTORE = `mutation ($input: DeleteInput!) { restoreContent(input: $input) { id content serverVersion updatedAt } }`;
const PUSH_STATUS = `mutation ($input: PushInput!) { push(input: $input) { outcomes { status } } }`;

let server: TestServer;
let holder: pg.Client;
let observer: pg.Client;
beforeAll(async () => {
  server = await startTestServer();
  [holder, observer] = [await server.connect(), await server.connect()];
});
afterAll(() => server.close());

const storedContent = (device: Device, id: string) => storedRow(server, 'content', device.user.id, { id });

async function receiptsOf(device: Device): Promise<{ mutationId: string; serverVersion: number; updatedAt: number }[]> {
  return server.sql(
    `SELECT mutation_id AS "mutationId", server_version::float AS "serverVersion", updated_at::float AS "updatedAt"
       FROM mutations WHERE user_id = $1 ORDER BY updated_at`,
    [device.user.id],
  );
}

describe('a mutation sent again', () => {
  it('a mutation sent three times is applied once', async () => {
    const device = await server.signUp();
    const mutation = saveContent();
    const [first] = await device.push([mutation]);
    const [second] = await device.push([mutation]);
    const [third] = await device.push([mutation]);
    expect([first, second, third].map((outcome) => outcome?.status)).toEqual(['APPLIED', 'DUPLICATE', 'DUPLICATE']);
    expect([stampOf(second!), stampOf(third!)]).toEqual([stampOf(first!), stampOf(first!)]);
    expect((await device.pull('contentChanges')).rows).toHaveLength(1);
    expect(await receiptsOf(device)).toHaveLength(1);
  });

  it('a mutation sent three times at the same moment is applied once', async () => {
    const device = await server.signUp();
    const mutation = saveContent();
    const held = await HeldTransaction.onClock(holder, device.user.id);
    const pushes = Promise.all([1, 2, 3].map(() => device.push([mutation])));
    await untilWaiting(observer, 3, pushes);
    await held.release();
    const outcomes = (await pushes).flat();
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['APPLIED', 'DUPLICATE', 'DUPLICATE']);
    const row = await storedContent(device, mutation.saveContent.id);
    const stamp = { serverVersion: row?.server_version, updatedAt: row?.updated_at };
    expect(outcomes.map(stampOf)).toEqual([stamp, stamp, stamp]);
    expect(await receiptsOf(device)).toHaveLength(1);
  });

  it('a push whose answer was lost is a duplicate with its first stamp and the row as another device left it', async () => {
    const device = await server.signUp();
    const other = await device.another('device-b');
    const mutation = saveContent({ content: 'mine' });
    const held = await HeldTransaction.onClock(holder, device.user.id);
    const line = new AbortController();
    const lost = fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${device.tokens.accessToken}` },
      body: JSON.stringify({
        query: PUSH_STATUS,
        variables: { input: { deviceId: 'device-a', mutations: [mutation] } },
      }),
      signal: line.signal,
    }).then(
      () => 'answered',
      () => 'lost',
    );
    await untilWaiting(observer, 1, lost);
    line.abort();
    expect(await lost).toBe('lost');
    await held.release();

    // Waits for the lost push by the same lock.
    const { id } = mutation.saveContent;
    const [theirs] = await other.push([saveContent({ id, content: 'theirs' })]);
    const [receipt] = await receiptsOf(device);
    const [again] = await device.push([mutation]);
    expect(again).toMatchObject({ status: 'DUPLICATE', ...stampOf(receipt!) });
    expect(again!.updatedAt).toBeLessThan(theirs!.updatedAt!);
    expect(again!.current).toMatchObject({
      __typename: 'Content',
      id,
      content: 'theirs',
      deviceId: 'device-b',
      ...stampOf(theirs!),
    });
    expect((await storedContent(device, id))?.content).toBe('theirs');
  });

  it('a duplicate of a row that was deleted since shows its tombstone', async () => {
    const device = await server.signUp();
    const mutation = saveContent();
    const [first] = await device.push([mutation]);
    const [deleted] = await device.push([deleteContent(mutation.saveContent.id)]);
    const [again] = await device.push([mutation]);
    expect(again).toMatchObject({ status: 'DUPLICATE', ...stampOf(first!) });
    expect(again!.current).toMatchObject({ __typename: 'Tombstone', ...stampOf(deleted!) });
  });

  it('the same mutation twice in one push is applied once', async () => {
    const device = await server.signUp();
    const mutation = saveContent();
    const [first, second] = await device.push([mutation, mutation]);
    expect([first!.status, second!.status]).toEqual(['APPLIED', 'DUPLICATE']);
    expect(stampOf(second!)).toEqual(stampOf(first!));
    expect(second!.current).toMatchObject(stampOf(first!));
    expect(await receiptsOf(device)).toHaveLength(1);
  });

  it('the same mutation in a push and by its own mutation is applied once', async () => {
    const device = await server.signUp();
    const { saveContent: input } = saveContent();
    const [first] = await device.push([{ saveContent: input }]);
    const document = `mutation ($input: SaveContentInput!) { saveContent(input: $input) { serverVersion updatedAt } }`;
    const { saveContent: again } = await device.data(document, { input });
    expect(again).toEqual(stampOf(first!));
  });

  it('the same id with another payload is rejected, in the same push and in a later one', async () => {
    const device = await server.signUp();
    const mutation = saveContent({ content: 'first' });
    const { id, mutationId } = mutation.saveContent;
    const changed = [
      saveContent({ id, mutationId, content: 'second' }),
      saveContent({ mutationId, content: 'first' }),
      saveContent({ id, mutationId, content: 'first', createdAt: 2_000 }),
      saveContent({ id, mutationId, content: 'first', version: { absent: true } }),
      deleteContent(id, { mutationId }),
      saveJournal({ id, mutationId }),
    ];
    const [first, ...inTheSame] = await device.push([mutation, ...changed]);
    expect(first!.status).toBe('APPLIED');
    const before = await digestOf(server, device.user.id);
    const later = await device.push(changed);
    for (const outcome of [...inTheSame, ...later]) {
      expect(outcome).toMatchObject({ status: 'REJECTED', code: 'BAD_USER_INPUT', serverVersion: null, current: null });
      expect(outcome.message).toContain('mutationId');
    }
    expect(await digestOf(server, device.user.id)).toBe(before);
  });

  it('two users may use the same mutation id', async () => {
    const [one, other] = [await server.signUp(), await server.signUp()];
    const mutationId = randomUUID();
    await one.push([saveContent({ mutationId })]);
    expect((await other.push([saveContent({ mutationId })]))[0]!.status).toBe('APPLIED');
  });

  it('a conflict is judged anew each time and leaves no receipt', async () => {
    const device = await server.signUp();
    const id = randomUUID();
    const late = saveContent({ id, version: { absent: true }, content: 'late' });
    await device.push([saveContent({ id })]);
    expect((await device.push([late]))[0]!.status).toBe('CONFLICT');
    expect((await device.push([late]))[0]!.status).toBe('CONFLICT');
    expect(await receiptsOf(device)).toHaveLength(1);
    expect((await device.push([saveContent({ id, content: 'late' }), late])).map(({ status }) => status)).toEqual([
      'APPLIED',
      'APPLIED',
    ]);
  });
});

describe('several mutations of one row in one push', () => {
  it('create, save and delete end as the delete says, each with its own stamp and receipt', async () => {
    const device = await server.signUp();
    const id = randomUUID();
    const { outcomes, headTimestamp } = await device.pushed([
      saveContent({ id, content: 'one', version: { absent: true } }),
      saveContent({ id, content: 'two' }),
      deleteContent(id),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['APPLIED', 'APPLIED', 'APPLIED']);
    const [first, second, third] = outcomes.map(stampOf);
    expect([second, third]).toEqual([
      { serverVersion: first!.serverVersion! + 1, updatedAt: first!.updatedAt! + 1 },
      { serverVersion: first!.serverVersion! + 2, updatedAt: first!.updatedAt! + 2 },
    ]);
    expect(headTimestamp).toBe(third!.updatedAt);
    expect((await receiptsOf(device)).map(({ mutationId, ...stamp }) => ({ mutationId, ...stamp }))).toEqual(
      outcomes.map(({ mutationId, ...outcome }) => ({ mutationId, ...stampOf(outcome) })),
    );
    const { changes, deletions } = await device.page('contentChanges');
    expect(changes).toEqual([]);
    expect(deletions).toMatchObject([{ id, ...third, deletedAt: third!.updatedAt }]);
    // What was deleted is what the save before it left.
    const restored = await device.data(RESTORE, { input: { id } });
    expect(restored.restoreContent.content).toBe('two');
  });

  it('delete and then create end as a live row', async () => {
    const device = await server.signUp();
    const id = randomUUID();
    const outcomes = await device.push([
      saveContent({ id, content: 'old' }),
      deleteContent(id),
      saveContent({ id, content: 'new' }),
    ]);
    const { changes, deletions } = await device.page('contentChanges');
    expect(deletions).toEqual([]);
    expect(changes).toMatchObject([{ id, content: 'new', ...stampOf(outcomes[2]!) }]);
    const row = await storedContent(device, id);
    expect(row).toMatchObject({ deleted: false, deleted_at: null, has_body: true });
  });

  it('a constraint sees what the mutation before it left', async () => {
    const device = await server.signUp();
    const id = randomUUID();
    const outcomes = await device.push([
      saveContent({ id, version: { absent: true } }),
      saveContent({ id, content: 'other', version: { absent: true } }),
      deleteContent(id),
      saveContent({ id, version: { absent: true } }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['APPLIED', 'CONFLICT', 'APPLIED', 'CONFLICT']);
    expect(outcomes[1]!.current).toMatchObject({ __typename: 'Content', ...stampOf(outcomes[0]!) });
    expect(outcomes[3]!.current).toMatchObject({ __typename: 'Tombstone', ...stampOf(outcomes[2]!) });
  });

  it('a known version can only be the one before the push, so the second of two saves conflicts', async () => {
    const device = await server.signUp();
    const id = randomUUID();
    const [created] = await device.push([saveContent({ id })]);
    const version = { known: created!.serverVersion };
    const outcomes = await device.push([saveContent({ id, content: 'a', version }), deleteContent(id, { version })]);
    expect(outcomes.map(({ status }) => status)).toEqual(['APPLIED', 'CONFLICT']);
    expect((await storedContent(device, id))?.content).toBe('a');
  });

  it('mutations of all kinds keep their order and get one stamp after the other', async () => {
    const device = await server.signUp();
    const [journalId, contentId] = [randomUUID(), randomUUID()];
    const { outcomes } = await device.pushed([
      linkContent({ journalId, contentId }),
      saveJournal({ id: journalId }),
      saveContent({ id: contentId }),
      unlinkContent(journalId, contentId),
      deleteJournal(journalId),
      linkContent({ journalId, contentId }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(Array(6).fill('APPLIED'));
    const first = outcomes[0]!.updatedAt!;
    expect(outcomes.map(({ updatedAt }) => updatedAt! - first)).toEqual([0, 1, 2, 3, 4, 5]);
    expect((await device.page('associationChanges')).changes).toMatchObject([{ journalId, contentId }]);
    expect((await device.page('journalChanges')).deletions).toMatchObject([{ id: journalId }]);
    expect((await device.page('contentChanges')).changes).toMatchObject([{ id: contentId }]);
  });

  it('a push without mutations writes nothing', async () => {
    const device = await server.signUp();
    const before = await digestOf(server, device.user.id);
    expect(await device.push([])).toEqual([]);
    expect(await digestOf(server, device.user.id)).toBe(before);
  });
});

describe('the epoch', () => {
  it('a push with another epoch is refused and writes nothing', async () => {
    const device = await server.signUp();
    const { epoch } = await device.pushed([saveContent()]);
    const before = await digestOf(server, device.user.id);
    const clock = `SELECT * FROM user_clock WHERE user_id = '${device.user.id}'`;
    const clockBefore = await server.sql(clock);
    const variables = {
      input: { deviceId: 'device-a', epoch: randomUUID(), mutations: [saveContent(), saveJournal()] },
    };
    const { status, data, errors } = await device.send(PUSH_STATUS, variables);
    expect([status, data, errors?.[0]?.extensions.code]).toEqual([409, null, 'EPOCH_CHANGED']);
    expect(await digestOf(server, device.user.id)).toBe(before);
    expect(await server.sql(clock)).toEqual(clockBefore);
    expect((await device.push([saveContent()], { epoch }))[0]!.status).toBe('APPLIED');
  });
});
