/**
 * Says what the first load of the web app costs: its page, script, everything that script imports at once, and styles,
 * each compressed as it is sent to a browser that knows gzip alone. Fails above the limit.
 * Usage: node scripts/check-web-size.mjs [folder of the build]
 */
import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const LIMIT_BYTES = 60_000;

const folder = resolve(process.argv[2] ?? fileURLToPath(new URL('../web/dist', import.meta.url)));
const page = readFileSync(join(folder, 'index.html'), 'utf8');
const needed = new Set(['index.html', ...namedBy(page)]);
for (const name of await importedBy([...needed].filter((name) => name.endsWith('.js')))) needed.add(name);

const parts = [...needed]
  .map((name) => ({ name, bytes: gzipSync(readFileSync(join(folder, name)), { level: 9 }).length }))
  .sort((one, other) => other.bytes - one.bytes);
const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
for (const part of parts) console.log(`${String(part.bytes).padStart(8)}  ${part.name}`);
console.log(`${String(bytes).padStart(8)}  gzip -9 of all, limit ${LIMIT_BYTES}`);
if (!parts.some(({ name }) => name.endsWith('.js'))) {
  console.error('The page names no script: what it costs cannot be told');
  process.exitCode = 1;
}
if (bytes > LIMIT_BYTES) {
  console.error(`The first load is ${bytes - LIMIT_BYTES} bytes over its limit`);
  process.exitCode = 1;
}

/** The scripts, preloaded modules and styles of a page. */
function namedBy(html) {
  const tags = html.match(/<script\b[^>]*>|<link\b[^>]*\brel="?(?:stylesheet|modulepreload|preload)\b[^>]*>/g) ?? [];
  return tags.map((tag) => /\b(?:src|href)="\/?([^"]+)"/.exec(tag)?.[1]).filter((name) => name !== undefined);
}

/** What scripts import as they start, and what that imports; not what they fetch when it is asked for. */
async function importedBy(scripts) {
  const entryPoints = scripts.map((name) => join(folder, name));
  const { metafile } = await build({
    entryPoints,
    absWorkingDir: folder,
    bundle: true,
    write: false,
    outdir: folder,
    metafile: true,
    format: 'esm',
    logLevel: 'error',
  });
  const found = new Set(scripts);
  for (const name of found) {
    const { imports } = metafile.inputs[name];
    for (const { path, kind } of imports)
      if (kind === 'import-statement') found.add(relative(folder, join(folder, path)));
  }
  return found;
}
