import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { faultyStamps, startFleet, writeAndFollow, type Fleet } from './support/commit-order.js';

const ROWS = 5_000;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterAll(() => fleet.close());

it('a reader that follows eight writers in three processes ends with every one of 5,000 rows', async () => {
  const devices = await fleet.signUp();
  const { read, stored, outOfOrder } = await writeAndFollow(fleet, devices, ROWS);
  expect(stored.length).toBeGreaterThanOrEqual(ROWS);
  expect(read).toEqual(stored);
  expect(outOfOrder).toBe(0);
  expect(await faultyStamps(fleet, devices[0]!.user.id)).toEqual([]);
});
