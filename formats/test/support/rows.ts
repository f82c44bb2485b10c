// Rows as a store has them.
import type { Body, LocalRow, RowType } from '@logdate/client';
import type { LiveRow, Snapshot } from '../../src/snapshot.js';

export const USER = '0b8f2f3e-9a57-4c8e-9b51-0d1c2e3f4a5b';

/** A row as a store has it after it was acknowledged. */
export function rowOf(type: RowType, id: string, body: Body | null, clientUpdatedAt = 0): LocalRow {
  return {
    type,
    id,
    body,
    status: body === null ? 'deleted' : 'live',
    localRev: 1,
    clientUpdatedAt,
    base: null,
    theirs: null,
    generation: 0,
  };
}

/** Rows as a snapshot lists them. */
export function snapshotOf(rows: LocalRow[]): Snapshot {
  const live = <B>(type: RowType): LiveRow<B>[] =>
    rows
      .filter((row) => row.type === type && row.status === 'live')
      .map((row) => ({ id: row.id, body: row.body as unknown as B, row }));
  return { journals: live('journal'), entries: live('content'), links: live('association'), media: live('media') };
}
