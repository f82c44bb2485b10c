import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { build, type Plugin } from 'vite';
import { PAGE, versionName, type Version } from './src/service-worker/version.js';

const SOURCE = 'src/service-worker/service-worker.ts';
const WORKER = 'service-worker.js';
/** What no page asks for. */
const NOT_KEPT = /\.map$|^service-worker\.js$/;

/** Writes /service-worker.js at the end of a build: a plain script that knows every file of it. */
export function serviceWorkerFile(): Plugin {
  let [root, folder] = ['', ''];
  return {
    name: 'service-worker-file',
    apply: 'build',
    configResolved(config) {
      root = config.root;
      folder = resolve(root, config.build.outDir);
    },
    closeBundle: {
      sequential: true,
      async handler() {
        await build({
          configFile: false,
          root,
          logLevel: 'warn',
          publicDir: false,
          define: { BUILT_VERSION: JSON.stringify(await versionIn(folder)) },
          build: {
            outDir: folder,
            emptyOutDir: false,
            target: 'es2022',
            // As a library: what an app's script needs to fetch its parts has no place in a worker.
            lib: { entry: resolve(root, SOURCE), formats: ['iife'], name: 'worker', fileName: () => WORKER },
            // What it needs for a backup is in the same file, and evaluated only then.
            rolldownOptions: { output: { codeSplitting: false } },
          },
        });
      },
    },
  };
}

async function versionIn(folder: string): Promise<Version> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) =>
      join(parentPath, name)
        .slice(folder.length + 1)
        .split(sep)
        .join('/'),
    )
    .filter((name) => !NOT_KEPT.test(name))
    .sort();
  const files: Record<string, string> = {};
  for (const name of names) files[`/${name}`] = `sha256-${digestOf(await readFile(join(folder, name)))}`;
  return { name: versionName(await scriptIn(folder), digestOf(JSON.stringify(files))), files };
}

async function scriptIn(folder: string): Promise<string> {
  const page = await readFile(join(folder, PAGE), 'utf8');
  const script = /<script\b[^>]*\bsrc="([^"]+)"/.exec(page)?.[1];
  if (script === undefined) throw new Error('The page of the build names no script');
  return script;
}

function digestOf(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('base64');
}
