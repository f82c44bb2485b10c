// Everything that is stored of one row, read and written as one.
import type { RowType } from './resources.js';
import type { Transaction } from './store.js';
import type { ConflictRecord, LocalRow, OutboxEntry, RejectedRecord, TableName } from './tables.js';

export interface RowState {
  row: LocalRow | null;
  entry: OutboxEntry | null;
  conflict: ConflictRecord | null;
  rejected: RejectedRecord | null;
}

/** The tables that a change of a row may touch: a transaction that settles rows names all of them. */
export const ROW_TABLES = [
  'rows',
  'outbox',
  'conflicts',
  'rejected',
  'settings',
  'sync_cursors',
] as const satisfies readonly TableName[];

/** Reads a row's state. The reads of several rows may go side by side. */
export async function loadState(transaction: Transaction, type: RowType, id: string): Promise<RowState> {
  const key = [type, id];
  const [row, entry] = await Promise.all([transaction.get('rows', key), transaction.get('outbox', key)]);
  // Only what is held has a record beside it.
  const held = entry?.held ?? 'no';
  const conflict = held === 'conflict' ? await transaction.get('conflicts', key) : null;
  const rejected = held === 'refused' ? await transaction.get('rejected', key) : null;
  return { row: row ?? null, entry: entry ?? null, conflict: conflict ?? null, rejected: rejected ?? null };
}

/** Writes what differs between two states of one row. */
export async function storeState(transaction: Transaction, before: RowState, after: RowState): Promise<void> {
  const { type, id } = (after.row ?? before.row) as LocalRow;
  const writes: Promise<void>[] = [];
  const write = <T extends 'rows' | 'outbox' | 'conflicts' | 'rejected'>(
    table: T,
    old: unknown,
    now: Parameters<typeof transaction.put<T>>[1] | null,
  ): void => {
    if (now === old) return;
    writes.push(now === null ? transaction.delete(table, [type, id]) : transaction.put(table, now));
  };
  write('rows', before.row, after.row);
  write('outbox', before.entry, after.entry);
  write('conflicts', before.conflict, after.conflict);
  write('rejected', before.rejected, after.rejected);
  await Promise.all(writes);
}
