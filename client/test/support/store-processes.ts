import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';

/** Bundles the writer, so that another process runs the sources and not an older build. */
export async function bundleWriter(folder: string): Promise<string> {
  const outfile = join(folder, 'store-writer.mjs');
  // A bundle in another folder would not find the native module by its name.
  const libsql = createRequire(import.meta.url).resolve('libsql');
  await build({
    entryPoints: ['client/test/support/store-writer.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
    plugins: [
      {
        name: 'libsql',
        setup: (bundle) => bundle.onResolve({ filter: /^libsql$/ }, () => ({ path: libsql, external: true })),
      },
    ],
  });
  return outfile;
}

/** Starts the writer. */
export function startWriter(writer: string, ...parameters: string[]): ChildProcess {
  return spawn(process.execPath, [writer, ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/**
 * Reads what a writer acknowledges until it is killed: by this when it has acknowledged so many, or by itself. Answers the
 * last one.
 */
export async function killAfter(writer: ChildProcess, acknowledgements: number): Promise<number> {
  const ended = once(writer, 'exit');
  let last = 0;
  let seen = 0;
  for await (const line of createInterface({ input: writer.stdout! })) {
    last = Number(line);
    if (++seen === acknowledgements) writer.kill('SIGKILL');
  }
  const [code, signal] = await ended;
  if (signal !== 'SIGKILL') throw new Error(`The writer ended by itself, with ${String(code)}`);
  return last;
}
