/** Runs in a page: writes entries into the journal of nobody with the library that the app writes with. */
import { openLogDate, type Auth, type Transport } from '@logdate/client';
import { indexedDbStore } from '@logdate/client/indexeddb';

const STORE = 'logdate-nobody';
/** Entries of one transaction. */
const BATCH = 1000;

const nobody: Auth = {
  signedIn: {
    get: () => false,
    subscribe(listener) {
      listener(false);
      return () => undefined;
    },
  },
  signOut: () => Promise.resolve(),
};

const noServer: Transport = {
  push: () => Promise.reject(new Error('Nobody is signed in')),
  pull: () => Promise.reject(new Error('Nobody is signed in')),
};

async function writeEntries(count: number): Promise<void> {
  const db = await openLogDate({
    name: STORE,
    store: indexedDbStore(STORE),
    auth: nobody,
    transport: noServer,
    automatic: false,
  });
  const now = Date.now();
  for (let at = 0; at < count; at += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, count - at) }, (_, index) => ({
      content: `Entry ${at + index}. ${'It rained all day, and we read. '.repeat(12)}`,
      createdAt: now - (at + index) * 3_600_000,
    }));
    await db.content.saveAll(rows);
  }
  await db.close();
}

Object.assign(globalThis, { writeEntries });
