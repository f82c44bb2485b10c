import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTheSame, knowTheSame, sendTheSame, startPairs, type PairEnd, type Pairs } from './one-winner.js';
import { startTestServer, type TestServer } from './test-server.js';

/** Two writers, one row, the same constraint: exactly one wins, in each of so many pairs. */
export function describeOneWinner(pairCount: number): void {
  describe(`of two writers that overlap, in ${pairCount} pairs,`, () => {
    let server: TestServer;
    let pairs: Pairs;
    beforeAll(async () => {
      server = await startTestServer();
      pairs = await startPairs(server);
    });
    afterAll(() => server.close());

    async function ofEachPair(run: (turn: number) => Promise<PairEnd>, check: (end: PairEnd) => void): Promise<void> {
      for (let turn = 0; turn < pairCount; turn += 1) check(await run(turn));
    }

    function expectOneWinner({ winner, loser, row, receipts }: PairEnd): void {
      expect([winner.status, loser.status]).toEqual(['APPLIED', 'CONFLICT']);
      const { serverVersion, updatedAt, mutationId } = winner;
      expect(row).toMatchObject({ serverVersion, updatedAt, mutationId });
      expect(loser.current).toMatchObject({ serverVersion, updatedAt, mutationId });
      expect(receipts).toBe(1);
    }

    it('exactly one wins when both know the same version', async () => {
      await ofEachPair((turn) => knowTheSame(pairs, turn), expectOneWinner);
    });

    it('exactly one wins when both create the row', async () => {
      await ofEachPair(() => createTheSame(pairs), expectOneWinner);
    });

    it('one applies and the other is a duplicate with the same stamp when both send the same mutation', async () => {
      await ofEachPair(
        () => sendTheSame(pairs),
        ({ winner, loser, row, receipts }) => {
          expect([winner.status, loser.status]).toEqual(['APPLIED', 'DUPLICATE']);
          const { serverVersion, updatedAt, mutationId } = winner;
          expect(loser).toMatchObject({ serverVersion, updatedAt, mutationId });
          expect(row).toMatchObject({ serverVersion, updatedAt, mutationId, content: 'a' });
          expect(loser.current).toMatchObject({ serverVersion, updatedAt, mutationId });
          expect(receipts).toBe(1);
        },
      );
    });
  });
}
