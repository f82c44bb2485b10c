// The server as a stranger starts it: the built program in a process of its own, on the embedded database,
// with a folder that is removed at the end.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const SERVER = join(import.meta.dirname, '../../src/main.js');
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;
const LOG_LINES_SHOWN = 30;
/** What the server may see of our environment: nothing that would point it to a real database or store. */
const INHERITED = ['PATH', 'HOME', 'USER', 'LANG', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'SYSTEMROOT'];

/** A server in a throw-away folder, which it keeps across restarts. */
export class ServerProcess {
  private child: ChildProcess | undefined;
  private log = '';
  private removed = false;

  private constructor(
    /** Holds everything of the demo, and is removed at the end. */
    readonly folder: string,
    private readonly port: number,
  ) {}

  /** A server that has a folder and a port but does not run yet. */
  static async create(): Promise<ServerProcess> {
    return new ServerProcess(await mkdtemp(join(tmpdir(), 'logdate-demo-')), await freePort());
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  /** Starts the process and waits until it is healthy. Throws with its log when it is not within a minute. */
  async start(): Promise<void> {
    // An interrupt may have come between the end of one process and the start of the next.
    if (this.removed) throw new Error('The server was removed');
    const env = Object.fromEntries(INHERITED.map((name) => [name, process.env[name]]));
    this.child = spawn(process.execPath, [SERVER], {
      cwd: this.folder,
      env: { ...env, PORT: String(this.port), DATA_DIR: join(this.folder, 'data') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const child = this.child;
    const keep = (text: Buffer | Error) => (this.log = (this.log + text.toString()).slice(-20_000));
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', keep);

    const deadline = Date.now() + START_TIMEOUT_MS;
    while (Date.now() < deadline && isRunning(child)) {
      if (await this.isHealthy()) return;
      await delay(100);
    }
    const what = isRunning(child) ? `was not healthy within ${START_TIMEOUT_MS / 1000} s` : 'ended at its start';
    throw new Error(`The server ${what}. Its last lines:\n${this.lastLogLines()}`);
  }

  /** Ends the process as a power cut would: no chance to finish anything. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Stops the process and removes the folder. Safe to call twice, and when nothing was started. */
  async remove(): Promise<void> {
    this.removed = true;
    await this.end('SIGTERM');
    await rm(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    if (!child || !isRunning(child)) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  }

  private async isHealthy(): Promise<boolean> {
    try {
      const { status } = await fetch(`${this.url}/health`, { signal: AbortSignal.timeout(2_000) });
      return status === 200;
    } catch {
      return false;
    }
  }

  private lastLogLines(): string {
    return this.log.trimEnd().split('\n').slice(-LOG_LINES_SHOWN).join('\n') || '(none)';
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
