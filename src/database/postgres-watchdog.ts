/**
 * The running PostgreSQL and the watchdog above it.
 *
 *   server ──pipe──► watchdog (own session) ──parent of──► postgres
 *     │ dies, however ──► end of file ──► fast shutdown, 10 s ──► immediate shutdown, 5 s ──► kill
 *     └ all three die at once ──► the next start finds the pid file and stops what is left
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError } from './data-folder.js';
import { postgresEnvironment } from './postgres-binaries.js';
import type { Cluster } from './postgres-cluster.js';
import { FAST_SHUTDOWN_MS, IMMEDIATE_SHUTDOWN_MS, pidFileLine, stopLeftover } from './postgres-leftover.js';

/** Generous, because a start after a crash first replays the log. */
const READY_MS = 120_000;
const START_ATTEMPTS = 5;
/** Where the pid file says how far PostgreSQL is (LOCK_FILE_LINE_PM_STATUS). */
const STATUS_LINE = 8;

/** PostgreSQL that accepts connections on this loopback port until it is stopped. */
export interface RunningPostgres {
  port: number;
  stop(): Promise<void>;
}

/** Starts PostgreSQL on a free port; another port is tried when somebody took it first. */
export async function startPostgres(
  cluster: Cluster,
  choosePort: () => Promise<number> = freePort,
): Promise<RunningPostgres> {
  const lastLines: string[] = [];
  for (let attempt = 1; attempt <= START_ATTEMPTS; attempt++) {
    const port = await choosePort();
    const watchdog = startWatchdog(cluster, port, lastLines);
    if (await becomesReady(cluster, watchdog)) {
      watchdog.stdin?.write('ready');
      return { port, stop: () => stop(cluster, watchdog) };
    }
    await stop(cluster, watchdog);
    await sleep(attempt * 200);
  }
  throw new EmbeddedPostgresError(
    cluster.folder,
    `PostgreSQL did not start; its last words were: ${lastLines.join(' | ')}`,
  );
}

function startWatchdog(cluster: Cluster, port: number, lastLines: string[]): ChildProcess {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '100',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...cluster.settings,
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [file, ...args] = [...cluster.account.prefix, cluster.binaries.postgres, '-D', cluster.path, ...options];
  const order = {
    file,
    args,
    spawnAs: cluster.account.spawnAs,
    pgCtl: cluster.binaries.pgCtl,
    fastMs: FAST_SHUTDOWN_MS,
    immediateMs: IMMEDIATE_SHUTDOWN_MS,
  };
  const watchdog = spawn(process.execPath, ['-e', `(${watchOver.toString()})(${JSON.stringify(order)})`], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
    windowsHide: true,
    env: postgresEnvironment(),
  });
  watchdog.on('error', (error) => lastLines.push(error.message));
  watchdog.stdin?.on('error', () => {});
  createInterface(watchdog.stderr as Socket).on('line', (line) => {
    lastLines.push(line);
    if (lastLines.length > 20) lastLines.shift();
    cluster.log(line);
  });
  // A script that forgets stop() may still end: its end is what the watchdog waits for.
  for (const handle of [watchdog, watchdog.stdin as Socket, watchdog.stderr as Socket]) handle.unref();
  return watchdog;
}

/**
 * The watchdog's whole program, sent as text to a Node process of its own (so it needs no file beside the built code):
 * nothing from outside the function may be used in it.
 */
/* istanbul ignore next */
async function watchOver(order: {
  file: string | undefined;
  args: string[];
  spawnAs: { uid?: number; gid?: number };
  pgCtl: string;
  fastMs: number;
  immediateMs: number;
}): Promise<void> {
  const { spawn, spawnSync } = await import('node:child_process');
  process.title = 'logdate-postgres-watchdog';
  // The signals of a terminal or of systemd are for the server; the watchdog outlives it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
  let wasReady = false;
  let stopping = false;
  let restarts = 0;
  let postgres = launch();
  process.stdin
    .on('data', () => (wasReady = true))
    .on('error', stopPostgres)
    .on('close', stopPostgres)
    .on('end', stopPostgres);

  function launch() {
    const child = spawn(order.file ?? '', order.args, {
      ...order.spawnAs,
      cwd: '/',
      windowsHide: true,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const startedAt = Date.now();
    child
      .on('error', () => process.exit(1))
      .on('exit', (code) => {
        if (stopping || !wasReady || code === 0) process.exit(code ?? 1);
        // Killed, for example for want of memory: again on the same port, so that the server's pool recovers.
        restarts = Date.now() - startedAt > 60_000 ? 1 : restarts + 1;
        if (restarts > 20) process.exit(1);
        setTimeout(() => (stopping ? process.exit(1) : (postgres = launch())), 500);
      });
    return child;
  }

  function stopPostgres() {
    if (stopping) return;
    stopping = true;
    send('INT');
    setTimeout(send, order.fastMs, 'QUIT');
    setTimeout(send, order.fastMs + order.immediateMs, 'KILL');
  }

  function send(signal: 'INT' | 'QUIT' | 'KILL') {
    if (process.platform === 'win32')
      spawnSync(order.pgCtl, ['kill', signal, String(postgres.pid)], { timeout: 5_000 });
    else postgres.kill(`SIG${signal}`);
  }
}

/** True once PostgreSQL says so in its pid file; false when it ended, or took too long. */
async function becomesReady(cluster: Cluster, watchdog: ChildProcess): Promise<boolean> {
  for (const deadline = Date.now() + READY_MS; Date.now() < deadline; await sleep(25)) {
    if (hasEnded(watchdog)) return false;
    if (pidFileLine(cluster.path, STATUS_LINE) === 'ready') return true;
  }
  return false;
}

async function stop(cluster: Cluster, watchdog: ChildProcess): Promise<void> {
  watchdog.stdin?.destroy();
  for (
    const deadline = Date.now() + FAST_SHUTDOWN_MS + 2 * IMMEDIATE_SHUTDOWN_MS;
    !hasEnded(watchdog) && Date.now() < deadline;
  )
    await sleep(20);
  await stopLeftover(cluster);
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
