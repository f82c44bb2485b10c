import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { send, signUp } from './support/device.js';
import { saveContent } from './support/factories.js';
import { childOf, isAlive, kill, processesUnder, readPostmaster, until } from './support/killable-server.js';
import {
  Ground,
  health,
  killPostgresInCommit,
  killSeed,
  killWhilePushing,
  NODE_START,
  NPM_START,
  takePort,
  type StartedServer,
} from './support/started-server.js';
import { createTestDatabase, type TestDatabase } from './support/test-database.js';

const NOBODY = 65534;
const AS_NOBODY = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--'];

const WITH_NPM = { command: NPM_START, cwd: process.cwd() };

const isRoot = process.getuid?.() === 0;
const isLinux = process.platform === 'linux';
const canBeNobody =
  isRoot && spawnSync(AS_NOBODY[0]!, [...AS_NOBODY.slice(1), 'test', '-r', NODE_START[1]!]).status === 0;
const asRoot = testWhere(isRoot && isLinux, 'needs root and Linux');
const asNobody = testWhere(canBeNobody, 'needs root, setpriv, and a project that the user nobody can reach');
const onLinux = testWhere(isLinux, 'finds processes through /proc, so needs Linux');

let ground: Ground;

beforeAll(() => void (ground = new Ground()));
afterEach(() => ground.killAll());
afterAll(() => ground.remove());

describe('a signal', () => {
  onLinux('SIGTERM ends the server with 0, stops PostgreSQL in order and frees the port', async () => {
    const dataDir = await ground.dataFolder();
    const server = await ground.start({ env: { DATA_DIR: dataDir } });
    await (await signUp(server.url)).push([saveContent()]);
    server.signal('SIGTERM');
    await expectOrderlyEnd(server, dataDir);
  });

  onLinux('SIGINT does the same, although npm sends it on a second time', async () => {
    const dataDir = await ground.dataFolder();
    const server = await ground.start({ env: { DATA_DIR: dataDir } });
    const release = holdShutdown(dataDir);
    server.signal('SIGINT');
    await until('PostgreSQL is told to stop', () => server.output.includes('fast shutdown'));
    server.signal('SIGINT');
    release();
    await expectOrderlyEnd(server, dataDir);
  });

  onLinux('a signal during the start ends the server with 0 and leaves nothing running', async () => {
    const dataDir = await ground.dataFolder();
    const server = ground.launch({ env: { DATA_DIR: dataDir } });
    await until('PostgreSQL starts', () => server.output.includes('starting PostgreSQL'));
    server.signal('SIGTERM');
    await expectOrderlyEnd(server, dataDir);
  });
});

describe('kill -9', () => {
  onLinux(`of the server while a client pushes loses and doubles nothing (KILL_SEED=${killSeed})`, async () => {
    const ends = await killWhilePushing(ground, await ground.dataFolder(), 3);
    expect(ends).toHaveLength(3);
  });

  onLinux('of PostgreSQL in mid-commit is answered with 503, and receipts settle what was committed', async () => {
    const { ends, statuses } = await killPostgresInCommit(ground, await ground.dataFolder(), 1);
    expect(ends).toEqual([['APPLIED', 'DUPLICATE', 'DUPLICATE']]);
    expect(statuses).toEqual([200, 503]);
  });

  onLinux('of npm makes the server stop in order, and the next npm start has every acknowledged row', async () => {
    const dataDir = await ground.dataFolder();
    const killed = async (server: StartedServer): Promise<void> => {
      const { pid, child } = server;
      const release = holdShutdown(dataDir);
      kill(child.pid!, 'SIGKILL');
      await until('PostgreSQL is told to stop', () => server.output.includes('fast shutdown'));
      // Longer than the server waits between two looks for its npm.
      await delay(2_500);
      expect(isAlive(pid)).toBe(true);
      release();
      await server.ended();
      expect(server.output).toContain('database system is shut down');
      expectNothingLeft(dataDir);
    };
    expect(await killWhilePushing(ground, dataDir, 1, { ...WITH_NPM, killed })).toHaveLength(1);
  });

  onLinux('of npm and all below it leaves no PostgreSQL and every acknowledged row', async () => {
    const killed = (server: StartedServer): void => server.killGroup();
    const ends = await killWhilePushing(ground, await ground.dataFolder(), 1, { ...WITH_NPM, killed });
    expect(ends).toHaveLength(1);
  });
});

