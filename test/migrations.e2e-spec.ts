import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { dataSourceOptions } from '../src/database/data-source-options.js';
import { createTestDatabase, type TestDatabase } from './support/test-database.js';
import { startTestServer } from './support/test-server.js';

type MigrationClass = new () => MigrationInterface;

/** The command that an installation runs, in a process of its own: the compiled migrations, not the sources. */
const migrate = ({ ownerUrl, serverUrl }: TestDatabase): Promise<{ stdout: string }> =>
  promisify(execFile)(process.execPath, ['dist/scripts/migrate.js'], {
    env: { ...process.env, NODE_ENV: 'test', DATABASE_OWNER_URL: ownerUrl, DATABASE_URL: serverUrl },
  });

/** What the server does before it listens, compiled as well: the sources name no migration that could be found. */
const { prepareDatabase, DatabaseNotReadyError } = (await import(
  new URL('../dist/src/database/prepare.js', import.meta.url).href
)) as typeof import('../src/database/prepare.js');

describe('migrations', () => {
  let migrations: MigrationClass[];
  let entities: Function[];
  let database: TestDatabase;
  const open: DataSource[] = [];

  beforeAll(async () => {
    const files = (await readdir('src/database/migrations')).toSorted();
    const modules = await Promise.all(
      files.map((file) => import(`../src/database/migrations/${file.slice(0, -3)}.js`)),
    );
    migrations = modules.flatMap((module) => Object.values(module as Record<string, MigrationClass>));
    // The entities that the server itself loads, its modules having named them.
    const server = await startTestServer();
    entities = server.app.get(DataSource).entityMetadatas.map(({ target }) => target as Function);
    await server.close();
  });
  beforeEach(async () => {
    database = await createTestDatabase({ template: false });
  });
  afterEach(async () => {
    for (const dataSource of open.splice(0)) await dataSource.destroy();
    await database.drop();
  });

  /** The database as its owner, with the given migrations and the server's entities. */
  async function asOwner(given: MigrationClass[] = []): Promise<DataSource> {
    const options = dataSourceOptions(database.ownerUrl, { poolSize: 1, statementSeconds: 60 });
    const dataSource = await new DataSource({ ...options, migrations: given, entities }).initialize();
    open.push(dataSource);
    return dataSource;
  }

  /** Everything in the schema `public`, TypeORM's own table aside, as text that two states can be compared by. */
  async function snapshot({ superuserUrl } = database): Promise<Record<string, string[]>> {
    const client = new pg.Client({ connectionString: superuserUrl });
    await client.connect();
    try {
      const taken: Record<string, string[]> = {};
      for (const [kind, query] of Object.entries(CATALOGUE)) {
        taken[kind] = (await client.query<{ line: string }>(query)).rows.map(({ line }) => line);
      }
      return taken;
    } finally {
      await client.end();
    }
  }

  it('make, from nothing, exactly the schema that the entities describe', async () => {
    const { stdout } = await migrate(database);
    for (const { name } of migrations) expect(stdout).toContain(name);
    const { upQueries, downQueries } = await (await asOwner()).driver.createSchemaBuilder().log();
    expect([...upQueries, ...downQueries].map(({ query }) => query)).toEqual([]);
  });

  it('change nothing when they are run again', async () => {
    await migrate(database);
    const before = await snapshot();
    expect((await migrate(database)).stdout).toBe('The database is up to date.\n');
    expect(await snapshot()).toEqual(before);
  });

  it('each undo what they did, and do the same again', async () => {
    const states = [await snapshot()];
    expect(states[0]).toEqual(Object.fromEntries(Object.keys(CATALOGUE).map((kind) => [kind, []])));
    for (const [index] of migrations.entries()) {
      const dataSource = await asOwner(migrations.slice(0, index + 1));
      await dataSource.runMigrations();
      const done = await snapshot();
      expect(done).not.toEqual(states[index]);
      await dataSource.undoLastMigration();
      expect(await snapshot()).toEqual(states[index]);
      await dataSource.runMigrations();
      expect(await snapshot()).toEqual(done);
      states.push(done);
    }
    // All the way down and up again.
    const dataSource = await asOwner(migrations);
    for (const [index] of migrations.entries()) {
      await dataSource.undoLastMigration();
      expect(await snapshot()).toEqual(states.at(-2 - index));
    }
    await dataSource.runMigrations();
    expect(await snapshot()).toEqual(states.at(-1));
  });

  it('run once when three processes start at the same time, and all of them succeed', async () => {
    // Held until all three wait for it: left to chance, one of them is through before the next has started.
    const holder = new pg.Client({ connectionString: database.superuserUrl });
    await holder.connect();
    await holder.query(`SELECT pg_advisory_lock(hashtext('logdate migrations'))`);
    const running = Promise.all([migrate(database), migrate(database), migrate(database)]);
    let isOver = false;
    void running.finally(() => (isOver = true)).catch(() => undefined);
    try {
      const waiting = `SELECT count(*)::int AS count FROM pg_locks JOIN pg_database ON pg_database.oid = database
                        WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()`;
      while (!isOver && (await holder.query<{ count: number }>(waiting)).rows[0]!.count < 3) await delay(20);
      expect(isOver).toBe(false);
    } finally {
      await holder.end();
    }
    const outputs = await running;
    const upToDate = 'The database is up to date.\n';
    const said = outputs.map(({ stdout }) => stdout).toSorted();
    expect(said).toEqual([expect.stringMatching(/^Migrations: /), upToDate, upToDate]);
    const dataSource = await asOwner();
    const names = (await dataSource.query('SELECT name FROM migrations ORDER BY id')) as { name: string }[];
    expect(names.map(({ name }) => name)).toEqual(migrations.map(({ name }) => name));
  });

  describe('the server’s role', () => {
    let migrated: TestDatabase;
    let client: pg.Client;
    beforeAll(async () => {
      migrated = await createTestDatabase({ template: false });
      await migrate(migrated);
      client = new pg.Client({ connectionString: migrated.serverUrl });
      await client.connect();
    });
    afterAll(async () => {
      await client.end();
      await migrated.drop();
    });

    it('owns no table, sequence, view or function, no schema and no database', async () => {
      const { rows } = await client.query(
        `SELECT relname AS name FROM pg_class WHERE relowner = current_user::regrole
         UNION ALL SELECT proname FROM pg_proc WHERE proowner = current_user::regrole
         UNION ALL SELECT nspname FROM pg_namespace WHERE nspowner = current_user::regrole
         UNION ALL SELECT datname FROM pg_database WHERE datdba = current_user::regrole`,
      );
      expect(rows).toEqual([]);
      const [role] = (
        await client.query(
          'SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user',
        )
      ).rows;
      expect(role).toEqual({ rolsuper: false, rolbypassrls: false, rolcreatedb: false, rolcreaterole: false });
    });

    it.each([
      'CREATE TABLE stolen (id int)',
      'CREATE VIEW stolen AS SELECT 1',
      'CREATE FUNCTION stolen() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
      'CREATE SCHEMA stolen',
      'ALTER TABLE journals ADD COLUMN stolen int',
      'ALTER TABLE journals DROP CONSTRAINT journals_stamp',
      'ALTER TABLE journals DISABLE TRIGGER ALL',
      'CREATE INDEX stolen ON journals (title)',
      'DROP TABLE journals',
      'DROP INDEX journals_version',
      'DROP SEQUENCE server_version_seq',
      'DROP FUNCTION ids_of_others',
      'DROP FUNCTION is_any_taken',
      'TRUNCATE journals',
      'GRANT ALL ON journals TO PUBLIC',
      'SET ROLE logdate_owner',
    ])('may not %s', async (statement) => {
      const before = await snapshot(migrated);
      const refusal = client.query(statement);
      // A grant of what one may not give is a warning, not an error; that nothing changed is what counts.
      if (!statement.startsWith('GRANT')) await expect(refusal).rejects.toMatchObject({ code: '42501' });
      else await refusal.catch(() => undefined);
      expect(await snapshot(migrated)).toEqual(before);
    });

    it('may read and write rows, and nobody else may without being told', async () => {
      for (const table of [
        'journals',
        'content',
        'associations',
        'media',
        'mutations',
        'user_clock',
        'users',
        'sessions',
      ]) {
        await expect(client.query(`SELECT count(*) FROM ${table}`)).resolves.toBeDefined();
        await expect(
          client.query(
            `UPDATE ${table} SET user_id = user_id WHERE false`.replace(
              /user_id/g,
              table === 'users' ? 'id' : 'user_id',
            ),
          ),
        ).resolves.toBeDefined();
        await expect(client.query(`DELETE FROM ${table} WHERE false`)).resolves.toBeDefined();
      }
      const { rows } = await client.query(
        `SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND has_function_privilege('public', oid, 'EXECUTE')`,
      );
      expect(rows).toEqual([]);
    });
  });

  describe('a server that starts', () => {
    it('says that the database is not ready when it was never migrated and it has no owner', async () => {
      await expect(prepareDatabase(database.serverUrl, '')).rejects.toBeInstanceOf(DatabaseNotReadyError);
      await expect(prepareDatabase(database.serverUrl, '')).rejects.toThrow('npm run migrate');
    });

    it('says so as well when the last migration is missing', async () => {
      await migrate(database);
      await prepareDatabase(database.serverUrl, '');
      await (await asOwner(migrations)).undoLastMigration();
      await expect(prepareDatabase(database.serverUrl, '')).rejects.toBeInstanceOf(DatabaseNotReadyError);
    });

    it('migrates by itself where it is told who the owner is', async () => {
      await prepareDatabase(database.serverUrl, database.ownerUrl);
      const { upQueries } = await (await asOwner()).driver.createSchemaBuilder().log();
      expect(upQueries).toEqual([]);
      await prepareDatabase(database.serverUrl, '');
    });
  });
});

