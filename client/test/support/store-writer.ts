// A process of its own that writes to a SQLite store until it is killed, or has counted as far as it was told.
import { libsqlDriver } from '../../src/node/libsql.js';
import { sqliteStore } from '../../src/stores/sqlite.js';
import type { SqliteDriver } from '../../src/stores/sqlite.js';
import { ROWS_OF_A_BATCH } from './store-batches.js';

const [path = '', task, number] = process.argv.slice(2);
if (task === 'count') await count(Number(number));
else await writeBatches(Number(number));

/** Adds one to a sum, in so many transactions. */
async function count(times: number): Promise<void> {
  const store = sqliteStore(libsqlDriver(path));
  for (let turn = 0; turn < times; turn++) {
    await store.transaction('write', ['settings'], async (transaction) => {
      const sum = Number((await transaction.get('settings', ['sum']))?.value ?? 0);
      await transaction.put('settings', { name: 'sum', value: sum + 1 });
    });
  }
  await store.close();
}

/** Writes one batch after the other and says which were acknowledged; before a statement of this number it kills itself. */
async function writeBatches(lastStatement: number): Promise<void> {
  const store = sqliteStore(counted(libsqlDriver(path), lastStatement));
  const before = await store.transaction('read', ['settings'], (transaction) =>
    transaction.get('settings', ['batches']),
  );
  for (let batch = Number(before?.value ?? 0) + 1; ; batch++) {
    await store.transaction('write', ['settings', 'outbox', 'log'], async (transaction) => {
      await transaction.put('settings', { name: 'batches', value: batch });
      for (let row = 0; row < ROWS_OF_A_BATCH; row++) {
        const id = `${batch}-${row}`;
        await transaction.put('log', {
          seq: batch * ROWS_OF_A_BATCH + row,
          at: batch,
          event: 'x'.repeat(700),
          detail: {},
        });
        await transaction.put('outbox', {
          type: 'content',
          id,
          seq: batch,
          op: 'UPSERT',
          lastUpdated: 0,
          retryCount: 0,
          deviceId: 'device',
          inflight: null,
          held: 'no',
          lastError: null,
        });
      }
    });
    process.stdout.write(`${batch}\n`);
  }
}

function counted(driver: SqliteDriver, last: number): SqliteDriver {
  let statements = 0;
  const next = <T>(answer: () => T): T => {
    if (++statements === last) process.kill(process.pid, 'SIGKILL');
    return answer();
  };
  return {
    ...driver,
    exec: (sql) => next(() => driver.exec(sql)),
    run: (sql, values) => next(() => driver.run(sql, values)),
    all: (sql, values) => next(() => driver.all(sql, values)),
  };
}
