/** What every synced resource has to do, through GraphQL: one description, run for each of them. */
import { randomUUID } from 'node:crypto';
import type { Type } from '@nestjs/common';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import type { Row } from '../../src/sync/row.js';
import type { Answer, Device, FeedRow } from '../support/device.js';
import type { TestServer } from '../support/test-server.js';

/** A mutation and the type of its one argument, `input`. */
interface Operation {
  mutation: string;
  input: string;
}

export interface SyncedResourceContract {
  /** As a person says it: `journal`. */
  name: string;
  entity: Type<Row>;
  server: () => TestServer;
  /** The field of `Query` that pages through the changes. */
  feed: string;
  /** The field of `Query` that reads one row by its id, where there is one. */
  point?: string;
  /** Creates or replaces a row. Without it `put` brings rows there, and what needs a save is left out. */
  save?: Operation;
  /** How a row comes to be where GraphQL has no save. */
  put?: (device: Device, key: Fields) => Promise<void>;
  delete: Operation;
  restore?: Operation;
  /** A new key. */
  key: () => Record<string, string>;
  /** A body that differs with `n`; empty for a row that is nothing but its key. */
  body: (n: number) => Fields;
  /** What has to be there for the key to belong to a user: the ends of a link. */
  before?: (device: Device, key: Record<string, string>) => Promise<unknown>;
}

type Fields = Record<string, unknown>;

const STAMP = 'serverVersion updatedAt deviceId mutationId';

