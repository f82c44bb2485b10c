import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { libsqlStore } from '../src/node/libsql.js';
import { findBatches, ROWS_OF_A_BATCH } from './support/store-batches.js';
import { bundleWriter, killAfter, startWriter } from './support/store-processes.js';
import { scratchFolder } from './support/store-storages.js';

const folder = scratchFolder();
afterAll(folder.remove);
let writer: string;
beforeAll(async () => {
  writer = await bundleWriter(folder.path);
});

/** BEGIN, the version, the rows and their number of one transaction, COMMIT. */
const STATEMENTS_OF_A_BATCH = 2 * ROWS_OF_A_BATCH + 4;

test('a process that is killed leaves whole transactions, and all that it has acknowledged', async () => {
  const path = join(folder.path, 'killed');
  // Among the statements that make the tables, those of a transaction, and those at its two ends; 0 is never reached.
  const early = [3, 12, 40].map((statement) => ({ statement, acknowledgements: Infinity }));
  const later = [1, 2, 31, STATEMENTS_OF_A_BATCH].map((statement) => ({
    statement: 5 * STATEMENTS_OF_A_BATCH + statement,
    acknowledgements: Infinity,
  }));
  const outside = [1, 7, 20].map((acknowledgements) => ({ statement: 0, acknowledgements }));
  for (const { statement, acknowledgements } of [...early, ...later, ...outside]) {
    const acknowledged = await killAfter(startWriter(writer, path, 'write', `${statement}`), acknowledgements);
    const store = libsqlStore(path);
    const found = await findBatches(store);
    await store.close();
    expect({ statement, acknowledgements, torn: found.torn }).toEqual({ statement, acknowledgements, torn: [] });
    expect(found.last).toBeGreaterThanOrEqual(acknowledged);
  }
  const store = libsqlStore(path);
  expect((await findBatches(store)).last).toBeGreaterThan(28);
  await store.close();
});

test('two processes count on in one file, and lose no number', async () => {
  const path = join(folder.path, 'counted');
  const processes = [startWriter(writer, path, 'count', '150'), startWriter(writer, path, 'count', '150')];
  expect(await Promise.all(processes.map((counting) => once(counting, 'exit')))).toEqual([
    [0, null],
    [0, null],
  ]);
  const store = libsqlStore(path);
  const sum = await store.transaction('read', ['settings'], (transaction) => transaction.get('settings', ['sum']));
  expect(sum?.value).toBe(300);
  await store.close();
});
