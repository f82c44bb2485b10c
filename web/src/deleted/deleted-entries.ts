// Entries that were deleted and whose last words this device still has.
import type { Journal } from '../journal/open-journal.js';

/** A deleted entry, as it was. Times are milliseconds since 1970. */
export interface DeletedEntry {
  id: string;
  /** Its last words; empty where it had none. */
  text: string;
  createdAt: number;
  deletedAt: number;
}

/** The entries that can be restored here, the last deleted first. */
export async function deletedEntries({ store }: Pick<Journal, 'store'>): Promise<DeletedEntry[]> {
  const tombstones = await store.transaction('read', ['rows'], (transaction) =>
    transaction.list('rows', { index: 'byDate', prefix: ['content', 'deleted'] }),
  );
  return tombstones
    .map(({ id, body, clientUpdatedAt }) => ({
      id,
      text: String(body?.['content'] ?? '').trim(),
      createdAt: Number(body?.['createdAt'] ?? clientUpdatedAt),
      deletedAt: clientUpdatedAt,
    }))
    .sort((one, other) => other.deletedAt - one.deletedAt);
}

/** Brings an entry back with its last words; its journals and files are those that it had. */
export async function restoreEntry({ db }: Pick<Journal, 'db'>, id: string): Promise<void> {
  await db.content.save({ id });
}