/** Registers the tests of one resource. */
export function describeSyncedResource(contract: SyncedResourceContract): void {
  const { name, feed, point, save, restore, key: newKey, body } = contract;

  describe(`the contract of every synced resource: ${name}`, () => {
    const keyFields = Object.keys(newKey());
    const liveFields = `${[...keyFields, ...Object.keys(body(1))].join(' ')} createdAt clientUpdatedAt ${STAMP}`;
    const tombstoneFields = `${keyFields.join(' ')} deletedAt ${STAMP}`;
    const hasBody = Object.keys(body(1)).length > 0;

    let mine: Device;
    let key: Record<string, string>;
    beforeEach(async () => {
      mine = await contract.server().signUp('device-a');
      key = newKey();
    });

    const run = async (device: Device, { mutation, input: type }: Operation, input: Fields, fields: string) => {
      const answer = await device.send(
        `mutation ($input: ${type}!) { row: ${mutation}(input: $input) { ${fields} } }`,
        {
          input,
        },
      );
      return answer as Answer<{ row: FeedRow } | null>;
    };
    const saving = (device: Device, n: number, more: Fields = {}, of = key) =>
      run(device, save!, { ...of, ...body(n), createdAt: n, ...more }, liveFields);
    const deleting = (device: Device, more: Fields = {}, of = key) =>
      run(device, contract.delete, { ...of, ...more }, tombstoneFields);
    const restoring = (device: Device, more: Fields = {}, of = key) =>
      run(device, restore!, { ...of, ...more }, liveFields);
    const reading = (device: Device, of = key) =>
      device.send(`query ($id: ID!) { row: ${point}(id: $id) { ${liveFields} } }`, { id: of['id'] });

    const rowOf = ({ data, errors }: Answer<{ row: FeedRow } | null>): FeedRow => {
      if (!data) throw new Error(JSON.stringify(errors));
      return data.row;
    };
    /** Puts a live row there in the way that the resource has. */
    const create = async (device: Device, n = 1, of = key): Promise<FeedRow> => {
      await contract.before?.(device, of);
      if (save !== undefined) return rowOf(await saving(device, n, {}, of));
      await contract.put!(device, of);
      return (await pull(device)).changes.find((row) => keyFields.every((field) => row[field] === of[field]))!;
    };
    const pull = async (device: Device, since = 0): Promise<{ changes: FeedRow[]; deletions: FeedRow[] }> => {
      const data = await device.data(
        `query ($since: Millis!) { page: ${feed}(since: $since) { changes { ${liveFields} } deletions { ${tombstoneFields} } } }`,
        { since },
      );
      return data.page;
    };
    /** Everything stored of everyone in this table, past the server. */
    const stored = async (): Promise<unknown[]> => {
      const { tableName } = contract.server().app.get(DataSource).getMetadata(contract.entity);
      return contract.server().sql(`SELECT * FROM "${tableName}" ORDER BY user_id, updated_at`);
    };
    const refused = (status: number, code: string, more: Fields = {}) => ({
      status,
      errors: [{ extensions: { code, ...more } }],
    });

    if (save !== undefined) {
      it('a new row has the same stamp in the answer and in the feed', async () => {
        await contract.before?.(mine, key);
        const mutationId = randomUUID();
        const row = rowOf(await saving(mine, 1, { version: { absent: true }, mutationId, clientUpdatedAt: -5 }));
        expect(row).toMatchObject({
          ...key,
          ...body(1),
          createdAt: 1,
          clientUpdatedAt: -5,
          mutationId,
          deviceId: 'device-a',
        });
        expect(row.serverVersion).toBeLessThanOrEqual(row.updatedAt);
        expect(await pull(mine)).toEqual({ changes: [row], deletions: [] });
      });

      it('an edit that knows the version is written, later in the feed than what it replaces', async () => {
        const first = await create(mine);
        const second = rowOf(await saving(mine, 2, { version: { known: first.serverVersion } }));
        expect(second).toMatchObject({ ...key, ...body(2), createdAt: 2 });
        expect(second.serverVersion).toBeGreaterThan(first.serverVersion);
        expect(second.updatedAt).toBeGreaterThan(first.updatedAt);
        expect(await pull(mine)).toEqual({ changes: [second], deletions: [] });
        expect(await pull(mine, first.updatedAt)).toEqual({ changes: [second], deletions: [] });
        expect(await pull(mine, second.updatedAt)).toEqual({ changes: [], deletions: [] });
      });

      it('an edit that knows any other version is a conflict with the row as it is now, and writes nothing', async () => {
        const first = await create(mine);
        const row = rowOf(await saving(mine, 2));
        const before = await stored();
        for (const known of [first.serverVersion, row.serverVersion + 1, Number.MAX_SAFE_INTEGER]) {
          const current = { ...row, __typename: expect.any(String) };
          expect(await saving(mine, 3, { version: { known } })).toMatchObject(refused(409, 'CONFLICT', { current }));
          expect(await deleting(mine, { version: { known } })).toMatchObject(refused(409, 'CONFLICT', { current }));
        }
        expect(await stored()).toEqual(before);
      });

      it('an edit that knows a row which is not there is a conflict with nothing', async () => {
        expect(await saving(mine, 1, { version: { known: 1 } })).toMatchObject(
          refused(409, 'CONFLICT', { current: null }),
        );
        expect(await pull(mine)).toEqual({ changes: [], deletions: [] });
      });

      it('a row that must be absent and is there with the same body is applied and not written again', async () => {
        const row = await create(mine);
        const again = rowOf(await saving(mine, 1, { version: { absent: true }, createdAt: 99, deviceId: 'device-b' }));
        expect(again).toEqual(row);
        expect(await pull(mine, row.updatedAt)).toEqual({ changes: [], deletions: [] });
        if (!hasBody) return;
        const other = await saving(mine, 2, { version: { absent: true } });
        expect(other).toMatchObject(refused(409, 'CONFLICT', { current: { ...row, __typename: expect.any(String) } }));
      });

      it('the last write wins where nothing is said of the version', async () => {
        await create(mine);
        await saving(mine, 2);
        const last = rowOf(await saving(mine, 3, { version: { none: true } }));
        expect((await pull(mine)).changes).toEqual([last]);
      });

      it('a mutation sent again answers with the row and writes nothing', async () => {
        await contract.before?.(mine, key);
        const mutationId = randomUUID();
        const first = rowOf(await saving(mine, 1, { mutationId, version: { absent: true } }));
        const before = await stored();
        expect(rowOf(await saving(mine, 1, { mutationId, version: { absent: true } }))).toEqual(first);
        expect(await saving(mine, 2, { mutationId })).toMatchObject(
          refused(400, 'BAD_USER_INPUT', { fields: ['mutationId'] }),
        );
        expect(await stored()).toEqual(before);
      });

      it('a create that comes late meets the tombstone', async () => {
        const row = await create(mine);
        const tombstone = rowOf(await deleting(mine));
        const current = { ...tombstone, __typename: expect.any(String) };
        for (const version of [{ absent: true }, { known: row.serverVersion }]) {
          expect(await saving(mine, 1, { version })).toMatchObject(refused(409, 'CONFLICT', { current }));
        }
        expect(await pull(mine)).toEqual({ changes: [], deletions: [tombstone] });
      });

      it('a row comes back when the write knows its tombstone, or nothing at all', async () => {
        await create(mine);
        const tombstone = rowOf(await deleting(mine));
        const back = rowOf(await saving(mine, 2, { version: { known: tombstone.serverVersion } }));
        expect(await pull(mine)).toEqual({ changes: [back], deletions: [] });
        await deleting(mine);
        const again = rowOf(await saving(mine, 3));
        expect(again).toMatchObject(body(3));
        expect(await pull(mine)).toEqual({ changes: [again], deletions: [] });
      });

      it('an id that was deleted before it was ever seen refuses a late create', async () => {
        const tombstone = rowOf(await deleting(mine));
        expect(await saving(mine, 1, { version: { absent: true } })).toMatchObject(
          refused(409, 'CONFLICT', { current: { ...tombstone, __typename: expect.any(String) } }),
        );
      });

      it('a save of another user’s row is 403 and writes nothing', async () => {
        const theirs = await contract.server().signUp();
        await create(theirs);
        const before = await stored();
        for (const version of [{ absent: true }, { none: true }, { known: 1 }]) {
          expect(await saving(mine, 2, { version })).toMatchObject(refused(403, 'FORBIDDEN'));
        }
        expect(await stored()).toEqual(before);
      });
    }

    it('a deleted row is a tombstone in the feed, at the place of the delete', async () => {
      const row = await create(mine);
      const mutationId = randomUUID();
      const input = { mutationId, deviceId: 'device-b', version: { known: row.serverVersion } };
      const tombstone = rowOf(await deleting(mine, input));
      expect(tombstone).toMatchObject({ ...key, mutationId, deviceId: 'device-b', deletedAt: tombstone.updatedAt });
      expect(tombstone.serverVersion).toBeGreaterThan(row.serverVersion);
      expect(tombstone.updatedAt).toBeGreaterThan(row.updatedAt);
      expect(await pull(mine)).toEqual({ changes: [], deletions: [tombstone] });
      expect(await pull(mine, row.updatedAt)).toEqual({ changes: [], deletions: [tombstone] });
    });

    it('deleting a tombstone is applied and changes nothing', async () => {
      await create(mine);
      const tombstone = rowOf(await deleting(mine));
      const before = await stored();
      expect(rowOf(await deleting(mine, { deviceId: 'device-b' }))).toEqual(tombstone);
      expect(await stored()).toEqual(before);
    });

    it('a delete of an id that was never seen leaves a tombstone', async () => {
      const tombstone = rowOf(await deleting(mine));
      expect(await pull(mine)).toEqual({ changes: [], deletions: [tombstone] });
    });

    it('a delete of another user’s row is 403 and writes nothing', async () => {
      const theirs = await contract.server().signUp();
      await create(theirs);
      const before = await stored();
      expect(await deleting(mine)).toMatchObject(refused(403, 'FORBIDDEN'));
      expect(await stored()).toEqual(before);
    });

    it('a feed holds its user’s rows and nobody else’s', async () => {
      const theirs = await contract.server().signUp();
      const [myRow, theirKey, theirTombstoneKey] = [await create(mine), newKey(), newKey()];
      const theirRow = await create(theirs, 2, theirKey);
      const theirTombstone = rowOf(await deleting(theirs, {}, theirTombstoneKey));
      expect(await pull(mine)).toEqual({ changes: [myRow], deletions: [] });
      expect(await pull(theirs)).toEqual({ changes: [theirRow], deletions: [theirTombstone] });
    });

    it('its mutations and its feed need a token', async () => {
      const before = await stored();
      const nobody = { ...mine.tokens, accessToken: 'none' };
      const stranger: Device = Object.assign(Object.create(mine) as Device, { tokens: nobody });
      expect(await deleting(stranger)).toMatchObject(refused(401, 'UNAUTHENTICATED'));
      if (save !== undefined) expect(await saving(stranger, 1)).toMatchObject(refused(401, 'UNAUTHENTICATED'));
      if (restore !== undefined) expect(await restoring(stranger)).toMatchObject(refused(401, 'UNAUTHENTICATED'));
      expect(await stranger.send(`{ ${feed} { hasMore } }`)).toMatchObject(refused(401, 'UNAUTHENTICATED'));
      expect(await stored()).toEqual(before);
    });

    it('a key that is no uuid is refused by its name', async () => {
      for (const field of keyFields) {
        const wrong = { ...key, [field]: 'not-a-uuid' };
        const answer = refused(400, 'BAD_USER_INPUT', { fields: [field] });
        expect(await deleting(mine, {}, wrong)).toMatchObject(answer);
        if (save !== undefined) expect(await saving(mine, 1, {}, wrong)).toMatchObject(answer);
      }
    });

    if (point !== undefined) {
      it('one row is read by its id: own 200, another’s 403, missing and deleted 404', async () => {
        const row = await create(mine);
        expect(await reading(mine)).toMatchObject({ status: 200, data: { row } });
        const theirs = await contract.server().signUp();
        expect(await reading(theirs)).toMatchObject(refused(403, 'FORBIDDEN'));
        expect(await reading(mine, newKey())).toMatchObject(refused(404, 'NOT_FOUND'));
        expect(await reading(mine, { id: 'no uuid' })).toMatchObject(
          refused(400, 'BAD_USER_INPUT', { fields: ['id'] }),
        );
        await deleting(mine);
        expect(await reading(mine)).toMatchObject(refused(404, 'NOT_FOUND'));
        // A tombstone still is its owner's.
        expect(await reading(theirs)).toMatchObject(refused(403, 'FORBIDDEN'));
      });
    }

    if (restore !== undefined) {
      it('a deleted row is restored whole, with a new stamp', async () => {
        const row = await create(mine);
        const tombstone = rowOf(await deleting(mine));
        const back = rowOf(await restoring(mine, { version: { known: tombstone.serverVersion } }));
        expect(back).toMatchObject({ ...key, ...body(1), createdAt: row['createdAt'] });
        expect(back.serverVersion).toBeGreaterThan(tombstone.serverVersion);
        expect(await pull(mine)).toEqual({ changes: [back], deletions: [] });
        // Restoring what stands is applied and changes nothing.
        expect(rowOf(await restoring(mine))).toEqual(back);
      });

      it('a restore that knows another version is a conflict with the tombstone', async () => {
        const row = await create(mine);
        const tombstone = rowOf(await deleting(mine));
        const current = { ...tombstone, __typename: expect.any(String) };
        expect(await restoring(mine, { version: { known: row.serverVersion } })).toMatchObject(
          refused(409, 'CONFLICT', { current }),
        );
        expect(await pull(mine)).toEqual({ changes: [], deletions: [tombstone] });
      });

      it('nothing is restored that was never there: missing 404, never seen 404, another’s 403', async () => {
        expect(await restoring(mine)).toMatchObject(refused(404, 'NOT_FOUND'));
        await deleting(mine);
        expect(await restoring(mine)).toMatchObject(refused(404, 'NOT_FOUND'));
        const theirKey = newKey();
        const theirs = await contract.server().signUp();
        await create(theirs, 1, theirKey);
        await deleting(theirs, {}, theirKey);
        const before = await stored();
        expect(await restoring(mine, {}, theirKey)).toMatchObject(refused(403, 'FORBIDDEN'));
        expect(await stored()).toEqual(before);
      });
    }
  });
}
