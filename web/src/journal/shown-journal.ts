// The journal that this tab shows: that of the account, opened anew when another account takes its place.
import { effect, signal, type ReadonlySignal } from '@preact/signals';
import { saveLeftText } from '../editor/left-text.js';
import { saveUnsaved } from '../frame/unsaved-text.js';
import { takeOverLocalStorage } from './earlier-storage.js';
import { openJournal, type Journal } from './open-journal.js';
import { account, recallAccount, type Account } from './remembered.js';

/** What there is to show. */
export type Shown =
  | { state: 'opening' }
  /** As opening, until an older version of the app lets go in another tab. */
  | { state: 'blocked' }
  | { state: 'open'; journal: Journal }
  | { state: 'failed'; error: unknown };

const current = signal<Shown>({ state: 'opening' });

/** Follows the account, also when another tab signs in or out. */
export const shown: ReadonlySignal<Shown> = current;

/** One change after the other: two journals are never open at once. */
let underWay: Promise<void> = Promise.resolve();

/** Opens the journal of the account, and from then on of whoever takes its place. */
export function showJournals(): void {
  underWay = start();
}

/** Opens again after something was in the way, as a full device. */
export function tryAgain(): void {
  underWay = isFollowing ? change(account.peek(), underWay) : start();
}

let isFollowing = false;

/** Nothing is shown before it is known whose journal it is: that of nobody would look as if everything were gone. */
async function start(): Promise<void> {
  current.value = { state: 'opening' };
  try {
    await takeOverLocalStorage();
    await recallAccount();
  } catch (error) {
    current.value = { state: 'failed', error };
    return;
  }
  isFollowing = true;
  effect(() => {
    underWay = change(account.value, underWay);
  });
}

async function change(next: Account | null, before: Promise<void>): Promise<void> {
  await before;
  await close(current.peek());
  try {
    const journal = await openJournal(next, () => (current.value = { state: 'blocked' }));
    await saveLeftText(journal);
    current.value = { state: 'open', journal };
  } catch (error) {
    current.value = { state: 'failed', error };
  }
}

async function close(before: Shown): Promise<void> {
  await saveUnsaved();
  current.value = { state: 'opening' };
  // A journal that was signed out and deleted is closed already.
  if (before.state === 'open') await before.journal.close().catch(() => undefined);
}
