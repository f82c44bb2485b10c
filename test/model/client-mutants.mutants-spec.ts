/** T4: histories must notice each of these faults; one that they play through in peace shows what they do not see. */
import { expect, test } from '@jest/globals';
import { playOn } from './mutant-run.js';
import { MUTANTS } from './mutants.js';

test('histories on the engine as it is end well', async () => {
  expect(await playOn({ edits: [], seed: 1, histories: 300 })).toEqual({ failed: false, played: 300, why: null });
});

test.each(MUTANTS)('a history fails when $name', async (mutant) => {
  const { failed, played, why } = await playOn(mutant);
  console.info(`Found by history ${played} of seed ${mutant.seed}: ${why}`);
  expect(failed).toBe(true);
});
