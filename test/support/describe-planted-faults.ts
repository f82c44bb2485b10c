/** Runs a table of faults: with each, the tests that guard against it fail, and one that is about something else passes. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BrokenCopy, type Fault } from './planted-fault.js';

type Test = Fault['killedBy'][number];

/** `sound` must pass with each of them: a fault that breaks the whole server would fail every test. */
export function describePlantedFaults(faults: Fault[], sound: Test): void {
  describe('a test fails when', () => {
    let copy: BrokenCopy;
    beforeAll(async () => {
      copy = await BrokenCopy.make();
    });
    afterAll(() => copy.remove());

    it('nothing is planted: none does', async () => {
      const tests = faults.flatMap(({ killedBy }) => killedBy);
      expect(await copy.run([], tests)).toEqual(ending(tests, 'passed'));
    });

    it.each(faults)('$name', async ({ edits, killedBy }) => {
      const ends = await copy.run(edits, [...killedBy, sound]);
      expect(ends).toEqual({ ...ending(killedBy, 'failed'), ...ending([sound], 'passed') });
    });
  });
}

function ending(tests: Test[], end: 'passed' | 'failed'): Record<string, string> {
  return Object.fromEntries(tests.map(([, test]) => [test, end]));
}
