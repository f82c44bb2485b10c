// A decision that is not finished is on this device's disk: what was chosen and typed survives a reload.
import type { LocalStore, RowType } from '@logdate/client';
import type { Decision } from './decision.js';

/** The decision that was begun about a row, undefined where none was. */
export function keptDecision(store: LocalStore, type: RowType, id: string): Promise<Decision | undefined> {
  return store.transaction('read', ['settings'], async (transaction) => {
    const setting = await transaction.get('settings', [nameOf(type, id)]);
    // Written by keepDecision alone.
    return setting?.value as Decision | undefined;
  });
}

/** Keeps a decision, or with null forgets it. */
export function keepDecision(store: LocalStore, type: RowType, id: string, decision: Decision | null): Promise<void> {
  const name = nameOf(type, id);
  return store.transaction('write', ['settings'], (transaction) =>
    decision === null ? transaction.delete('settings', [name]) : transaction.put('settings', { name, value: decision }),
  );
}

function nameOf(type: RowType, id: string): string {
  return `decision ${type} ${id}`;
}
