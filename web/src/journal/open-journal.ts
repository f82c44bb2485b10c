// Opens the journal of an account, or of nobody: what is written before the first sign-in.
import type { LocalStore, LogDate, SyncStatus } from '@logdate/client';
import { graphqlTransport, openLogDate } from '@logdate/client';
import { indexedDbStore } from '@logdate/client/indexeddb';
import { httpMediaTransport, sendFiles } from '@logdate/client/media';
import { mergeSentences } from '@logdate/client/merge-sentences';
import { pokes } from '@logdate/client/pokes';
import { signal, type ReadonlySignal } from '@preact/signals';
import { openedHere } from './journal-tabs.js';
import { nobody } from './nobody.js';
import { deviceId, type Account } from './remembered.js';
import { SERVER, session } from './session.js';
import { storeNameOf } from './store-name.js';
import { supersedable } from './superseded-store.js';

/** A journal that is open in this tab. */
export interface Journal {
  /** Null: written before any sign-in. */
  account: Account | null;
  db: LogDate;
  store: LocalStore;
  status: ReadonlySignal<SyncStatus>;
  /** Grows whenever rows may have changed, by this tab, another one or the server. */
  revision: ReadonlySignal<number>;
  /** Whether a newer version of the app, in another tab, has taken the storage over: this tab saves nothing any more. */
  superseded: ReadonlySignal<boolean>;
  close(): Promise<void>;
}

/**
 * @param blocked an older version of the app, in another tab, has the storage and does not let go yet
 * @throws NewerStoreError where a newer version of the app wrote it, StoreLostError where the browser has no storage
 */
export async function openJournal(account: Account | null, blocked: () => void): Promise<Journal> {
  const closedHere = await openedHere(storeNameOf(account));
  try {
    const journal = await openAlone(account, blocked);
    return { ...journal, close: () => journal.close().finally(closedHere) };
  } catch (error) {
    closedHere();
    throw error;
  }
}

/** As `openJournal`, for who makes sure that no tab has it open: `whileClosed`. */
export async function openAlone(account: Account | null, blocked: () => void = () => undefined): Promise<Journal> {
  const auth = await session();
  const name = storeNameOf(account);
  const { store, superseded } = supersedable(indexedDbStore(name, { blocked }));
  const server = { url: SERVER, auth, ...(account && { userId: account.id }) };
  const db = await openLogDate({
    name,
    store,
    auth: account === null ? nobody : auth,
    deviceId: await deviceId(),
    transport: graphqlTransport({ ...server, pokes: pokes() }),
    files: sendFiles({ transport: httpMediaTransport(server) }),
    mergeText: mergeSentences,
  });
  const status = signal(db.sync.status.get());
  const revision = signal(0);
  const stops = [db.sync.status.subscribe((next) => (status.value = next)), db.onChange(() => (revision.value += 1))];
  return {
    account,
    db,
    store,
    status,
    revision,
    superseded,
    async close() {
      for (const stop of stops) stop();
      await db.close();
    },
  };
}
