/**
 * `npm start`: builds if a source has changed, then runs the server in this process, so that signals reach it.
 * Between npm and this process stands a shell that passes no signal on: when npm is gone, the server stops too.
 */
import { readFileSync } from 'node:fs';
import './build.mjs';

const LOOK_MS = 1000;

const started = ancestors();
const looking = setInterval(() => {
  if (ancestors() === started) return;
  // Once: a second signal would end the server before it has stopped PostgreSQL.
  clearInterval(looking);
  process.kill(process.pid, 'SIGTERM');
}, LOOK_MS).unref();

await import(new URL('../dist/src/main.js', import.meta.url).href);

/** Process ids of the parent and, where the system tells, of its parent. */
function ancestors() {
  return `${process.ppid} ${parentOf(process.ppid)}`;
}

function parentOf(pid) {
  try {
    const [, afterName = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(/\) (?!.*\) )/);
    return afterName.split(' ')[1];
  } catch {
    return undefined;
  }
}
