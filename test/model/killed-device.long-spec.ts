import { expect, test } from '@jest/globals';
import { killTimes } from './killing.js';

test('a device that is killed between two statements 200 times has lost nothing and doubled nothing', async () => {
  expect(await killTimes(200)).toBeGreaterThan(150);
});
