/** T2: three devices of one user against the model of the server. */
import { randomInt } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { checkConstraints } from './constraint-table.js';
import { play } from './history.js';
import { counterexamples, playMany, seedOr } from './replay.js';
import { onModel } from './stages.js';

const plan = {
  spec: 'test/model/three-devices.spec.ts',
  histories: 40,
  stage: () => Promise.resolve(onModel()),
};

test('the model judges every constraint as the protocol says', () => {
  expect(checkConstraints).not.toThrow();
});

describe('three devices of one user end alike, with nothing lost, doubled or back', () => {
  test.each(counterexamples())('in a history that failed once: %s', async (_, history) => {
    await expect(play(history, onModel())).resolves.toBeUndefined();
  });

  test('in the histories of a seed that stays', () => playMany({ ...plan, seed: seedOr(1) }));

  test('in the histories of a new seed', () => playMany({ ...plan, seed: seedOr(randomInt(2 ** 31)) }));
});
