/** A database of its own for each test file, made from a template that has been migrated once. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface TestDatabase {
  /** As the role that the server uses. */
  serverUrl: string;
  /** As the role that owns the tables. */
  ownerUrl: string;
  /** As the superuser, connected to this database. */
  superuserUrl: string;
  drop(): Promise<void>;
}

function given(variable: 'TEST_SUPERUSER_URL' | 'TEST_OWNER_URL' | 'TEST_SERVER_URL'): string {
  const url = process.env[variable];
  if (url === undefined) throw new Error(`${variable} is not set: run the tests through jest.config.js`);
  return url;
}

async function asSuperuser(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: given('TEST_SUPERUSER_URL') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/**
 * With `template: false` the database is empty, for what migrations are to make of it; `copyOf` names one that nobody
 * is connected to, to be found again in another place, as after a restore.
 */
export async function createTestDatabase({
  template = true,
  copyOf,
}: { template?: boolean; copyOf?: TestDatabase } = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const origin = copyOf === undefined ? 'template_logdate' : new URL(copyOf.serverUrl).pathname.slice(1);
  const source = template ? `TEMPLATE ${origin} STRATEGY file_copy` : '';
  await asSuperuser(`CREATE DATABASE ${name} OWNER logdate_owner ${source}`);
  const inThis = (url: string): string => Object.assign(new URL(url), { pathname: `/${name}` }).href;
  return {
    serverUrl: inThis(given('TEST_SERVER_URL')),
    ownerUrl: inThis(given('TEST_OWNER_URL')),
    superuserUrl: inThis(given('TEST_SUPERUSER_URL')),
    drop: () => asSuperuser(`DROP DATABASE ${name} WITH (FORCE)`),
  };
}
