// Takes what was written before the sign-in into the journal of the account.
import { adoptJournal } from '@logdate/client/adopt';
import { whileClosed } from '../journal/journal-tabs.js';
import { openAlone, storeNameOf, type Journal } from '../journal/open-journal.js';

/** How far it is, in rows and files. */
export interface Combined {
  done: number;
  total: number;
}

/**
 * Moves the journal of nobody into this one, and removes it once all of it has arrived. Cut off anywhere, it can be
 * done again: nothing is doubled, and nothing is gone.
 * @param signal ends the waiting for other tabs; what has begun goes on to its end
 * @throws what the storage throws, the reason of the signal
 */
export function combineInto(
  into: Journal,
  signal: AbortSignal,
  onProgress: (combined: Combined) => void,
): Promise<void> {
  return whileClosed(storeNameOf(null), signal, async () => {
    const from = await openAlone(null);
    try {
      await adoptJournal({ from, into, onProgress });
      await from.db.close();
      await from.store.destroy();
    } finally {
      await from.close();
    }
  });
}
