/** Renews the epoch of the database: run it after every restore, clone or failover, before devices sync again. */
import { DataSource } from 'typeorm';
import { readConfig } from '../src/config.js';
import { dataSourceOptions } from '../src/database/data-source-options.js';
import { renewEpoch } from '../src/sync/epoch.js';

const { databaseUrl } = readConfig();
if (databaseUrl === '') {
  process.stderr.write('Set DATABASE_URL to the database that was restored.\n');
  process.exitCode = 1;
} else {
  const database = await new DataSource(
    dataSourceOptions(databaseUrl, { poolSize: 1, statementSeconds: 600 }),
  ).initialize();
  process.stdout.write(`New epoch: ${await renewEpoch(database)}\n`);
  await database.destroy();
}