describe('a user and a folder', () => {
  asNobody('a normal user starts the server in a new folder', async () => {
    const home = ground.folder('home of nobody');
    chownSync(home, NOBODY, NOBODY);
    const dataDir = join(home, 'data');
    const command = [...AS_NOBODY, ...NPM_START];
    await ground.start({ ...WITH_NPM, command, env: { HOME: home, DATA_DIR: dataDir } }).then(expectWorks);
    expect(readFileSync(`/proc/${readPostmaster(dataDir)}/status`, 'utf8')).toMatch(/^Uid:\s+65534/m);
  });

  asRoot('root starts the server in a new folder', async () => {
    const env = { DATA_DIR: join(ground.root, 'data of root') };
    await expectWorks(await ground.start({ ...WITH_NPM, env }));
  });

  onLinux(
    'a relative folder with any name lies where the server was started, and HOST is where it listens',
    async () => {
      const cwd = ground.folder('Zoë’s diary');
      const env = { DATA_DIR: './日記 & "more" $HOME', HOST: '127.0.0.2', PORT: '0' };
      const server = await ground.start({ cwd, env });
      expect(server.url).toMatch(/^http:\/\/127\.0\.0\.2:[1-9]\d*$/);
      await expectWorks(server);
      expect(await health(server.url.replace('127.0.0.2', '127.0.0.1'))).toBe(0);
      expect(readPostmaster(join(cwd, env.DATA_DIR))).toBeGreaterThan(0);
    },
  );

  onLinux('a file in the place of the folder is refused with what to choose', async () => {
    const file = join(ground.home, 'a file');
    writeFileSync(file, '');
    const refusals = [file, join(file, 'data')].map((folder) =>
      expectRefusal({ DATA_DIR: folder }, [folder, 'Set DATA_DIR to a folder', 'DATABASE_URL']),
    );
    await Promise.all(refusals);
  });

  asNobody('a folder that a normal user may not write to is refused with what to choose', async () => {
    const folder = ground.folder('of root');
    const wanted = [folder, 'Set DATA_DIR to a folder', `user with id ${NOBODY}`, 'DATABASE_URL'];
    await expectRefusal({ DATA_DIR: folder }, wanted, [...AS_NOBODY, ...NODE_START]);
    const database = await createTestDatabase();
    const env = { DATA_DIR: folder, DATABASE_URL: database.serverUrl };
    await expectRefusal(env, [folder, 'Set DATA_DIR to a folder', 'JWT_SECRET'], [...AS_NOBODY, ...NODE_START]);
    await database.drop();
    expect(readdirSync(folder)).toEqual([]);
  });

  onLinux('a folder that a running server uses is refused with what to choose, and that server goes on', async () => {
    const dataDir = await ground.dataFolder();
    const server = await ground.start({ env: { DATA_DIR: dataDir } });
    const wanted = [dataDir, `process ${server.pid}`, 'Stop that server, set DATA_DIR to a folder of its own'];
    await expectRefusal({ DATA_DIR: dataDir }, wanted);
    await expectWorks(server);
  });
});

describe('a setting that cannot be', () => {
  onLinux('a port that another program uses is named, and PostgreSQL is stopped again', async () => {
    const dataDir = await ground.dataFolder();
    const { port, release } = await takePort();
    const wanted = [`port ${port}`, 'another program uses it', 'Set PORT'];
    await expectRefusal({ DATA_DIR: dataDir, HOST: '127.0.0.1', PORT: String(port) }, wanted);
    await release();
    expectNothingLeft(dataDir);
  });

  it('production without settings lists all that is missing at once', async () => {
    await expectRefusal({ NODE_ENV: 'production' }, ['DATABASE_URL', 'BLOB_STORE', 'JWT_SECRET']);
  });
});

