/**
 * PostgreSQL for a server that was given no DATABASE_URL: from npm's binaries, under `<dataDir>/postgres`, on a free
 * loopback port. What is in the data folder:
 *
 *   postgres/                 the cluster, renamed to this name only when initdb has finished
 *   postgres.init-XXXXXX/     an initdb under way, or one that was killed: removed by the next start
 *   postgres.passwords.json   the roles' passwords, readable by the server only
 *   postgres.lock-…           the lock of the running server
 */
import { constants, existsSync } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { EmbeddedPostgresError, lockFolder } from './data-folder.js';
import { chooseAccount, findBinaries } from './postgres-binaries.js';
import {
  createCluster,
  giveTo,
  isCluster,
  removeUnfinished,
  resetSuperuserPassword,
  type Cluster,
} from './postgres-cluster.js';
import { stopLeftover } from './postgres-leftover.js';
import { connectionUrl, ensureRolesAndDatabase, keepPasswords, type Passwords } from './postgres-roles.js';
import { startPostgres, type RunningPostgres } from './postgres-watchdog.js';

export { EmbeddedPostgresError } from './data-folder.js';

/** PostgreSQL's code for invalid_password. */
const WRONG_PASSWORD = '28P01';

/** The running embedded database, as connection strings. */
export interface EmbeddedPostgres {
  /** connection string of the role that owns the tables and runs migrations */
  ownerUrl: string;
  /** connection string of the role the server uses; owns nothing */
  appUrl: string;
  /** superuser, for tests that create databases from templates */
  superuserUrl: string;
  stop(): Promise<void>;
}

/** Where the database lives, and how it runs. */
export interface EmbeddedPostgresOptions {
  dataDir: string;
  /** server settings added to the command line e.g. {fsync:'off'} for tests */
  settings?: Record<string, string>;
  log?: (line: string) => void;
}

/** Starts the embedded database, making it first where there is none; throws EmbeddedPostgresError. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const folder = resolve(options.dataDir);
  try {
    await makeFolder(folder);
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    const unlock = await lockFolder(folder);
    try {
      return await startLocked(folder, options, unlock);
    } catch (error) {
      await unlock();
      throw error;
    }
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error;
    throw new EmbeddedPostgresError(folder, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

async function startLocked(
  folder: string,
  { settings = {}, log = () => {} }: EmbeddedPostgresOptions,
  unlock: () => Promise<void>,
): Promise<EmbeddedPostgres> {
  const path = join(folder, 'postgres');
  const binaries = await findBinaries(folder);
  const exists = await isCluster(folder, path, binaries.major);
  if (exists) await stopLeftover({ folder, path, binaries, log });
  await removeUnfinished(folder);
  const account = await chooseAccount(binaries, folder, path);
  const cluster: Cluster = { folder, path, binaries, account, settings, log };
  const passwords = await keepPasswords(folder);
  if (exists) await giveTo(account, path, folder);
  else await createCluster(cluster, passwords);
  const postgres = await startWithRoles(cluster, passwords);
  let stopped: Promise<void> | undefined;
  const stopAndUnlock = async () => {
    try {
      await postgres.stop();
    } finally {
      await unlock();
    }
  };
  return {
    ownerUrl: connectionUrl('logdate_owner', passwords, postgres.port),
    appUrl: connectionUrl('logdate_app', passwords, postgres.port),
    superuserUrl: connectionUrl('postgres', passwords, postgres.port),
    stop: () => (stopped ??= stopAndUnlock()),
  };
}

async function startWithRoles(cluster: Cluster, passwords: Passwords, mayReset = true): Promise<RunningPostgres> {
  const postgres = await startPostgres(cluster);
  try {
    await ensureRolesAndDatabase(passwords, postgres.port);
    return postgres;
  } catch (error) {
    await postgres.stop();
    if (!mayReset || (error as { code?: string }).code !== WRONG_PASSWORD) throw error;
  }
  await resetSuperuserPassword(cluster, passwords);
  return startWithRoles(cluster, passwords, false);
}

/**
 * A new folder may be passed through by PostgreSQL's user, but not listed; one that exists keeps its mode. Not a
 * recursive mkdir: that gives its mode to the folders above as well, and in /proc it never comes back.
 */
async function makeFolder(folder: string, mode = 0o711): Promise<void> {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) await makeFolder(dirname(folder), 0o777);
  await mkdir(folder, { mode }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
}
