// Takes what was written before the sign-in into the journal of the account.
import { adoptJournal, forgetAdopted } from '@logdate/client/adopt';
import { whileClosed } from '../journal/journal-tabs.js';
import { openAlone, type Journal } from '../journal/open-journal.js';
import { storeNameOf } from '../journal/store-name.js';

/** How far it is, in rows and files. */
export interface Combined {
  done: number;
  total: number;
}

/**
 * Moves the journal of nobody into this one, and removes it once all of it has arrived. Cut off anywhere, it can be
 * done again: nothing is doubled, and nothing is gone.
 * @param signal ends the waiting for other tabs; what has begun goes on to its end
 * @returns how many files are not whole on this device: for their sake the journal of nobody was not removed
 * @throws what the storage throws, the reason of the signal
 */
export function combineInto(
  into: Journal,
  signal: AbortSignal,
  onProgress: (combined: Combined) => void,
): Promise<number> {
  return whileClosed(storeNameOf(null), signal, async () => {
    const from = await openAlone(null);
    const { damaged } = await adoptJournal({ from, into, onProgress }).catch(async (error: unknown) => {
      await from.close();
      throw error;
    });
    // What removes the store closes it too.
    if (damaged.length === 0) await from.db.signOut({ unsynced: 'delete' });
    else await from.close();
    if (damaged.length === 0) await forgetAdopted(into.store);
    return damaged.length;
  });
}
