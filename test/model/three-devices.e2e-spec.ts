/** T2 and T3, a few: three devices of one user against the server, and the same over a line that breaks. */
import { randomInt } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { playMany, seedOr } from './replay.js';
import { serverStages } from './server-stages.js';

const spec = 'test/model/three-devices.e2e-spec.ts';

describe('three devices of one user end alike, with nothing lost, doubled or back', () => {
  const stages = serverStages();

  test('on the server', () =>
    playMany({ spec, histories: 8, seed: seedOr(randomInt(2 ** 31)), stage: stages.onServer }));

  test('on the server, over a line that breaks', async () => {
    await playMany({
      spec,
      histories: 8,
      seed: seedOr(randomInt(2 ** 31)),
      stage: stages.throughFaults,
    });
    expect(stages.faults()).toBeGreaterThan(8);
  });
});
