// What was typed in the last moments before a page went away. The storage of the journal needs longer than a page has
// left then; this one keeps it at once, and the next start of the app saves it as the entry.
import type { Journal } from '../journal/open-journal.js';
import { storeNameOf } from '../journal/store-name.js';
import type { UnsavedDraft } from './draft.js';
import { saveEntry } from './save-entry.js';

interface LeftText extends UnsavedDraft {
  id: string;
  /** When it was left, in milliseconds. */
  at: number;
}

const PREFIX = 'logdate-left';
/** Two tabs that write one entry each keep their own. */
const page = crypto.randomUUID();

/** Keeps what is typed, or with null forgets it. @returns false where the browser has no room for it */
export function leaveText({ account }: Journal, id: string, unsaved: UnsavedDraft | null): boolean {
  const name = `${PREFIX}:${storeNameOf(account)}:${id}:${page}`;
  try {
    if (unsaved === null) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify({ ...unsaved, id, at: Date.now() } satisfies LeftText));
    return true;
  } catch {
    // It was a second net: the text is on the screen, which says that it is not saved.
    return false;
  }
}

/** Saves what an earlier page of this journal left; what cannot be saved stays for the next start. */
export async function saveLeftText({ account, db }: Pick<Journal, 'account' | 'db'>): Promise<void> {
  const mine = `${PREFIX}:${storeNameOf(account)}:`;
  for (const name of Object.keys(localStorage).filter((key) => key.startsWith(mine))) {
    try {
      const { id, at, typed, seen } = JSON.parse(localStorage.getItem(name) ?? '') as LeftText;
      await saveEntry(db, { ...typed, id, clientUpdatedAt: at }, seen);
      localStorage.removeItem(name);
    } catch {
      // The editor shows why, as soon as something is typed.
    }
  }
}
