/** Plants a fault in a copy of the engine and of the model, and plays histories on it in a process of its own. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { Mutant } from './mutants.js';

const PROJECT = join(import.meta.dirname, '../..');

export interface Played {
  failed: boolean;
  /** Histories until the first that failed, that one too. */
  played: number;
  why: string | null;
}

/** @throws Error when the text that a fault replaces is not there exactly once, or the process fails otherwise */
export async function playOn({ edits, seed, histories }: Omit<Mutant, 'name'>): Promise<Played> {
  const folder = await mkdtemp(join(tmpdir(), 'logdate-mutant-'));
  try {
    for (const part of ['client/src', 'test/model'])
      await cp(join(PROJECT, part), join(folder, part), { recursive: true });
    await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'), 'junction');
    for (const edit of edits) await plant(folder, edit);
    const outfile = join(folder, 'histories.mjs');
    const entryPoints = [join(folder, 'test/model/run-histories.ts')];
    const how = { bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'error' } as const;
    await build({ ...how, entryPoints, outfile, tsconfigRaw: {}, preserveSymlinks: true });
    const { stdout } = await promisify(execFile)(process.execPath, [
      outfile,
      String(seed),
      String(histories),
      join(PROJECT, 'test/model/counterexamples'),
    ]);
    return JSON.parse(stdout) as Played;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function plant(folder: string, { file, find, replace }: Mutant['edits'][number]): Promise<void> {
  const path = join(folder, file);
  const text = await readFile(path, 'utf8');
  const found = text.split(find).length - 1;
  if (found !== 1) throw new Error(`${file} has ${found} times what the fault replaces:\n${find}`);
  await writeFile(
    path,
    text.replace(find, () => replace),
  );
}
