/** Brings the database of DATABASE_URL up to date, as the role of DATABASE_OWNER_URL. */
import { readConfig } from '../src/config.js';
import { migrate } from '../src/database/prepare.js';

const { databaseOwnerUrl, databaseUrl } = readConfig();
if (databaseOwnerUrl === '' || databaseUrl === '') {
  process.stderr.write(
    'Set DATABASE_OWNER_URL, whose role owns the tables, and DATABASE_URL, whose role the server uses.\n',
  );
  process.exitCode = 1;
} else {
  const done = await migrate(databaseOwnerUrl, databaseUrl);
  process.stdout.write(done.length > 0 ? `Migrations: ${done.join(', ')}\n` : 'The database is up to date.\n');
}