/** One query for each kind of thing; each answers lines. TypeORM's table of migrations and its sequence are left out. */
const CATALOGUE = {
  columns: `SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) AS line
              FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'migrations' ORDER BY 1`,
  constraints: `SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS line FROM pg_constraint
                 WHERE connamespace = 'public'::regnamespace AND conrelid <> coalesce(to_regclass('migrations'), 0) ORDER BY 1`,
  indexes: `SELECT indexdef AS line FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'migrations' ORDER BY 1`,
  sequences: `SELECT concat_ws(' ', sequencename, data_type, start_value, increment_by, cache_size) AS line
                FROM pg_sequences WHERE schemaname = 'public' AND sequencename <> 'migrations_id_seq' ORDER BY 1`,
  functions: `SELECT concat_ws(' ', pg_get_functiondef(oid), proacl) AS line FROM pg_proc
               WHERE pronamespace = 'public'::regnamespace ORDER BY 1`,
  types: `SELECT typname AS line FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd') ORDER BY 1`,
  triggers: `SELECT concat_ws(' ', tgrelid::regclass, tgname) AS line FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1`,
  grants: `SELECT concat_ws(' ', relname, relacl) AS line FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relacl IS NOT NULL AND relname NOT LIKE 'migrations%' ORDER BY 1`,
};
