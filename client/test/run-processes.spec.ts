// Runs in processes of their own, over one file: what only a real process can do is to crash, to freeze, and to end.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { libsqlStore } from '../src/node/libsql.js';
import { FROZEN_AFTER_MS } from '../src/run-records.js';
import { Scene } from './run-scene.js';
import { VirtualClock } from './virtual-clock.js';

const CHILD = join(import.meta.dirname, 'run-child.mjs');
/** No process of these tests may outlive it, in milliseconds. */
const GUARD_MS = 30_000;

let folder: string;
let children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logdate-runs-'));
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
  await rm(folder, { recursive: true, force: true });
});

/** A child, the lines it says, and how it ends by itself. */
function start(task: string) {
  const child = spawn(process.execPath, [CHILD, join(folder, 'journal.db'), task], { timeout: GUARD_MS });
  children.push(child);
  const errors: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => void errors.push(chunk.toString()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<{ code: number | null; errors: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, errors: errors.join('') }));
  });
  const line = async (): Promise<string> => {
    const { value, done } = await lines.next();
    return done === true ? `nothing more: ${errors.join('')}` : value;
  };
  return { child, line, ended };
}

/** Plays a second process over the file, at a time when the child's last heartbeat is long ago. */
async function runLater(): Promise<Scene> {
  const store = libsqlStore(join(folder, 'journal.db'));
  const scene = new Scene('later', { store, clock: new VirtualClock(Date.now() + FROZEN_AFTER_MS + 1_000) });
  expect(await scene.manager.syncNow()).toMatchObject({ ended: 'done', pushed: 1 });
  await scene.manager.close();
  await store.close();
  return scene;
}

const CUT_OFF = ['run-cut-off', { runId: expect.any(String), trigger: 'manual', phase: 'pushing' }];

test('a process that closes its journal ends by itself', async () => {
  const { line, ended } = start('open-and-close');
  let said = await line();
  if (said === 'pushing') said = await line();
  expect(said).toBe('closed');
  expect(await ended).toEqual({ code: 0, errors: '' });
});

test('after a process was killed in its push, the next one finds the run cut off and sends everything', async () => {
  const { child, line, ended } = start('upload');
  expect(await line()).toBe('pushing');
  child.kill('SIGKILL');
  await ended;
  const { logged } = await runLater();
  expect(logged[0]).toEqual(CUT_OFF);
});

test('a process that was frozen in its push is robbed, and stops when it wakes', async () => {
  const { child, line, ended } = start('upload');
  expect(await line()).toBe('pushing');
  child.kill('SIGSTOP');
  const { logged } = await runLater();
  expect(logged[0]).toEqual(CUT_OFF);
  child.kill('SIGCONT');
  expect(await line()).toBe('ended joined');
  expect(await ended).toEqual({ code: 0, errors: '' });
});
