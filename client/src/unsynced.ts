// What the server does not have yet.
import type { Changes } from './changes.js';
import { ROW_TYPES } from './resources.js';
import type { RowType } from './resources.js';
import type { LocalStore } from './store.js';

/** Outbox entries that can be sent now; those that wait for the person are not among them. */
export function countSendable(store: LocalStore): Promise<number> {
  return store.transaction('read', ['outbox'], (transaction) =>
    transaction.count('outbox', { index: 'inOrder', prefix: ['no'] }),
  );
}

/** Whether the row, or without one anything, is not on the server as it is here. */
export function isUnsynced(store: LocalStore, row?: { type?: RowType; id: string }): Promise<boolean> {
  return store.transaction('read', ['outbox', 'media'], async (transaction) => {
    if (row === undefined) return (await transaction.count('outbox')) + (await transaction.count('media')) > 0;
    for (const type of row.type === undefined ? ROW_TYPES : [row.type]) {
      if ((await transaction.get('outbox', [type, row.id])) !== undefined) return true;
    }
    return (await transaction.get('media', [row.id])) !== undefined;
  });
}

/**
 * Waits until the server has it, whoever sent it. What was refused, or needs a decision, is waited for.
 * Throws the reason of the first signal that is aborted.
 */
export async function whenSynced(
  store: LocalStore,
  changes: Changes,
  row: { type?: RowType; id: string } | undefined,
  signals: readonly AbortSignal[],
): Promise<void> {
  for (;;) {
    for (const signal of signals) signal.throwIfAborted();
    const seen = changes.count;
    if (!(await isUnsynced(store, row))) return;
    await changes.after(seen, signals);
  }
}
