/**
 * Builds the app as a later release would be: with other bytes in its script and, when asked for, with the next schema
 * of the local tables. Usage: node newer-version.mjs <folder> [next-schema]
 */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const [folder, schema] = process.argv.slice(2);
const root = fileURLToPath(new URL('../..', import.meta.url));
const changes = [
  { in: /web\/src\/main\.tsx$/, from: 'showJournals();', to: 'console.info("a later release"); showJournals();' },
  ...(schema === 'next-schema'
    ? [{ in: /client\/dist\/tables\.js$/, from: 'SCHEMA_VERSION = 2', to: 'SCHEMA_VERSION = 3' }]
    : []),
];
const missed = new Set(changes);

await build({
  root,
  logLevel: 'warn',
  build: { outDir: folder, emptyOutDir: true },
  plugins: [
    {
      name: 'later-release',
      enforce: 'pre',
      transform(code, id) {
        for (const change of changes) {
          if (!change.in.test(id) || !code.includes(change.from)) continue;
          missed.delete(change);
          return code.replace(change.from, change.to);
        }
      },
    },
  ],
});
if (missed.size > 0) throw new Error('The sources have changed: this does not build a later release');
