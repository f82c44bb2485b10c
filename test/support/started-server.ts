/** The server as people start it, in folders of the test's own: to be stopped, killed and started again. Linux only. */
import { expect } from '@jest/globals';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { signUp, type Answer, type Device, type FeedRow, type Outcome } from './device.js';
import { saveContent } from './factories.js';
import { isAlive, kill, killAllUnder, processesUnder, readPostmaster, until } from './killable-server.js';

const PROJECT = process.cwd();
/** The program of `npm start`, without npm. */
export const NODE_START = [process.execPath, join(PROJECT, 'scripts/start.mjs')];
export const NPM_START = ['npm', 'start'];
const START_TIMEOUT_MS = 60_000;
const END_TIMEOUT_MS = 40_000;

export interface StartOptions {
  command?: string[];
  env?: Record<string, string>;
  cwd?: string;
}

/** Where a test file's servers have their folders; `remove` ends what still runs there. */
export class Ground {
  readonly root = mkdtempSync(join(tmpdir(), 'logdate-start-'));
  readonly home = this.folder('home');
  private readonly launched: StartedServer[] = [];
  private template = '';

  constructor() {
    chmodSync(this.root, 0o755);
  }

  folder(name: string): string {
    const path = join(this.root, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** A data folder that has been started and stopped once, to save making the cluster. */
  async dataFolder(): Promise<string> {
    if (this.template === '') {
      const template = join(this.root, 'template');
      const server = await this.start({ env: { DATA_DIR: template } });
      server.signal('SIGTERM');
      await server.ended();
      this.template = template;
    }
    const folder = mkdtempSync(join(this.root, 'data-'));
    chmodSync(folder, 0o711);
    execFileSync('cp', ['-a', `${this.template}/.`, folder]);
    return folder;
  }

  /** Starts a server and waits for nothing. */
  launch(options: StartOptions): StartedServer {
    const server = new StartedServer(this.home, options);
    this.launched.push(server);
    return server;
  }

  /** Starts a server and waits until it is healthy. */
  async start(options: StartOptions): Promise<StartedServer> {
    const server = this.launch(options);
    await server.ready();
    return server;
  }

  /** Starts a server that must end by itself. */
  async refused(options: StartOptions): Promise<{ code: number | string; stderr: string; output: string }> {
    const server = this.launch(options);
    const code = await server.ended();
    return { code, stderr: server.stderr, output: server.output };
  }

  async killAll(): Promise<void> {
    for (const server of this.launched.splice(0)) server.killGroup();
    await killAllUnder(this.root);
  }

  async remove(): Promise<void> {
    await this.killAll();
    rmSync(this.root, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  }
}

export class StartedServer {
  readonly child: ChildProcess;
  /** What it said on both channels, and on the second alone. */
  output = '';
  stderr = '';
  private readonly dataDir: string;

  constructor(home: string, { command = NODE_START, env = {}, cwd = home }: StartOptions) {
    const [file, ...args] = command;
    this.dataDir = env['DATA_DIR'] ?? '';
    this.child = spawn(file!, args, {
      cwd,
      // Nothing that would point it to another database, and no settings of this machine's npm.
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        NO_COLOR: '1',
        npm_config_update_notifier: 'false',
        PORT: '0',
        ...env,
      },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout!.on('data', (text: Buffer) => (this.output += text.toString()));
    this.child.stderr!.on('data', (text: Buffer) => {
      this.output += text.toString();
      this.stderr += text.toString();
    });
    this.child.on('error', (error) => (this.output += error.message));
  }

  /** `http://localhost:…`, as it says itself. */
  get url(): string {
    return /GraphQL at (\S+)\/graphql/.exec(this.output)?.[1] ?? '';
  }

  /** The process id of the server itself, which npm and a shell may stand above: its lock's name says it. */
  get pid(): number {
    const lock = readdirSync(this.dataDir).find((name) => name.startsWith('postgres.lock-'));
    return Number(lock?.split('-')[1]);
  }

  async ready(): Promise<void> {
    for (const deadline = Date.now() + START_TIMEOUT_MS; ; await delay(50)) {
      if (this.url !== '' && (await health(this.url)) === 200) return;
      if (!this.isRunning() || Date.now() > deadline) throw new Error(`The server did not start:\n${this.output}`);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  killGroup(): void {
    try {
      process.kill(-this.child.pid!, 'SIGKILL');
    } catch {
      // It is gone.
    }
  }

  /** Its exit code, or the signal that ended it, once all that it said has been read. */
  async ended(): Promise<number | string> {
    const closed = new AbortController();
    const timer = setTimeout(() => closed.abort(), END_TIMEOUT_MS);
    try {
      const { stdout, stderr } = this.child;
      if (this.isRunning() || !stdout!.closed || !stderr!.closed)
        await once(this.child, 'close', { signal: closed.signal });
    } catch {
      throw new Error(`The server did not end:\n${this.output}`);
    } finally {
      clearTimeout(timer);
    }
    return this.child.exitCode ?? this.child.signalCode!;
  }

  private isRunning(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }
}

/** The status of `GET /health`; 0 where nobody answers. */
export async function health(url: string): Promise<number> {
  try {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}

/** A port that somebody else listens on. */
export async function takePort(): Promise<{ port: number; release: () => Promise<void> }> {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  // A test that fails before it lets go must not keep its process.
  taken.unref();
  return {
    port: (taken.address() as AddressInfo).port,
    release: async () => {
      taken.close();
      await once(taken, 'close');
    },
  };
}

/** The same numbers for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Given by KILL_SEED to repeat a run, else another one each time. */
export const killSeed = Number(process.env['KILL_SEED'] ?? Date.now() % 2 ** 31);

type Batch = ReturnType<typeof saveContent>[];

const PUSH = `mutation ($input: PushInput!) {
  push(input: $input) { outcomes { mutationId status serverVersion } }
}`;
const NEW_ROWS = 17;
const SAVED_AGAIN = 3;

/** What a user was told: the row of each acknowledged mutation, the pushes that nobody answered. */
export class Ledger {
  device!: Device;
  readonly rows = new Map<string, { serverVersion: number; mutationId: string; content: string }>();
  readonly acknowledged = new Set<string>();
  unanswered: Batch[] = [];
  private made = 0;

  /** 20 mutations: new rows first, then some that are known already. */
  private next(): Batch {
    const known = [...this.rows.keys()];
    const again = known.slice(0, SAVED_AGAIN).map((_, index) => known[(this.made * 7 + index) % known.length]!);
    const fresh = Array.from({ length: NEW_ROWS + SAVED_AGAIN - again.length }, () => ({}));
    return [...fresh, ...again.map((id) => ({ id }))].map((fields) =>
      saveContent({ ...fields, content: `version ${(this.made += 1)}` }),
    );
  }

  /** Pushes until a push is not answered with outcomes; answers that push's status, 0 when there was no answer. */
  async pushUntilCut(): Promise<number> {
    for (;;) {
      const batch = this.next();
      const answer = await this.push(batch).catch(() => undefined);
      if (answer?.status === 200) continue;
      this.unanswered.push(batch);
      return answer?.status ?? 0;
    }
  }

  private async push(batch: Batch): Promise<Answer<{ push: { outcomes: Outcome[] } }>> {
    const input = { deviceId: this.device.deviceId, mutations: batch };
    const answer = await this.device.send<{ push: { outcomes: Outcome[] } }>(PUSH, { input });
    if (answer.status !== 200) return answer;
    answer.data.push.outcomes.forEach(({ serverVersion, status }, index) => {
      const { id, mutationId, content } = batch[index]!.saveContent;
      if (status !== 'APPLIED' && status !== 'DUPLICATE') throw new Error(`${mutationId} ended as ${status}`);
      this.acknowledged.add(mutationId);
      if (serverVersion! > (this.rows.get(id)?.serverVersion ?? 0))
        this.rows.set(id, { serverVersion: serverVersion!, mutationId, content });
    });
    return answer;
  }

  /**
   * Looks that the server has every acknowledged row; sends the unanswered pushes again and looks that each is applied
   * now or was applied then, whole; looks that there is then nothing else and nothing twice. Answers their ends.
   */
  async settle(dataDir: string): Promise<string[]> {
    const before = await this.stored();
    const lost = [...this.rows].filter(([id, row]) => (before.get(id)?.serverVersion ?? 0) < row.serverVersion);
    expect(lost).toEqual([]);
    const ends: string[] = [];
    for (const batch of this.unanswered.splice(0)) {
      const expected = before.has(batch[0]!.saveContent.id) ? 'DUPLICATE' : 'APPLIED';
      const { status, data } = await this.push(batch);
      expect(status).toBe(200);
      expect(data.push.outcomes.map((outcome) => outcome.status)).toEqual(batch.map(() => expected));
      ends.push(expected);
    }
    const after = await this.stored();
    expect(Object.fromEntries(after)).toEqual(Object.fromEntries(this.rows));
    const count = 'SELECT count(*)::int AS receipts FROM mutations WHERE user_id = $1';
    const [row] = await asSuperuser(dataDir, (client) => client.query(count, [this.device.user.id]));
    expect(row).toEqual({ receipts: this.acknowledged.size });
    return ends;
  }

  /** The feed's rows; throws where one came twice. */
  private async stored(): Promise<Ledger['rows']> {
    const { rows } = await this.device.pull('contentChanges');
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    return new Map(
      rows.map(({ id, serverVersion, mutationId, content }: FeedRow) => [
        id!,
        { serverVersion, mutationId, content: content as string },
      ]),
    );
  }
}

/** Kills the server at random points of a client's pushes, and starts it again, so many times. */
export async function killWhilePushing(
  ground: Ground,
  dataDir: string,
  rounds: number,
  options: StartOptions & { killed?: (server: StartedServer) => void | Promise<void> } = {},
): Promise<string[]> {
  const { killed = (server) => kill(server.pid, 'SIGKILL'), ...starts } = options;
  const random = seeded(killSeed);
  const ledger = new Ledger();
  const ends: string[] = [];
  const start = () =>
    ground.start({ ...starts, env: { DATA_DIR: dataDir, ACCESS_TOKEN_SECONDS: '86400', ...starts.env } });
  let server = await start();
  ledger.device = await signUp(server.url);
  for (let round = 0; round < rounds; round += 1) {
    const [postgres, pid] = [readPostmaster(dataDir), server.pid];
    const enough = ledger.acknowledged.size + Math.floor(random() * 6) * (NEW_ROWS + SAVED_AGAIN);
    const cut = ledger.pushUntilCut();
    await until('some pushes are acknowledged', () => ledger.acknowledged.size >= enough, 1);
    await delay(random() * 40);
    await killed(server);
    expect(await cut).toBe(0);
    await until('the server is gone', () => !isAlive(pid));
    await until('no PostgreSQL is left', () => !isAlive(postgres) && processesUnder(dataDir).length === 0);
    server = await start();
    ledger.device = ledger.device.at(server.url);
    ends.push(...(await ledger.settle(dataDir)));
  }
  return ends;
}

/**
 * Kills PostgreSQL itself, so many times, when of three pushes two wait at the end of their commit and one waits for
 * another's lock. Answers the end of each push, and the statuses that the server gave meanwhile.
 */
export async function killPostgresInCommit(
  ground: Ground,
  dataDir: string,
  kills: number,
): Promise<{ ends: string[][]; statuses: number[] }> {
  const server = await ground.start({ env: { DATA_DIR: dataDir } });
  const [one, other] = [new Ledger(), new Ledger()];
  one.device = await signUp(server.url);
  other.device = await signUp(server.url);
  const ends: string[][] = [];
  const statuses = new Set<number>();
  for (let turn = 0; turn < kills; turn += 1) {
    const enough = one.acknowledged.size + 100;
    const pushing = [one.pushUntilCut(), one.pushUntilCut(), other.pushUntilCut()];
    await until('some pushes are acknowledged', () => one.acknowledged.size >= enough);
    await asSuperuser(dataDir, async (client) => {
      // A commit is on disk, but waits for a standby that there is not: the client must not hear of it.
      await client.query(`ALTER SYSTEM SET synchronous_standby_names = 'nobody'`);
      await client.query('SELECT pg_reload_conf()');
      const waiting = `SELECT count(*) FILTER (WHERE wait_event = 'SyncRep')::int AS committing,
          count(*) FILTER (WHERE wait_event_type = 'Lock')::int AS locked FROM pg_stat_activity`;
      await until('two commits and a lock wait', async () => {
        const { rows } = await client.query<{ committing: number; locked: number }>(waiting);
        return rows[0]!.committing === 2 && rows[0]!.locked === 1;
      });
      // Without a reload: for the next start.
      return client.query('ALTER SYSTEM RESET synchronous_standby_names');
    });
    const postgres = readPostmaster(dataDir);
    kill(postgres, 'SIGKILL');
    const cut = Promise.all(pushing);
    await until('PostgreSQL answers again', async () => {
      const answers = await Promise.all([
        one.device.send('{ contentChanges(since: 0) { lastTimestamp } }'),
        other.device.send(PUSH, { input: { deviceId: 'device-a', mutations: [] } }),
      ]);
      for (const status of [...answers.map((answer) => answer.status), await health(server.url)]) statuses.add(status);
      return !isAlive(postgres) && answers.every(({ status }) => status === 200);
    });
    for (const status of await cut) statuses.add(status);
    ends.push([...(await one.settle(dataDir)).sort(), ...(await other.settle(dataDir))]);
  }
  return { ends, statuses: [...statuses].sort((a, b) => a - b) };
}

/** Asks the embedded database of a folder past the server. */
async function asSuperuser(dataDir: string, work: (client: pg.Client) => Promise<pg.QueryResult>): Promise<unknown[]> {
  const { postgres: password } = JSON.parse(readFileSync(join(dataDir, 'postgres.passwords.json'), 'utf8'));
  const port = Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[3]);
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database: 'logdate' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await work(client)).rows;
  } finally {
    await client.end();
  }
}
