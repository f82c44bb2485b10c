// Whether somebody who signed in has yet to say what becomes of the entries that were written here before.
import { hasAny, writtenBefore } from './written-before.js';

const DUE = 'logdate-first-backup';

/** Where a person goes who was let in: to the question what becomes of entries of nobody, or to the journal. */
export async function afterEntry(): Promise<'/first-backup' | '/'> {
  // A journal that cannot be counted now is offered in the settings.
  const before = await writtenBefore().catch(() => null);
  if (before === null || !hasAny(before)) return '/';
  localStorage.setItem(DUE, 'yes');
  return '/first-backup';
}

/** Asked at the start: the page may have been closed before the person answered, or in the middle of combining. */
export function isFirstBackupDue(): boolean {
  return localStorage.getItem(DUE) !== null;
}

/** The person answered, or all is combined. */
export function firstBackupAnswered(): void {
  localStorage.removeItem(DUE);
}
