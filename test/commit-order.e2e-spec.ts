import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  faultyStamps,
  holdBetweenNumberAndCommit,
  holdBetweenStampAndCommit,
  makeControl,
  startFleet,
  writeAndFollow,
  type Fleet,
} from './support/commit-order.js';

const ROWS = 500;
const ROUNDS = 10;

describe('commit order, in three server processes', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet();
  });
  afterAll(() => fleet.close());

  it('a reader that follows eight writers by its cursor ends with every row', async () => {
    const devices = await fleet.signUp();
    const { read, stored, outOfOrder, pagesMeanwhile } = await writeAndFollow(fleet, devices, ROWS);
    expect(stored.length).toBeGreaterThanOrEqual(ROWS);
    expect(pagesMeanwhile).toBeGreaterThan(1);
    expect(read).toEqual(stored);
    expect(outOfOrder).toBe(0);
    expect(await faultyStamps(fleet, devices[0]!.user.id)).toEqual([]);
  });

  it('a plain sequence loses the row of a writer held between number and commit, every time', async () => {
    await makeControl(fleet.observer);
    for (let round = 0; round < ROUNDS; round += 1) {
      const { written, read } = await holdBetweenNumberAndCommit(fleet);
      expect(read).toEqual([written[1]]);
    }
  });

  it('the stamp never loses the row of a writer held between stamp and commit', async () => {
    const devices = await fleet.signUp();
    for (let round = 0; round < ROUNDS; round += 1) {
      const { written, read } = await holdBetweenStampAndCommit(fleet, devices, round);
      expect(read).toEqual(written);
    }
  });
});
