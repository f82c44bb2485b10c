/**
 * What it takes to add a resource, done here from beginning to end: moods, of which the server knows nothing.
 *
 * In src/ this would be the folder `moods/` with what stands below, `MoodsModule` in the imports of `app.module.ts`, and
 * a generated migration. For devices that push, also a line in `MutationInput`, `saveMood?: SaveMoodInput`, one in
 * the TARGETS of `push.resolver.ts`, `saveMood: { entity: Mood, verb: 'save' }` (and both for the delete), and the
 * type in the union SyncedRow; this test has its mutations alone. Nothing in `sync/` is told of it.
 */
import { randomUUID } from 'node:crypto';
import { Module } from '@nestjs/common';
import { Args, Field, ID, InputType, Int, Mutation, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Column, DataSource, Entity, Index, PrimaryColumn } from 'typeorm';
import { AppModule } from '../src/app.module.js';
import type { Caller } from '../src/auth/caller.js';
import { CurrentUser } from '../src/auth/current-user.js';
import type { Config } from '../src/config.js';
import { dataSourceOptions } from '../src/database/data-source-options.js';
import { BodySweep } from '../src/sync/body-sweep.js';
import { ChangesArgs, ChangesOf } from '../src/sync/changes.js';
import { integer, text } from '../src/sync/field-rules.js';
import { DeleteInput, SaveInput } from '../src/sync/inputs.js';
import { SyncedResource } from '../src/sync/resource.js';
import { Row, SyncedTable } from '../src/sync/row.js';
import { SyncedRows } from '../src/sync/synced-rows.js';
import { Tombstone } from '../src/sync/tombstone.js';
import { describeSyncedResource } from './contracts/synced-resource.js';
import { createTestDatabase, type TestDatabase } from './support/test-database.js';
import { startTestServer, type TestServer } from './support/test-server.js';

// mood.entity.ts

@SyncedResource({
  key: ['id'],
  body: { word: text({ characters: 20 }), strength: integer(1), note: text({ characters: 200, nullable: true }) },
  tombstone: Tombstone,
  ids: { id: 'moods.id' },
})
@SyncedTable('moods')
@Entity('moods')
@Index('moods_id', ['id'])
@ObjectType({ implements: () => [Row], description: 'How somebody felt.' })
class Mood extends Row {
  @Field(() => ID, { description: 'Uuid made by the device.' })
  @PrimaryColumn('uuid')
  id!: string;

  @Field(() => String, { description: 'One word, at most 20 characters.' })
  @Column('text')
  word!: string;

  @Field(() => Int, { description: 'From 1.' })
  @Column('integer')
  strength!: number;

  @Field(() => String, { nullable: true, description: 'At most 200 characters.' })
  @Column('text', { nullable: true })
  note!: string | null;
}

@ObjectType({ description: 'One page of the feed of moods.' })
class MoodChanges extends ChangesOf(Mood, Tombstone) {}

// save-mood.input.ts

@InputType({ description: 'The whole mood as it shall be.' })
class SaveMoodInput extends SaveInput {
  @Field(() => ID, { description: 'Uuid made by the device.' })
  id!: string;

  @Field(() => String, { description: 'One word, at most 20 characters.' })
  word!: string;

  @Field(() => Int, { description: 'From 1.' })
  strength!: number;

  @Field(() => String, { nullable: true, description: 'At most 200 characters.' })
  note?: string | null;
}

// moods.resolver.ts

@Resolver(() => Mood)
class MoodsResolver {
  constructor(private readonly rows: SyncedRows) {}

  @Query(() => Mood, { description: 'One mood.' })
  mood(@CurrentUser() user: Caller, @Args('id', { type: () => ID }) id: string): Promise<Mood> {
    return this.rows.find(Mood, user.id, id);
  }

  @Query(() => MoodChanges, { description: 'Moods written or deleted after `since`, in the server’s order.' })
  moodChanges(@CurrentUser() user: Caller, @Args() feed: ChangesArgs): Promise<MoodChanges> {
    return this.rows.changes(Mood, user.id, feed);
  }

  @Mutation(() => Mood, { description: 'Creates or replaces a mood.' })
  saveMood(@CurrentUser() user: Caller, @Args('input') input: SaveMoodInput): Promise<Mood> {
    return this.rows.save(Mood, user, input);
  }

  @Mutation(() => Tombstone, { description: 'Deletes a mood.' })
  deleteMood(@CurrentUser() user: Caller, @Args('input') input: DeleteInput): Promise<Tombstone> {
    return this.rows.delete(Mood, user, input);
  }

  @Mutation(() => Mood, { description: 'Brings a deleted mood back, within 30 days.' })
  restoreMood(@CurrentUser() user: Caller, @Args('input') input: DeleteInput): Promise<Mood> {
    return this.rows.restore(Mood, user, input);
  }
}

