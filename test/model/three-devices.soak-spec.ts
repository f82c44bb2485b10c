/** T2 and T3 for as long as there is patience. */
import { randomInt } from 'node:crypto';
import { describe, test } from '@jest/globals';
import { playMany, seedOr } from './replay.js';
import { serverStages } from './server-stages.js';
import { onModel } from './stages.js';

const SPEC = '--config jest.soak.config.js test/model/three-devices.soak-spec.ts';

describe('three devices of one user end alike, with nothing lost, doubled or back', () => {
  const stages = serverStages();

  test.each([seedOr(2), seedOr(randomInt(2 ** 31))])('on the model, from seed %d', (seed) =>
    playMany({ spec: SPEC, histories: 10_000, seed, stage: () => Promise.resolve(onModel()) }),
  );

  test('on the server', () =>
    playMany({ spec: SPEC, histories: 2_000, seed: seedOr(randomInt(2 ** 31)), stage: stages.onServer }));

  test('on the server, over a line that breaks', () =>
    playMany({
      spec: SPEC,
      histories: 2_000,
      seed: seedOr(randomInt(2 ** 31)),
      stage: stages.throughFaults,
    }));
});
