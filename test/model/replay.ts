/** Plays many histories from a seed, and says how to play the one again that failed. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { histories, type History } from './commands.js';
import { play, type Stage } from './history.js';

const KEPT = join(import.meta.dirname, 'counterexamples');

export interface Plan {
  /** The spec, as jest is told. */
  spec: string;
  histories: number;
  seed: number;
  stage: () => Promise<Stage>;
}

/** @throws Error that tells the shortest history found, and one command that plays it again */
export async function playMany({ spec, histories: numRuns, seed, stage }: Plan): Promise<void> {
  const { MODEL_PATH: path, MODEL_KEEP: keep } = process.env;
  const property = fc.asyncProperty(histories, async (history) => play(history, await stage()));
  const ended = await fc.check(property, { seed, numRuns, ...(path !== undefined && { path }) });
  if (!ended.failed) return;
  const [history] = ended.counterexample ?? [];
  if (keep !== undefined) writeFileSync(join(KEPT, `${keep}.json`), `${JSON.stringify(history, null, 2)}\n`);
  const why = ended.errorInstance instanceof Error ? ended.errorInstance.message : String(ended.errorInstance);
  const variables = `MODEL_SEED=${ended.seed} MODEL_PATH=${ended.counterexamplePath ?? ''}`;
  throw new Error(
    `${why}\n\nAgain (add MODEL_KEEP=a-name to keep it in counterexamples/):\n  ${variables} npm test -- ${spec}\n\n${JSON.stringify(history)}`,
    { cause: ended.errorInstance },
  );
}

/** The seed to play from: the one that is asked for, or `otherwise`. */
export function seedOr(otherwise: number): number {
  return Number(process.env['MODEL_SEED'] ?? otherwise);
}

/** Histories that failed once, by name. */
export function counterexamples(): [name: string, history: History][] {
  const files = readdirSync(KEPT).filter((file) => file.endsWith('.json'));
  return files.map((file) => [file.slice(0, -5), JSON.parse(readFileSync(join(KEPT, file), 'utf8')) as History]);
}
