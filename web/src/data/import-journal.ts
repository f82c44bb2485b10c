// The import itself: it runs in a worker, so that the page can be read and written in meanwhile.
import type { LocalStore, LogDate } from '@logdate/client';
import type { ImportItems } from '@logdate/formats/import/items';
import { openImport, type OpenImport } from '@logdate/formats/import/open-import';
import { planImport, readPresent, type PresentRows } from '@logdate/formats/import/plan';
import { writeImport } from '@logdate/formats/import/write-import';
import { IMPORT_KINDS, type Imported, type ImportKind, type WorkProgress } from './journal-work.js';

/** Where an import is written. */
export interface ImportTarget {
  db: Pick<LogDate, 'journals' | 'content' | 'associations' | 'media'>;
  store: LocalStore;
  /** The account, or null: nobody is signed in. */
  userId: string | null;
  deviceId: string;
}

interface Opened extends OpenImport {
  present: PresentRows;
}

/**
 * Writes what a ZIP brings and the journal lacks. It can be cut off anywhere and done again: ids follow from the ZIP.
 * @param signal ends it between two steps; what was written stays
 * @throws ImportError when nothing can be read, StoreFullError
 */
export async function importJournal(
  file: File,
  target: ImportTarget,
  onProgress: (progress: WorkProgress) => void,
  signal: AbortSignal,
): Promise<Imported> {
  const { items, present, close } = await openKnown(file, target);
  try {
    const plan = planImport(items, present);
    const written = { journals: 0, entries: 0, links: 0, files: 0 };
    for (const what of IMPORT_KINDS) onProgress({ what, done: 0, total: plan[what].length });
    const outcome = await unlessCancelled(signal, () =>
      writeImport(target.db, plan, (progress) => {
        written[progress.what] = progress.done;
        onProgress(progress);
        signal.throwIfAborted();
      }),
    );
    const { unchanged, editedHere, editedEntries, deletedHere } = plan;
    return {
      written: withoutBroken(written, outcome?.broken ?? []),
      wasCancelled: outcome === undefined,
      unchanged,
      editedHere,
      editedEntries,
      deletedHere,
      leftOut: items.leftOut,
      broken: [...items.broken, ...(outcome?.broken ?? [])],
    };
  } finally {
    await close();
  }
}

/**
 * Under the ids that its rows have here: those of the account, or those of this device where it was imported before
 * the sign-in, so that it does not come in twice.
 */
async function openKnown(file: File, { store, userId, deviceId }: ImportTarget): Promise<Opened> {
  const openAs = async (owner: string): Promise<Opened> => {
    const opened = await openImport(file, owner);
    return { ...opened, present: await readPresent(store, opened.items) };
  };
  const first = await openAs(userId ?? deviceId);
  if (userId === null || isKnown(first)) return first;
  const earlier = await openAs(deviceId);
  const [known, other] = isKnown(earlier) ? [earlier, first] : [first, earlier];
  await other.close();
  return known;
}

function isKnown({ items, present }: { items: ImportItems; present: PresentRows }): boolean {
  return items.entries.some(({ id }) => present.get('content', id) !== undefined);
}

/** Undefined when the signal ended it. */
async function unlessCancelled<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
  try {
    signal.throwIfAborted();
    return await work();
  } catch (error) {
    if (signal.aborted && error === signal.reason) return undefined;
    throw error;
  }
}

/** Files that could not be read were counted as done. */
function withoutBroken(written: Record<ImportKind, number>, broken: readonly string[]): Record<ImportKind, number> {
  return { ...written, files: written.files - broken.length };
}
