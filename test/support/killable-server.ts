/** Servers with an embedded database in Node processes of their own, which a test can kill and count. Linux only. */
import { transformFileSync } from '@swc/core';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server in a process of its own, with the processes below it. */
export interface Server {
  child: ChildProcess;
  postgres: number;
  watchdog: number;
  ownerUrl: string;
  appUrl: string;
}

/** How a server is started: through these words (`setpriv …`), in a group of its own, … */
export interface LaunchOptions {
  command?: string[];
  settings?: string[];
  detached?: boolean;
  env?: NodeJS.ProcessEnv;
  /** where compileTo() put the server */
  project: string;
}

/** The supervisor and the script that runs it as JavaScript, so that a Node process of its own can be killed. */
export function compileTo(folder: string): string {
  const sources = readdirSync('src/database')
    .filter((name) => /^(embedded-postgres|data-folder|postgres-).*\.ts$/.test(name))
    .map((name) => `src/database/${name}`);
  for (const source of [...sources, 'test/support/embedded-postgres-server.ts']) {
    const { code } = transformFileSync(source, {
      jsc: { parser: { syntax: 'typescript', decorators: true }, target: 'es2022' },
      module: { type: 'es6' },
    });
    mkdirSync(dirname(join(folder, source)), { recursive: true });
    writeFileSync(join(folder, source.replace(/ts$/, 'js')), code);
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  return folder;
}

/** Starts a server and waits for nothing. */
export function launch(
  dataDir: string,
  { command = [], settings = [], detached, env, project }: LaunchOptions,
): ChildProcess {
  const script = join(project, 'test', 'support', 'embedded-postgres-server.js');
  const [file, ...args] = [...command, process.execPath, script, dataDir, ...settings];
  const child = spawn(file!, args, { detached, env: env ?? process.env, stdio: ['ignore', 'pipe', 'ignore'] });
  return child;
}

/** The first line a launched server prints. */
export async function outcome(
  child: ChildProcess,
): Promise<{ ownerUrl?: string; appUrl?: string; error?: string; isOurs?: boolean }> {
  const lines = createInterface(child.stdout!);
  const line = await Promise.race([
    new Promise<string>((done) => lines.once('line', done)),
    sleep(40_000, undefined, { ref: false }),
  ]);
  if (!line) throw new Error('the server said nothing within 40 s');
  return JSON.parse(line);
}

/** Starts a server and waits until it is up. */
export async function serve(dataDir: string, options: LaunchOptions): Promise<Server> {
  const child = launch(dataDir, { settings: ['fsync=off'], ...options });
  const { ownerUrl, appUrl, error } = await outcome(child);
  if (!ownerUrl || !appUrl) throw new Error(error);
  const postgres = readPostmaster(dataDir);
  return { child, postgres, watchdog: parentOf(postgres), ownerUrl, appUrl };
}

/** The process id of a folder's PostgreSQL. */
export function readPostmaster(dataDir: string): number {
  return Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

/** Processes whose command line or working folder is below a folder, the test's own servers included. */
export function processesUnder(folder: string): number[] {
  if (process.platform !== 'linux') return [];
  return processes().filter((pid) => {
    const working = attempt(() => readlinkSync(`/proc/${pid}/cwd`)) ?? '';
    const command = attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? '';
    return working.startsWith(`${folder}/`) || command.includes(`${folder}/`) || command.includes(`${folder}\0`);
  });
}

/** PostgreSQL's child with this title. */
export function childOf(parent: number, title: string): number {
  const isIt = (pid: number) =>
    parentOf(pid) === parent && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(title);
  return processes().find(isIt)!;
}

function processes(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 1 && pid !== process.pid);
}

function parentOf(pid: number): number {
  return Number(attempt(() => /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) ?? 0);
}

/** A killed process that nobody has waited for is dead too. */
export function isAlive(pid: number): boolean {
  return /^State:\s+[^ZX]/m.test(attempt(() => readFileSync(`/proc/${pid}/status`, 'utf8')) ?? '');
}

/** Sends a signal to a process that may be gone. */
export function kill(pid: number, signal: NodeJS.Signals): void {
  if (pid > 1) attempt(() => process.kill(pid, signal));
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** Polls, for 15 s at most. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, everyMs = 50): Promise<void> {
  for (const deadline = Date.now() + 15_000; !(await isSo()); await sleep(everyMs)) {
    if (Date.now() > deadline) throw new Error(`not within 15 s: ${what}`);
  }
}

/** Ends whatever runs in a folder, the watchdogs first: they would start their PostgreSQL again. */
export async function killAllUnder(folder: string): Promise<void> {
  const isWatchdog = (pid: number) =>
    attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))?.startsWith('logdate-postgres-watchdog');
  const found = processesUnder(folder);
  for (const pid of [...found.map(parentOf).filter(isWatchdog), ...found]) kill(pid, 'SIGKILL');
  await until('every process of the test is gone', () => processesUnder(folder).length === 0);
}
