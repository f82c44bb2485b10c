/**
 * Builds each dist/ from nothing, because a file left over from a removed source (a migration!) would still be loaded:
 * client/, then cli/ that uses it, then the server and the scripts.
 * Usage: node scripts/build.mjs [--if-needed]
 * With --if-needed, and when imported, it does nothing while no source is newer than the last build.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = join(root, 'dist', '.built');
const projects = ['client', 'cli', '.'];
const sources = ['src', 'scripts', 'ormconfig.ts', 'tsconfig.json', 'tsconfig.build.json', 'client/src', 'cli/src'];

const always = process.argv[1] === fileURLToPath(import.meta.url) && !process.argv.includes('--if-needed');
if (always || newest(sources) >= modified(stamp)) build();

function build() {
  const startedAt = new Date();
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  const compiler = join(typescript, 'bin', 'tsc');
  for (const project of projects) {
    rmSync(join(root, project, 'dist'), { recursive: true, force: true });
    const config = project === '.' ? 'tsconfig.build.json' : join(project, 'tsconfig.json');
    const { status } = spawnSync(process.execPath, [compiler, '-p', config], { cwd: root, stdio: 'inherit' });
    if (status !== 0) process.exit(status ?? 1);
  }
  // Dated from the start, so that a source saved during the build counts as newer.
  writeFileSync(stamp, '');
  utimesSync(stamp, startedAt, startedAt);
}

/** The latest change in milliseconds, folders included: they change when a file is removed. */
function newest(paths) {
  return Math.max(0, ...paths.map((path) => newestUnder(join(root, path))));
}

function newestUnder(path) {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return 0;
  if (!status.isDirectory()) return status.mtimeMs;
  return Math.max(status.mtimeMs, ...readdirSync(path).map((name) => newestUnder(join(path, name))));
}

function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? -1;
}