describe('a given database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase({ template: false });
  });
  afterAll(() => database.drop());

  it('is named without its password when nothing listens there, or the password is wrong, or it is no address', async () => {
    const { port, release } = await takePort();
    await release();
    const nowhere = `postgresql://someone:not%2Dto-be-seen@localhost:${port}/logdate`;
    const wrong = Object.assign(new URL(database.serverUrl), { password: 'not-to-be-seen' });
    const where = `${wrong.username}@${wrong.host}${wrong.pathname}`;
    const refused = ['The database of DATABASE_URL', `someone@localhost:${port}/logdate`, 'ECONNREFUSED', 'Check'];
    const refusals: [Record<string, string>, string[]][] = [
      [{ DATABASE_URL: nowhere }, refused],
      [{ DATABASE_URL: wrong.href }, ['The database of DATABASE_URL', where, 'password authentication failed']],
      [
        { DATABASE_URL: database.serverUrl, DATABASE_OWNER_URL: wrong.href },
        ['The database of DATABASE_OWNER_URL', where, 'password authentication failed'],
      ],
      [{ DATABASE_URL: 'not-to-be-seen' }, ['DATABASE_URL must have the form postgresql://', '% codes']],
    ];
    const outputs = refusals.map(([env, wanted]) => expectRefusal({ JWT_SECRET: 'k'.repeat(32), ...env }, wanted));
    for (const output of await Promise.all(outputs)) expect(output).not.toMatch(/not(-|%2D)to-be-seen/);
  });

  it('that is empty is refused with what to set, and is migrated once DATABASE_OWNER_URL is set', async () => {
    const env = { DATABASE_URL: database.serverUrl, JWT_SECRET: 'k'.repeat(32) };
    await expectRefusal(env, ['schema is missing', 'Set DATABASE_OWNER_URL', 'npm run migrate']);
    const server = await ground.start({ env: { ...env, DATABASE_OWNER_URL: database.ownerUrl } });
    expect(server.output).toContain('Migrations: ');
    await expectWorks(server);
    server.signal('SIGTERM');
    expect(await server.ended()).toBe(0);
    // The schema is there: the server needs its owner no more.
    await expectWorks(await ground.start({ env }));
  });
});

async function expectWorks({ url }: { url: string }): Promise<void> {
  expect(await health(url)).toBe(200);
  expect(await send(url, '{ __typename }')).toMatchObject({ status: 200, data: { __typename: 'Query' } });
  const [outcome] = await (await signUp(url)).push([saveContent()]);
  expect(outcome).toMatchObject({ status: 'APPLIED' });
}

/** Ends with 1 and one message on stderr that has all of these words, and no stack. Answers all that was said. */
async function expectRefusal(env: Record<string, string>, wanted: string[], command = NODE_START): Promise<string> {
  const { code, stderr, output } = await ground.refused({ command, env });
  for (const words of wanted) expect(stderr).toContain(words);
  expect(output).not.toMatch(/^\s+at .*:\d+/m);
  expect(code).toBe(1);
  return output;
}

async function expectOrderlyEnd(server: StartedServer, dataDir: string): Promise<void> {
  const { url } = server;
  expect(await server.ended()).toBe(0);
  expect(server.output).toContain('database system is shut down');
  expect(server.stderr).toBe('');
  expectNothingLeft(dataDir);
  if (url !== '') expect(await health(url)).toBe(0);
}

function expectNothingLeft(dataDir: string): void {
  expect(processesUnder(dataDir)).toEqual([]);
  // Removed by an orderly stop only.
  expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
  expect(readdirSync(dataDir).filter((name) => name.startsWith('postgres.lock-'))).toEqual([]);
}

/** A stopped checkpointer holds PostgreSQL's shutdown up, as a slow disk would; answers how to let it go. */
function holdShutdown(dataDir: string): () => void {
  const checkpointer = childOf(readPostmaster(dataDir), 'checkpointer');
  kill(checkpointer, 'SIGSTOP');
  return () => kill(checkpointer, 'SIGCONT');
}

/** Runs a test where it can run; elsewhere its name says what it lacks. */
function testWhere(possible: boolean, why: string): (name: string, test: () => Promise<void>) => void {
  return (name, test) => {
    const title = possible ? name : `${name} (skipped: ${why})`;
    // oxlint-disable-next-line jest/valid-title, jest/no-disabled-tests -- the title is the caller's
    (possible ? it : it.skip)(title, test);
  };
}
