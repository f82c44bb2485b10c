/** The cluster on disk: whether it is one, how it is made, whose it is. */
import { chown, lchown, mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './data-folder.js';
import { runAs, type PostgresAccount, type PostgresBinaries } from './postgres-binaries.js';
import type { Passwords } from './postgres-roles.js';

/** A cluster on disk and what is needed to run it. */
export interface Cluster {
  folder: string;
  path: string;
  binaries: PostgresBinaries;
  account: PostgresAccount;
  settings: Record<string, string>;
  log: (line: string) => void;
}

/** Whether there is a cluster that these binaries can open; throws when something else is in its place. */
export async function isCluster(folder: string, path: string, major: string): Promise<boolean> {
  const version = await readFile(join(path, 'PG_VERSION'), 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (version === undefined) {
    const inPlace = await readdir(path).catch(() => []);
    if (inPlace.length > 0)
      throw new EmbeddedPostgresError(folder, `${path} is not empty, but holds no PostgreSQL cluster`);
    return false;
  }
  if (version.trim() === major) return true;
  throw new EmbeddedPostgresError(
    folder,
    `${path} was made by PostgreSQL ${version.trim()}, and this server brings PostgreSQL ${major}`,
    {
      advice:
        `Dump it with PostgreSQL ${version.trim()} and load the dump here, or set DATA_DIR to another folder, ` +
        'or set DATABASE_URL to a PostgreSQL of your own.',
    },
  );
}

/** Clears away what a killed server left of an initdb, a password file included. */
export async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    // Its initdb may still write there for a second, so that the folder is not empty in the end: the next start removes it.
    if (name.startsWith('postgres.init-'))
      await rm(join(folder, name), { recursive: true, force: true }).catch(() => {});
  }
}

/** Makes the cluster beside its place and then renames it, so that a killed initdb is never taken for a cluster. */
export async function createCluster(
  { folder, path, binaries, account, settings, log }: Cluster,
  passwords: Passwords,
): Promise<void> {
  log(`making a PostgreSQL cluster in ${path}`);
  const unfinished = await mkdtemp(join(folder, 'postgres.init-'));
  const passwordFile = `${unfinished}.password`;
  try {
    await writeFile(passwordFile, passwords.postgres, { mode: 0o600 });
    for (const made of [unfinished, passwordFile]) await giveTo(account, made, folder);
    const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--encoding=UTF8'];
    const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
    const sync = settings.fsync === 'off' ? ['--no-sync'] : [];
    const args = [`--pgdata=${unfinished}`, ...locale, ...access, ...sync];
    const { code, output } = await runAs(account, binaries.initdb, args, { timeoutMs: 180_000 });
    if (code !== 0)
      throw new EmbeddedPostgresError(folder, `initdb failed: ${output.split('\n').slice(-4).join(' | ')}`);
    await rename(unfinished, path);
    await syncFolder(folder);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** PostgreSQL insists on owning its files. Only root can give them away. */
export async function giveTo({ owner }: PostgresAccount, path: string, folder: string): Promise<void> {
  const present = await stat(path);
  const wanted = owner ?? { uid: process.getuid?.() ?? present.uid, gid: present.gid };
  if (present.uid === wanted.uid) return;
  try {
    if (!present.isDirectory()) return await chown(path, wanted.uid, wanted.gid);
    for (const entry of await readdir(path, { recursive: true }))
      await lchown(join(path, entry), wanted.uid, wanted.gid);
    // The folder itself last: its owner says that everything below is done.
    await chown(path, wanted.uid, wanted.gid);
  } catch (cause) {
    const reason = `${path} belongs to the user with id ${present.uid} and cannot be given to ${wanted.uid} (${(cause as Error).message})`;
    throw new EmbeddedPostgresError(folder, reason, { cause });
  }
}

/** For a cluster whose password file was lost or is of another cluster: single-user mode asks for no password. */
export async function resetSuperuserPassword(
  { folder, path, binaries, account, log }: Cluster,
  passwords: Passwords,
): Promise<void> {
  log(`PostgreSQL does not accept the passwords in ${folder}: giving them to it`);
  const input = `ALTER ROLE postgres PASSWORD '${passwords.postgres}'\n`;
  const { code, output } = await runAs(account, binaries.postgres, ['--single', '-D', path, 'postgres'], {
    timeoutMs: 120_000,
    input,
  });
  if (code !== 0) throw new EmbeddedPostgresError(folder, `a new password could not be set: ${output}`);
}

/** Makes a rename in this folder survive a power cut; Windows cannot open folders and does it by itself. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
