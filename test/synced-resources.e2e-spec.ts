import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { Association } from '../src/associations/association.entity.js';
import { Content } from '../src/content/content.entity.js';
import { Journal } from '../src/journals/journal.entity.js';
import { Media } from '../src/media/media.entity.js';
import { resourceOf } from '../src/sync/resource.js';
import { Row } from '../src/sync/row.js';
import { describeSyncedResource, type SyncedResourceContract } from './contracts/synced-resource.js';
import type { Device } from './support/device.js';
import { saveContent, saveJournal } from './support/factories.js';
import { startTestServer, type TestServer } from './support/test-server.js';
import { stored } from './support/uploads.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const id = (): { id: string } => ({ id: randomUUID() });

/** One for each synced table; a table without one fails below. */
const CONTRACTS: SyncedResourceContract[] = [
  {
    name: 'journal',
    entity: Journal,
    server: () => server,
    feed: 'journalChanges',
    point: 'journal',
    save: { mutation: 'saveJournal', input: 'SaveJournalInput' },
    delete: { mutation: 'deleteJournal', input: 'DeleteInput' },
    restore: { mutation: 'restoreJournal', input: 'DeleteInput' },
    key: id,
    body: (n) => ({ title: `Garden ${n}`, description: `Beans, row ${n}` }),
  },
  {
    name: 'content',
    entity: Content,
    server: () => server,
    feed: 'contentChanges',
    point: 'content',
    save: { mutation: 'saveContent', input: 'SaveContentInput' },
    delete: { mutation: 'deleteContent', input: 'DeleteInput' },
    restore: { mutation: 'restoreContent', input: 'DeleteInput' },
    key: id,
    body: (n) => ({
      type: n % 2 === 0 ? 'AUDIO' : 'TEXT',
      content: `It rained ${n} times.`,
      mediaUri: n % 2 === 0 ? `file:///${n}` : null,
      durationMs: n,
    }),
  },
  {
    name: 'association',
    entity: Association,
    server: () => server,
    feed: 'associationChanges',
    save: { mutation: 'linkContent', input: 'LinkContentInput' },
    delete: { mutation: 'unlinkContent', input: 'UnlinkContentInput' },
    key: () => ({ journalId: randomUUID(), contentId: randomUUID() }),
    body: () => ({}),
    // A link needs no ends, but only ends that are there make it somebody's.
    before: (device, key) =>
      device.push([saveJournal({ id: key['journalId'] }), saveContent({ id: key['contentId'] })]),
  },
  {
    name: 'media',
    entity: Media,
    server: () => server,
    feed: 'mediaChanges',
    point: 'media',
    delete: { mutation: 'deleteMedia', input: 'DeleteInput' },
    key: id,
    body: () => ({ contentId: null, fileName: null, mimeType: null, sizeBytes: null, sha256: null, status: null }),
    put: putMedia,
  },
];

CONTRACTS.forEach(describeSyncedResource);

/** Each has bytes of its own, so that none is there already. */
async function putMedia(device: Device, key: Record<string, unknown>): Promise<void> {
  await stored(device, Buffer.from(String(key['id'])), key);
}

describe('synced tables', () => {
  /** Every entity that the server stores and that is a Row, from TypeORM's metadata. */
  const syncedEntities = (): Function[] =>
    server.app
      .get(DataSource)
      .entityMetadatas.map(({ target }) => target)
      .filter((target): target is Function => typeof target === 'function' && target.prototype instanceof Row);

  it('have a contract test each', () => {
    const covered = new Set<Function>(CONTRACTS.map(({ entity }) => entity));
    expect(syncedEntities().filter((entity) => !covered.has(entity))).toEqual([]);
    expect(CONTRACTS.map(({ entity }) => entity.name).toSorted()).toEqual(
      syncedEntities()
        .map(({ name }) => name)
        .toSorted(),
    );
  });

  it('have the columns of every row, of the same types', async () => {
    for (const table of syncedTables()) {
      const columns = await server.sql<{ name: string; type: string; nullable: string }>(
        `SELECT column_name AS name, data_type AS type, is_nullable AS nullable FROM information_schema.columns
          WHERE table_schema = 'public' AND table_name = $1`,
        [table],
      );
      const common = columns.filter(({ name }) => name in COMMON_COLUMNS);
      expect({
        table,
        ...Object.fromEntries(common.map(({ name, type, nullable }) => [name, `${type} ${nullable}`])),
      }).toEqual({
        table,
        ...COMMON_COLUMNS,
      });
    }
  });

  it('have the constraints and indexes that the stamp and the feeds rely on', async () => {
    for (const { table, key } of syncedTables().map((name) => ({ table: name, key: keyColumnsOf(name) }))) {
      const constraints = await server.sql<{ definition: string }>(
        `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conrelid = $1::regclass AND contype IN ('p', 'u', 'c')`,
        [table],
      );
      const definitions = constraints.map(({ definition }) => definition);
      expect({ table, definitions }).toEqual({
        table,
        definitions: expect.arrayContaining([
          `PRIMARY KEY (user_id, ${key.join(', ')})`,
          'UNIQUE (user_id, updated_at)',
          'CHECK ((server_version <= updated_at))',
          'CHECK ((deleted = (deleted_at IS NOT NULL)))',
        ]),
      });
      const indexes = await server.sql<{ columns: string }>(
        `SELECT string_agg(attname, ', ' ORDER BY place) AS columns
           FROM pg_index, unnest(indkey) WITH ORDINALITY AS part(attnum, place)
           JOIN pg_attribute USING (attnum)
          WHERE indrelid = $1::regclass AND attrelid = indrelid AND indpred IS NULL AND indisvalid GROUP BY indexrelid`,
        [table],
      );
      // Another user's id is found by the id alone, so it needs an index without the owner. A link has no id.
      const byId = key.length === 1 ? key : [];
      expect({ table, indexes: indexes.map(({ columns }) => columns) }).toEqual({
        table,
        indexes: expect.arrayContaining(['user_id, server_version', ...byId]),
      });
    }
  });

  it('refuse a version beyond its time, and two rows of one user at one place', async () => {
    const device = await server.signUp();
    await device.push([saveJournal(), saveJournal()]);
    const owned = [device.user.id];
    await expect(
      server.sql('UPDATE journals SET server_version = updated_at + 1 WHERE user_id = $1', owned),
    ).rejects.toThrow('journals_version_before_time');
    await expect(
      server.sql('UPDATE journals SET updated_at = 9000000000000 WHERE user_id = $1', owned),
    ).rejects.toThrow('journals_stamp');
    await expect(server.sql('UPDATE journals SET deleted = true WHERE user_id = $1', owned)).rejects.toThrow(
      'journals_deleted_at',
    );
  });

  const metadataOf = (table: string) => server.app.get(DataSource).getMetadata(table);
  const syncedTables = (): string[] =>
    syncedEntities().map((entity) => server.app.get(DataSource).getMetadata(entity).tableName);
  /** The columns of the key behind the owner. */
  const keyColumnsOf = (table: string): string[] =>
    resourceOf(metadataOf(table).target as new () => Row).key.map(
      (property) => metadataOf(table).findColumnWithPropertyName(property)!.databaseName,
    );
});

const COMMON_COLUMNS = {
  user_id: 'uuid NO',
  server_version: 'bigint NO',
  updated_at: 'bigint NO',
  created_at: 'bigint NO',
  client_updated_at: 'bigint NO',
  device_id: 'text NO',
  mutation_id: 'uuid NO',
  deleted: 'boolean NO',
  deleted_at: 'bigint YES',
};
