import { expect, test } from '@jest/globals';
import { killTimes } from './killing.js';

test('a device that is killed between two statements 20 times has lost nothing and doubled nothing', async () => {
  expect(await killTimes(20)).toBeGreaterThan(15);
});
