// Runs in a browser: gives the test what it calls in the page.
import { storeChecks } from '../../src/stores/conformance.js';
import { indexedDbStore } from '../../src/stores/indexeddb.js';
import type { OutboxEntry } from '../../src/tables.js';

declare global {
  /** What the test gives the page. */
  function setQuota(bytes: number | null): Promise<void>;
}

const page = {
  checkNames: storeChecks.map(({ name }) => name),

  /** Runs one check in a database of its own; answers what it failed with. */
  async runCheck(name: string): Promise<string | null> {
    const database = crypto.randomUUID();
    try {
      await storeChecks
        .find((check) => check.name === name)
        ?.run({
          open: () => indexedDbStore(database),
          // The quota is a small one from the start: Chromium remembers for a while how much there was.
          fill: () => undefined,
          makeRoom: () => setQuota(null),
        });
      return null;
    } catch (error) {
      return error instanceof Error
        ? `${error.stack} ${error.cause instanceof Error ? error.cause.stack : ''}`
        : String(error);
    }
  },

  /** Writes one batch after the other, each a transaction, and says which were acknowledged. */
  async writeBatches(database: string, rows: number): Promise<void> {
    const store = indexedDbStore(database);
    for (let batch = 0; ; batch++) {
      await store.transaction('write', ['settings', 'outbox'], async (transaction) => {
        for (let row = 0; row < rows; row++) {
          await transaction.put('settings', { name: `${batch}-${row}`, value: 'x'.repeat(500) });
          await transaction.put('outbox', entry(`${batch}-${row}`, batch));
        }
      });
      console.info(`kept ${batch}`);
    }
  },

  /** How many rows and outbox entries there are of each batch. */
  async countBatches(database: string): Promise<{ rows: Record<string, number>; entries: Record<string, number> }> {
    const store = indexedDbStore(database);
    const counts = await store.transaction('read', ['settings', 'outbox'], async (transaction) => ({
      rows: countBy((await transaction.list('settings')).map(({ name }) => name)),
      entries: countBy((await transaction.list('outbox')).map(({ id }) => id)),
    }));
    await store.close();
    return counts;
  },

  /** Milliseconds for one transaction with so many rows. */
  async timeImport(rows: number): Promise<number> {
    const store = indexedDbStore(crypto.randomUUID());
    await store.transaction('read', ['outbox'], async () => undefined);
    const start = performance.now();
    await store.transaction('write', ['outbox'], async (transaction) => {
      for (let row = 0; row < rows; row++) await transaction.put('outbox', entry(`${row}`, row));
    });
    const time = performance.now() - start;
    await store.destroy();
    return time;
  },
};

export type StorePage = typeof page;
Object.assign(globalThis, { page });

function entry(id: string, seq: number): OutboxEntry {
  const fixed = {
    op: 'UPSERT',
    lastUpdated: 0,
    retryCount: 0,
    deviceId: 'd',
    inflight: null,
    lastError: null,
  } as const;
  return { type: 'content', id, seq, held: 'no', ...fixed };
}

function countBy(names: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) {
    const batch = name.split('-')[0] ?? '';
    counts[batch] = (counts[batch] ?? 0) + 1;
  }
  return counts;
}
