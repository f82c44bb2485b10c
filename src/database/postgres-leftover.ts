/** A PostgreSQL that outlived its server and its watchdog: found by the cluster's pid file, and stopped. */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError } from './data-folder.js';
import type { PostgresBinaries } from './postgres-binaries.js';

/** How long a fast shutdown may take: sessions are cut off, but everything in memory is written. */
export const FAST_SHUTDOWN_MS = 10_000;
/** How long an immediate shutdown may take, and how long a kill. */
export const IMMEDIATE_SHUTDOWN_MS = 5_000;

interface Leftover {
  folder: string;
  path: string;
  binaries: PostgresBinaries;
  log: (line: string) => void;
}

/** Stops a PostgreSQL that a killed server left on this cluster, and removes a pid file that belongs to nobody. */
export async function stopLeftover(cluster: Leftover): Promise<void> {
  // A standalone PostgreSQL writes its pid with a minus sign.
  const pid = Math.abs(Number.parseInt(pidFileLine(cluster.path, 1), 10));
  if (!pid) return;
  for (const [signal, waitMs] of [
    ['INT', FAST_SHUTDOWN_MS],
    ['QUIT', IMMEDIATE_SHUTDOWN_MS],
    ['KILL', IMMEDIATE_SHUTDOWN_MS],
  ] as const) {
    if (!runsOn(pid, cluster)) break;
    cluster.log(`PostgreSQL ${pid} was left running by an earlier server: stopping it (${signal})`);
    signalPostgres(pid, signal, cluster.binaries.pgCtl);
    for (const deadline = Date.now() + waitMs; runsOn(pid, cluster) && Date.now() < deadline;) await sleep(50);
  }
  if (runsOn(pid, cluster))
    throw new EmbeddedPostgresError(cluster.folder, `PostgreSQL with process id ${pid} runs on it and does not stop`);
  // After a reboot or in a new container the pid may be a stranger's, for whose sake PostgreSQL would refuse to start.
  rmSync(join(cluster.path, 'postmaster.pid'), { force: true });
}

/** A line of the cluster's postmaster.pid, counted from 1; empty where there is none. */
export function pidFileLine(path: string, line: number): string {
  try {
    return readFileSync(join(path, 'postmaster.pid'), 'utf8').split('\n')[line - 1]?.trim() ?? '';
  } catch {
    return '';
  }
}

/** Whether this process is a PostgreSQL of this cluster, and not a stranger who got its number. */
function runsOn(pid: number, { path, binaries }: Leftover): boolean {
  if (process.platform === 'linux') {
    try {
      // PostgreSQL works in its own folder; a dead process that nobody has waited for has none.
      const working = statSync(`/proc/${pid}/cwd`);
      const own = statSync(path);
      return working.dev === own.dev && working.ino === own.ino;
    } catch {
      return false;
    }
  }
  if (process.platform === 'win32')
    return spawnSync(binaries.pgCtl, ['status', '-D', path], { timeout: 10_000 }).status === 0;
  const command =
    spawnSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8', timeout: 10_000 }).stdout ?? '';
  return command.includes('postgres') && command.includes(path);
}

function signalPostgres(pid: number, signal: 'INT' | 'QUIT' | 'KILL', pgCtl: string): void {
  try {
    if (process.platform === 'win32') spawnSync(pgCtl, ['kill', signal, String(pid)], { timeout: 5_000 });
    else process.kill(pid, `SIG${signal}`);
  } catch {
    // It ended by itself between the look and the signal.
  }
}
