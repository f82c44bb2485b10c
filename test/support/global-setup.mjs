import { mkdtemp } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/**
 * One PostgreSQL for the whole run, in memory where the machine has such a folder, and in it a template that has been
 * migrated once; each test file makes its own database from it.
 */
export default async function globalSetup() {
  const globals = new Set(Object.getOwnPropertyNames(globalThis));
  const { startEmbeddedPostgres } = await import('../../dist/src/database/embedded-postgres.js');
  const { migrate } = await import('../../dist/src/database/prepare.js');
  const folder = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'logdate-test-'));
  const postgres = await startEmbeddedPostgres({
    dataDir: folder,
    settings: { fsync: 'off', max_connections: '200', max_prepared_transactions: '10' },
  });
  const template = (url) => Object.assign(new URL(url), { pathname: '/template_logdate' }).href;
  const admin = new pg.Client({ connectionString: postgres.superuserUrl });
  await admin.connect();
  await admin.query('CREATE DATABASE template_logdate OWNER logdate_owner');
  await admin.end();
  await migrate(template(postgres.ownerUrl), template(postgres.appUrl));

  // NestJS keeps the GraphQL types it has seen in a global. Jest hands the globals of this process to each file that runs
  // in it (`--runInBand`), so the second such file would meet the types of the first.
  for (const name of Object.getOwnPropertyNames(globalThis)) if (!globals.has(name)) delete globalThis[name];

  process.env.TEST_SUPERUSER_URL = postgres.superuserUrl;
  process.env.TEST_OWNER_URL = postgres.ownerUrl;
  process.env.TEST_SERVER_URL = postgres.appUrl;
  globalThis.testPostgres = { postgres, folder };
}
