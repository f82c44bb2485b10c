// One record in a small database: what a browser remembers outside of any journal.
import { answerOf, endOf, openDatabase } from './indexeddb-requests.js';

/** A record that all tabs and workers of an origin share. Its value is whatever a browser can clone. */
export interface IndexedDbRecord {
  /** Undefined: nothing is kept. */
  load(): Promise<unknown>;
  /**
   * Keeps what `next` makes of the value that is kept, and nothing where that is undefined; no other tab comes between.
   * Answers what is kept, once it is on disk.
   */
  change(next: (kept: unknown) => unknown): Promise<unknown>;
  /** Calls `changed` when another tab or worker changed it, until the answer is called. */
  watch(changed: () => void): () => void;
}

const TABLE = 'records';

/** The record of this key in the database of this name, which is made when it is missing and may hold other records. */
export function indexedDbRecord(database: string, key: string): IndexedDbRecord {
  const channelName = `${database} ${key}`;
  // A channel hears the others of its own page as well.
  const sender = Math.random();
  const tell = (): void => {
    const channel = new BroadcastChannel(channelName);
    channel.postMessage(sender);
    channel.close();
  };
  return {
    load: () => inTable(database, 'readonly', (table) => answerOf<unknown>(table.get(key))),
    async change(next) {
      let isChanged = false;
      const value = await inTable(database, 'readwrite', async (table) => {
        const kept = await answerOf<unknown>(table.get(key));
        const wanted = next(kept);
        isChanged = wanted !== kept;
        // Its failure is that of the transaction.
        if (isChanged) void (wanted === undefined ? table.delete(key) : table.put(wanted, key));
        return wanted;
      });
      if (isChanged) tell();
      return value;
    },
    watch(changed) {
      const channel = new BroadcastChannel(channelName);
      channel.onmessage = ({ data }: MessageEvent) => {
        if (data !== sender) changed();
      };
      return () => channel.close();
    },
  };
}

/** Connected for one transaction only: a browser may cut the connections of a page that is in the background. */
async function inTable<T>(
  name: string,
  mode: IDBTransactionMode,
  work: (table: IDBObjectStore) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(name, 1, {
    upgrade: (made) => void made.createObjectStore(TABLE),
    blocked: () => undefined,
    blocking: () => database.close(),
    terminated: () => undefined,
  });
  try {
    const transaction = database.transaction(TABLE, mode, { durability: 'strict' });
    const [answer] = await Promise.all([work(transaction.objectStore(TABLE)), endOf(transaction)]);
    return answer;
  } finally {
    database.close();
  }
}
