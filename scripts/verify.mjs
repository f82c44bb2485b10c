/**
 * `npm run verify`: everything a change has to pass, one line per step, stopping at the first that fails.
 * With --fast, everything but the tests.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const BOOT_SECONDS = 120;
const STOP_SECONDS = 30;

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const steps = [
  ['lock file', () => node('scripts/check-lock-file.mjs')],
  ['format', () => npx('prettier', '--check', '--log-level', 'warn', '.')],
  // Before what follows: cli/ and some files of the tests see the built client.
  ['build', () => npm('build')],
  ['lint', () => npm('lint')],
  ['types', () => npm('types')],
  ['boundaries', () => npm('boundaries')],
  ['dead code', () => npm('dead-code')],
  ['client size', () => node('scripts/check-client-size.mjs')],
  ['web size', () => node('scripts/check-web-size.mjs')],
  ['boot', boot],
  ['schema.gql', () => node('dist/scripts/write-schema.js', '--check')],
  ['settings', () => node('dist/scripts/write-settings-table.js', '--check')],
];
// The suite also fails when a migration is missing, so migrations have no step of their own.
if (!process.argv.includes('--fast')) steps.push(['tests', () => npm('test', { shown: true })]);

for (const [name, run] of steps) {
  const startedAt = performance.now();
  const failure = await run().then(
    () => undefined,
    (error) => error,
  );
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${failure === undefined ? '✓' : '✗'} ${name.padEnd(12)} ${seconds.padStart(6)} s`);
  if (failure !== undefined) {
    console.error(`\n${failure.message}`);
    process.exit(1);
  }
}

function node(...args) {
  return run(process.execPath, args);
}

function npm(script, options) {
  return run('npm', ['run', '--silent', script], options);
}

function npx(...args) {
  return run('npx', ['--no-install', ...args]);
}

/** Runs a command to its end. Its output is shown only if it fails, or while it runs when `shown`. */
async function run(command, args, { shown = false } = {}) {
  const child = start(command, args, { shell: process.platform === 'win32' && command !== process.execPath, shown });
  const code = await child.exit;
  if (code !== 0) throw new Error(child.output() || `${command} ${args.join(' ')} ended with ${code}`);
}

function start(command, args, { shown = false, ...options }) {
  const child = spawn(command, args, {
    stdio: ['ignore', ...(shown ? ['inherit', 'inherit'] : ['pipe', 'pipe'])],
    ...options,
  });
  const chunks = [];
  child.stdout?.on('data', (chunk) => chunks.push(chunk));
  child.stderr?.on('data', (chunk) => chunks.push(chunk));
  const exit = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal ?? code));
  });
  return {
    exit,
    running: () => child.exitCode === null && child.signalCode === null,
    kill: (signal) => child.kill(signal),
    output: () => Buffer.concat(chunks).toString(),
  };
}

/** Starts the built server on an empty folder, asks it for data, for the app and for the playground, and stops it: mistakes in ES modules show only here. */
async function boot() {
  const port = await freePort();
  const dataDir = mkdtempSync(join(tmpdir(), 'logdate-boot-'));
  const server = start(process.execPath, ['dist/src/main.js'], {
    env: {
      ...process.env,
      NODE_ENV: 'development',
      DATABASE_URL: '',
      DATABASE_OWNER_URL: '',
      DATA_DIR: dataDir,
      PORT: String(port),
    },
  });
  try {
    const address = `http://localhost:${port}`;
    await healthy(server, address);
    await answersGraphql(address);
    await servesPage(`${address}/`);
    await servesPage(`${address}/graphql`);
    server.kill('SIGTERM');
    const code = await Promise.race([server.exit, delay(STOP_SECONDS * 1000, 'still running', { ref: false })]);
    if (code !== 0) throw new Error(`After SIGTERM the server should end with 0 within ${STOP_SECONDS} s: ${code}`);
  } catch (error) {
    throw new Error(`${error.message}\n\n${server.output()}`);
  } finally {
    server.kill('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  }
}

async function healthy(server, address) {
  let last = 'no answer';
  for (const until = Date.now() + BOOT_SECONDS * 1000; Date.now() < until; await delay(100)) {
    if (!server.running()) throw new Error(`The server ended with ${await server.exit} before it was healthy`);
    const response = await fetch(`${address}/health`, { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
    if (response?.status === 200) return;
    if (response !== undefined) last = `${response.status} ${await response.text()}`;
  }
  throw new Error(`GET /health did not answer 200 within ${BOOT_SECONDS} s: ${last}`);
}

async function answersGraphql(address) {
  const response = await fetch(`${address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ __typename }' }),
    signal: AbortSignal.timeout(10_000),
  });
  const body = await response.text();
  if (response.status !== 200 || JSON.parse(body).data?.__typename !== 'Query') {
    throw new Error(`POST /graphql { __typename } answered ${response.status} ${body}`);
  }
}

/** The page, and a file that it names. */
async function servesPage(url) {
  const page = await answered(url, 'text/html');
  const script = /<script[^>]* src="([^"]+)"/.exec(page)?.[1];
  if (script === undefined) throw new Error(`GET ${url} names no script: ${page}`);
  await answered(new URL(script, url), 'application/javascript');
}

async function answered(url, type) {
  const headers = { accept: type };
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) });
  const body = await response.text();
  if (response.status !== 200 || !response.headers.get('content-type')?.startsWith(type)) {
    throw new Error(`GET ${url} should be answered with 200 ${type}, not ${response.status} ${body}`);
  }
  return body;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
