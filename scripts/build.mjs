/**
 * Builds each dist/ from nothing, because a file left over from a removed source (a migration!) would still be loaded:
 * client/, formats/ that uses it, cli/ and web/ that use both, playground/, then the server and the scripts.
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
const projects = ['client', 'formats', 'cli', 'web', 'playground', '.'];
/** Vite's; the others are compiled. */
const pages = ['web', 'playground'];
const compiled = [
  'src',
  'scripts',
  'ormconfig.ts',
  'tsconfig.json',
  'tsconfig.build.json',
  'client/src',
  'formats/src',
  'cli/src',
];
const bundled = [
  'web/src',
  'web/public',
  'web/index.html',
  'web/vite.config.ts',
  'web/compress-files.ts',
  'web/service-worker-file.ts',
  'playground/src',
  'playground/index.html',
  'playground/vite.config.ts',
];

const always = process.argv[1] === fileURLToPath(import.meta.url) && !process.argv.includes('--if-needed');
if (always || newest([...compiled, ...bundled]) >= modified(stamp)) build();

function build() {
  const startedAt = new Date();
  const [compiler, bundler] = [executable('typescript', 'bin/tsc'), executable('vite', 'bin/vite.js')];
  for (const project of projects) {
    rmSync(join(root, project, 'dist'), { recursive: true, force: true });
    const config = project === '.' ? 'tsconfig.build.json' : join(project, 'tsconfig.json');
    if (pages.includes(project)) run([bundler, 'build', '--logLevel', 'warn'], join(root, project));
    else run([compiler, '-p', config], root);
  }
  // Dated from the start, so that a source saved during the build counts as newer.
  writeFileSync(stamp, '');
  utimesSync(stamp, startedAt, startedAt);
}

function executable(name, path) {
  return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), path);
}

function run(args, cwd) {
  const { status, signal, error } = spawnSync(process.execPath, args, { cwd, stdio: 'inherit' });
  if (status === 0) return;
  // The compiler has told what is wrong; one that could not start, or was killed, has not.
  throw new Error(`The build stopped: ${args.join(' ')} ended with ${signal ?? status}`, { cause: error });
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
