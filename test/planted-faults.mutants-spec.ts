/** Faults of the sync mechanism that were met or are easily made, and the tests that must fail for each. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CONSTRAINT_FAULTS } from './planted-faults/constraint-faults.js';
import { FEED_FAULTS } from './planted-faults/feed-faults.js';
import { ORDER_FAULTS } from './planted-faults/order-faults.js';
import { OWNERSHIP_FAULTS } from './planted-faults/ownership-faults.js';
import { RECEIPT_FAULTS } from './planted-faults/receipt-faults.js';
import { push, type Test } from './planted-faults/tests.js';
import { BrokenCopy } from './support/planted-fault.js';

const FAULTS = [...ORDER_FAULTS, ...RECEIPT_FAULTS, ...CONSTRAINT_FAULTS, ...FEED_FAULTS, ...OWNERSHIP_FAULTS];

/** A fault that breaks the whole server would fail every test: this one must pass with each of them. */
const SOUND = push('a mutation sent again two users may use the same mutation id');

describe('a test fails when', () => {
  let copy: BrokenCopy;
  beforeAll(async () => {
    copy = await BrokenCopy.make();
  });
  afterAll(() => copy.remove());

  it('nothing is planted: none does', async () => {
    const tests = FAULTS.flatMap(({ killedBy }) => killedBy);
    expect(await copy.run([], tests)).toEqual(ending(tests, 'passed'));
  });

  it.each(FAULTS)('$name', async ({ edits, killedBy }) => {
    const ends = await copy.run(edits, [...killedBy, SOUND]);
    expect(ends).toEqual({ ...ending(killedBy, 'failed'), ...ending([SOUND], 'passed') });
  });
});

function ending(tests: Test[], end: 'passed' | 'failed'): Record<string, string> {
  return Object.fromEntries(tests.map(([, test]) => [test, end]));
}
