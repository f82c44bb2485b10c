/**
 * Says what the client costs a browser: core, GraphQL transport and IndexedDB store, minified and
 * compressed. Fails above the limit.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const LIMIT_BYTES = 20_000;
const ENTRIES = ['client/src/index.ts', 'client/src/stores/indexeddb.ts'];

const root = fileURLToPath(new URL('..', import.meta.url));
const missing = ENTRIES.filter((entry) => !existsSync(`${root}/${entry}`));
const { outputFiles, metafile } = await build({
  stdin: {
    contents: ENTRIES.filter((entry) => !missing.includes(entry))
      .map((entry) => `export * from './${entry}';`)
      .join('\n'),
    resolveDir: root,
  },
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  metafile: true,
  write: false,
});

const bytes = gzipSync(outputFiles[0].contents, { level: 9 }).length;
const parts = Object.entries(Object.values(metafile.outputs)[0].inputs)
  .map(([file, { bytesInOutput }]) => ({ file, bytesInOutput }))
  .filter(({ bytesInOutput }) => bytesInOutput > 0)
  .sort((one, other) => other.bytesInOutput - one.bytesInOutput);
for (const { file, bytesInOutput } of parts) console.log(`${String(bytesInOutput).padStart(8)}  ${file}`);
console.log(`${String(bytes).padStart(8)}  gzip -9 of all, limit ${LIMIT_BYTES}`);
if (missing.length > 0) console.log(`Not there: ${missing.join(', ')}`);
if (bytes > LIMIT_BYTES) {
  console.error(`The client is ${bytes - LIMIT_BYTES} bytes over its limit`);
  process.exitCode = 1;
}
