import type { LocalStore } from '../../src/store.js';

/** So many log lines, and as many outbox entries, go into each transaction. */
export const ROWS_OF_A_BATCH = 30;

/** What a store has of the batches that a process wrote until it was killed. */
export interface FoundBatches {
  /** The last one that the store names. */
  last: number;
  /** Those of which it has neither all nor nothing, up to the one after the last. */
  torn: number[];
}

/** Counts the log lines and the outbox entries of each batch. */
export async function findBatches(store: LocalStore): Promise<FoundBatches> {
  return store.transaction('read', ['settings', 'outbox', 'log'], async (transaction) => {
    const last = Number((await transaction.get('settings', ['batches']))?.value ?? 0);
    const torn: number[] = [];
    for (let batch = 1; batch <= last + 1; batch++) {
      const expected = batch <= last ? ROWS_OF_A_BATCH : 0;
      const lines = await transaction.count('log', { index: 'byTime', prefix: [batch] });
      const entries = await transaction.count('outbox', { index: 'inOrder', prefix: ['no', batch] });
      if (lines !== expected || entries !== expected) torn.push(batch);
    }
    return { last, torn };
  });
}
