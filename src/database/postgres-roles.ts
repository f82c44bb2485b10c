/** The three roles of the embedded database, their passwords, and the database they share; made again on every start. */
import { randomBytes } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';

const DATABASE = 'logdate';
const PASSWORD_FILE = 'postgres.passwords.json';

/** Passwords by role. */
export interface Passwords {
  postgres: string;
  logdate_owner: string;
  logdate_app: string;
}

/** The passwords kept in the data folder, or new ones, on disk before anything uses them. */
export async function keepPasswords(folder: string): Promise<Passwords> {
  const file = join(folder, PASSWORD_FILE);
  const kept = await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (kept) return JSON.parse(kept) as Passwords;
  const random = () => randomBytes(24).toString('base64url');
  const passwords: Passwords = { postgres: random(), logdate_owner: random(), logdate_app: random() };
  const handle = await open(`${file}.new`, 'w', 0o600);
  try {
    await handle.writeFile(JSON.stringify(passwords));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
  return passwords;
}

/** Where a role reaches a database of the running PostgreSQL. */
export function connectionUrl(role: keyof Passwords, passwords: Passwords, port: number): string {
  return `postgresql://${role}:${passwords[role]}@127.0.0.1:${port}/${role === 'postgres' ? 'postgres' : DATABASE}`;
}

/** Brings roles, database and rights to what they should be; every statement may be repeated after a crash. */
export async function ensureRolesAndDatabase(passwords: Passwords, port: number): Promise<void> {
  const superuserUrl = connectionUrl('postgres', passwords, port);
  await withClient(superuserUrl, async (client) => {
    const existing = await client.query<{ rolname: string }>('SELECT rolname FROM pg_roles');
    const roles = new Set(existing.rows.map((row) => row.rolname));
    for (const role of ['logdate_owner', 'logdate_app'] as const) {
      if (!roles.has(role)) await client.query(`CREATE ROLE ${role}`);
      const rights = 'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS';
      await client.query(`ALTER ROLE ${role} ${rights} PASSWORD ${client.escapeLiteral(passwords[role])}`);
    }
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (!rowCount) await client.query(`CREATE DATABASE ${DATABASE} OWNER logdate_owner`);
    await client.query(`REVOKE ALL ON DATABASE ${DATABASE} FROM PUBLIC`);
    await client.query(`GRANT CONNECT ON DATABASE ${DATABASE} TO logdate_app`);
  });
  const databaseUrl = new URL(superuserUrl);
  databaseUrl.pathname = DATABASE;
  await withClient(databaseUrl.href, async (client) => {
    await client.query('GRANT USAGE ON SCHEMA public TO logdate_app');
  });
}

async function withClient(connectionString: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString, ssl: false, connectionTimeoutMillis: 10_000, query_timeout: 60_000 });
  // A connection that breaks also rejects the query that waits for it; unheard, the event would end the process.
  client.on('error', () => {});
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
