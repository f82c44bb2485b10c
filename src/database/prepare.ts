import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { checkEpoch } from '../sync/epoch.js';
import { dataSourceOptions } from './data-source-options.js';

const log = new Logger('Database');

/** The server cannot use this database as it is; the message says what to do. */
export class DatabaseNotReadyError extends Error {}

/** Brings the schema up to date as the owner and lets the server's role use it. Safe to run from several processes. */
export async function migrate(ownerUrl: string, serverUrl: string): Promise<string[]> {
  const database = await new DataSource({
    ...dataSourceOptions(ownerUrl, { poolSize: 2, statementSeconds: 3600 }),
    migrations: [`${import.meta.dirname}/migrations/*.js`],
  }).initialize();
  const runner = database.createQueryRunner();
  try {
    await runner.query(`SELECT pg_advisory_lock(hashtext('logdate migrations'))`);
    const done = await database.runMigrations({ transaction: 'each' });
    await grant(database, new URL(serverUrl).username);
    await runner.query(`SELECT pg_advisory_unlock(hashtext('logdate migrations'))`);
    return done.map((migration) => migration.name);
  } finally {
    await runner.release();
    await database.destroy();
  }
}

/** Rights to rows, none to the tables themselves. */
async function grant(database: DataSource, role: string): Promise<void> {
  const quoted = `"${decodeURIComponent(role).replaceAll('"', '""')}"`;
  await database.query(`GRANT USAGE ON SCHEMA public TO ${quoted}`);
  await database.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${quoted}`);
  await database.query(`GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO ${quoted}`);
  await database.query(`GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO ${quoted}`);
}

/**
 * Run before the server listens: migrations when the owner's address is known, else a look that none is missing;
 * then the epoch. @throws DatabaseNotReadyError when the schema is not there or is older than this server
 */
export async function prepareDatabase(serverUrl: string, ownerUrl: string): Promise<void> {
  if (ownerUrl !== '') {
    const done = await migrate(ownerUrl, serverUrl);
    if (done.length > 0) log.log(`Migrations: ${done.join(', ')}`);
  }
  const database = await new DataSource({
    ...dataSourceOptions(serverUrl, { poolSize: 1, statementSeconds: 60 }),
    migrations: [`${import.meta.dirname}/migrations/*.js`],
  }).initialize();
  try {
    if (await isBehind(database)) {
      throw new DatabaseNotReadyError(
        'The database schema is missing or older than this server. Set DATABASE_OWNER_URL, or run `npm run migrate` with it.',
      );
    }
    const [{ owns }] = (await database.query(
      `SELECT count(*) > 0 AS owns FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user`,
    )) as [{ owns: boolean }];
    if (owns)
      log.warn('The role in DATABASE_URL owns the tables. Give the server a role of its own, see docs/operations.md.');
    const { isNew, epoch } = await checkEpoch(database);
    if (isNew) log.warn(`This is another database than at the last start: new epoch ${epoch}, devices will reconcile`);
  } finally {
    await database.destroy();
  }
}

async function isBehind(database: DataSource): Promise<boolean> {
  try {
    return await database.showMigrations();
  } catch (error) {
    // 42P01, 42501: no table of migrations there, or none that this role may see or make.
    const { code } = (error as { driverError?: { code?: string } }).driverError ?? {};
    if (code === '42P01' || code === '42501') return true;
    throw error;
  }
}
