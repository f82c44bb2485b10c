/** The built server in a process of its own, on a test's database: for tests of several servers, or of killing one. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestDatabase } from './test-database.js';

const ROOT = join(import.meta.dirname, '../..');
/** The arguments with which `npm run start:prod` starts it. */
const [, ...SERVER] = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts['start:prod'].split(' ');
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;
/** Another process may take a port between the moment it was found free and the moment the server listens on it. */
const PORTS_TRIED = 3;
/** What the server may see of our environment: nothing that would point it to another database. */
const INHERITED = ['PATH', 'HOME', 'USER', 'LANG', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot'];

export interface ServerProcess {
  /** `http://127.0.0.1:…`, without a path. */
  url: string;
  pid: number;
  /** Asks it to end and waits until it has; `SIGKILL` gives it no chance to finish anything. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a server and waits until it is healthy. All of them accept each other's tokens. */
export async function startServerProcess(
  database: TestDatabase,
  env: Record<string, string> = {},
): Promise<ServerProcess> {
  for (let tried = 1; ; tried += 1) {
    const dataDir = await mkdtemp(join(tmpdir(), 'logdate-server-'));
    const port = await freePort();
    const child = spawn(process.execPath, SERVER, {
      cwd: ROOT,
      env: {
        ...Object.fromEntries(INHERITED.map((name) => [name, process.env[name]])),
        NODE_ENV: 'test',
        JWT_SECRET: 'a secret that every process of a test shares',
        DATABASE_URL: database.serverUrl,
        DATA_DIR: dataDir,
        HOST: '127.0.0.1',
        PORT: String(port),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let log = '';
    const keep = (text: Buffer | Error): void => void (log = (log + text.toString()).slice(-10_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', keep);
    const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
      await end(child, signal);
      await rm(dataDir, { recursive: true, force: true });
    };
    const url = `http://127.0.0.1:${port}`;
    if (await isHealthyInTime(child, url)) return { url, pid: child.pid ?? 0, stop };
    await stop('SIGKILL');
    if (tried === PORTS_TRIED || !log.includes('EADDRINUSE')) throw new Error(`The server did not start:\n${log}`);
  }
}

async function isHealthyInTime(child: ChildProcess, url: string): Promise<boolean> {
  for (const deadline = Date.now() + START_TIMEOUT_MS; isRunning(child) && Date.now() < deadline; await delay(50)) {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
    // Read to the end, so that no connection is left to this server.
    await answer?.arrayBuffer();
    if (answer?.status === 200) return true;
  }
  return false;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (!isRunning(child)) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
