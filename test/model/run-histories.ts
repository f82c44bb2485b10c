/** Plays histories in a process of its own and says how they ended, as JSON: for mutants, whose code is another one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { histories, type History } from './commands.js';
import { play } from './history.js';
import { checkConstraints } from './constraint-table.js';
import { onModel } from './stages.js';

const [, , seed = '1', numRuns = '100', kept = '.'] = process.argv;
const known = readdirSync(kept).map((file) => JSON.parse(readFileSync(join(kept, file), 'utf8')) as History);
const {
  failed,
  numRuns: played,
  errorInstance,
} = await fc.check(
  fc.asyncProperty(histories, (history) => {
    checkConstraints();
    return play(history, onModel());
  }),
  { seed: Number(seed), numRuns: Number(numRuns), endOnFailure: true, examples: known.map((history) => [history]) },
);
const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
process.stdout.write(JSON.stringify({ failed, played, why: failed ? why : null }));