// moods.module.ts

@Module({ imports: [TypeOrmModule.forFeature([Mood])], providers: [MoodsResolver] })
class MoodsModule {}

let database: TestDatabase;
let server: TestServer;

beforeAll(async () => {
  database = await createTestDatabase();
  await createTable(database);
  server = await startTestServer({}, database, createAppWithMoods);
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

/** The one line in `app.module.ts`: the module stands beside the others. */
async function createAppWithMoods(config: Config): Promise<NestFastifyApplication> {
  const testing = await Test.createTestingModule({ imports: [AppModule.with(config), MoodsModule] }).compile();
  return testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: ['fatal'] });
}

/** What `npm run migration:generate` writes for it, run as the owner, and the rights that `migrate` gives after it. */
async function createTable({ ownerUrl }: TestDatabase): Promise<void> {
  const options = dataSourceOptions(ownerUrl, { poolSize: 1, statementSeconds: 60 });
  const owner = await new DataSource({ ...options, entities: [Mood] }).initialize();
  try {
    const { upQueries } = await owner.driver.createSchemaBuilder().log();
    for (const { query } of upQueries) {
      expect(query).toContain('moods');
      await owner.query(query);
    }
    await owner.query('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO logdate_app');
  } finally {
    await owner.destroy();
  }
}

describeSyncedResource({
  name: 'mood, a fifth resource that only this test has',
  entity: Mood,
  server: () => server,
  feed: 'moodChanges',
  point: 'mood',
  save: { mutation: 'saveMood', input: 'SaveMoodInput' },
  delete: { mutation: 'deleteMood', input: 'DeleteInput' },
  restore: { mutation: 'restoreMood', input: 'DeleteInput' },
  key: () => ({ id: randomUUID() }),
  body: (n) => ({ word: 'glad', strength: n, note: n % 2 === 0 ? null : 'It rained.' }),
});

describe('a fifth resource', () => {
  it('has its body checked by its own rules, each fault by its name', async () => {
    const device = await server.signUp();
    const input = { id: randomUUID(), word: 'x'.repeat(21), strength: 0, note: 'a\0b', createdAt: 1 };
    const answer = await device.send('mutation ($input: SaveMoodInput!) { saveMood(input: $input) { id } }', { input });
    expect(answer).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: 'BAD_USER_INPUT', fields: ['word', 'strength', 'note'] } }],
    });
  });

  it('has the table that every synced resource has, with no word said of it', async () => {
    const indexes = await server.sql<{ definition: string }>(
      `SELECT indexdef AS definition FROM pg_indexes WHERE tablename = 'moods' ORDER BY 1`,
    );
    expect(indexes.map(({ definition }) => definition)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/UNIQUE .*moods_stamp .*\(user_id, updated_at\)/),
        expect.stringMatching(/moods_version .*\(user_id, server_version\)/),
      ]),
    );
  });

  it('shares the user’s clock: its stamps and those of journals never meet', async () => {
    const device = await server.signUp();
    const document = `mutation ($mood: SaveMoodInput!, $journal: SaveJournalInput!) {
      mood: saveMood(input: $mood) { updatedAt serverVersion }
      journal: saveJournal(input: $journal) { updatedAt serverVersion }
    }`;
    const { mood, journal } = await device.data(document, {
      mood: { id: randomUUID(), word: 'glad', strength: 1, createdAt: 1 },
      journal: { id: randomUUID(), title: 'Garden', createdAt: 1 },
    });
    expect(journal.updatedAt).toBeGreaterThan(mood.updatedAt);
    expect(journal.serverVersion).toBeGreaterThan(mood.serverVersion);
  });

  it('has its bodies cleared 30 days after the delete, and is then not restored', async () => {
    const device = await server.signUp();
    const input = { id: randomUUID(), word: 'sad', strength: 1, note: 'private', createdAt: 1 };
    await device.data('mutation ($input: SaveMoodInput!) { saveMood(input: $input) { id } }', { input });
    await device.data('mutation ($input: DeleteInput!) { deleteMood(input: $input) { id } }', {
      input: { id: input.id },
    });
    const thirtyDays = 30 * 24 * 60 * 60 * 1000;
    expect(await server.app.get(BodySweep).sweep(Date.now() + thirtyDays + 60_000)).toBeGreaterThan(0);
    const [row] = await server.sql('SELECT word, note, has_body FROM moods WHERE id = $1', [input.id]);
    expect(row).toEqual({ word: '', note: null, has_body: false });
    const restore = 'mutation ($input: DeleteInput!) { restoreMood(input: $input) { id } }';
    expect((await device.send(restore, { input: { id: input.id } })).status).toBe(404);
  });
});
