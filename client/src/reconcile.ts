// After the server's database was restored from an older copy: everything is read again from 0, nothing is deleted,
// and what the server has lost is offered to it again.
import type { Engine } from './engine.js';
import { Writer } from './local-edits.js';
import { identical } from './merge.js';
import type { RemoteRow } from './resources.js';
import { loadState, ROW_TABLES, storeState, type RowState } from './row-state.js';
import { adopt, received, type Judging } from './settle.js';
import type { SyncMetadataService } from './sync-metadata-service.js';
import type { ConflictRecord, LocalRow } from './tables.js';

/** A restore moves versions on by 2^32; between two of them fewer are given. */
const RESTORED = 2 ** 31;
const ROWS_AT_ONCE = 500;

/** What a server row means to a device that reconciles. */
export interface Reconciled {
  state: RowState;
  /** The server has the row, but older: what is here goes up again. */
  offer?: 'UPSERT' | 'DELETE';
  /** Words that would be lost: they become a row of their own. */
  copy?: LocalRow;
}

/** A row came while everything is read again. */
export function reconciled(state: RowState, remote: RemoteRow, judging: Judging): Reconciled {
  const { row, entry } = state;
  const { conflict } = state;
  if (row !== null && conflict !== null && remote.version < conflict.theirs.version) {
    const onOlder: LocalRow = { ...row, base: remote, theirs: null, generation: judging.generation };
    return { state: { ...state, row: onOlder, conflict: lost(conflict, remote) } };
  }
  if (row === null || row.base === null) return { state: seen(received(state, remote, judging), judging) };
  if (entry !== null) {
    // What was written after the restore may not come from the base, whose words it then lacks without taking them away.
    const base = isAfterRestore(remote, row.base) ? null : row.base;
    return { state: seen(received({ ...state, row: { ...row, base } }, remote, judging), judging) };
  }
  const { base } = row;
  const based: RowState = { ...state, row: { ...row, base: remote, generation: judging.generation } };
  const same = row.status === remote.status && (remote.body === null || identical(row.type, row.body, remote.body));
  if (same || remote.version === base.version) return { state: based };
  if (remote.version < base.version) return { state: based, offer: row.status === 'deleted' ? 'DELETE' : 'UPSERT' };
  // Written after the restore, perhaps by a device that never saw what is here.
  const isLost = isAfterRestore(remote, base) && row.status === 'live' && remote.body !== null;
  const adopted = adopt(state, remote, judging);
  return isLost ? { state: adopted, copy: row } : { state: adopted };
}

function isAfterRestore(remote: RemoteRow, base: RemoteRow): boolean {
  return remote.version - base.version > RESTORED;
}

/** Also a row that keeps its base, in a conflict or in flight, is one that the server has. */
function seen(state: RowState, { generation }: Judging): RowState {
  return state.row === null ? state : { ...state, row: { ...state.row, generation } };
}

/** Begins and ends a reconcile; the pages between are pulled as ever. */
export class Reconciler {
  constructor(
    private readonly engine: Engine,
    private readonly metadata: SyncMetadataService,
  ) {}

  /** Every feed is read from 0 again. */
  async begin(): Promise<void> {
    await this.engine.store.transaction('write', ['settings', 'sync_cursors'], (transaction) =>
      this.metadata.beginReconcile(transaction),
    );
    this.engine.log('reconcile-began');
  }

  /** Whether pages are read for a reconcile: then `finish` is due when no feed has more. */
  async underWay(): Promise<boolean> {
    return this.engine.store.transaction('read', ['settings'], (transaction) => this.metadata.reconciling(transaction));
  }

  /**
   * Offers again what the server was not seen to have, and ends the reconcile.
   * @returns how many rows are offered
   */
  async finish(): Promise<number> {
    let offered = 0;
    let after: readonly [string, string] | undefined;
    do {
      const batch = await this.#offerMissing(after);
      offered += batch.offered;
      after = batch.last;
    } while (after !== undefined);
    await this.engine.store.transaction('write', ['settings'], (transaction) =>
      this.metadata.endReconcile(transaction),
    );
    this.engine.log('reconcile-ended', { offered });
    this.engine.changed();
    return offered;
  }

  async #offerMissing(
    after: readonly [string, string] | undefined,
  ): Promise<{ offered: number; last: readonly [string, string] | undefined }> {
    const { files } = this.engine;
    return this.engine.store.transaction('write', [...ROW_TABLES, ...(files?.tables ?? [])], async (transaction) => {
      const rows = await transaction.list('rows', { limit: ROWS_AT_ONCE, ...(after && { after }) });
      const writer = await Writer.open(transaction, this.metadata, this.engine);
      const missing = rows.filter(({ base, generation }) => base !== null && generation !== writer.judging.generation);
      for (const { type, id, status } of missing) {
        const before = await loadState(transaction, type, id);
        // A file goes up again from its bytes; where they are elsewhere only, another device has them.
        if (type === 'media' && status === 'live') await files?.uploadAgain(transaction, id, this.engine.newId());
        else if (before.row !== null)
          await storeState(transaction, before, unknownToServer(before, before.row, writer));
      }
      await writer.close();
      const last = rows.at(-1);
      return { offered: missing.length, last: last && ([last.type, last.id] as const) };
    });
  }
}

/** The server has no such row: a change that waits is based on nothing, and a clean row waits again. */
function unknownToServer(state: RowState, row: LocalRow, writer: Writer): RowState {
  const baseless = { ...row, base: null };
  if (state.entry !== null) return { ...state, row: baseless, conflict: state.conflict && lost(state.conflict, null) };
  return writer.queued({ ...state, row: baseless }, baseless, row.status === 'deleted' ? 'DELETE' : 'UPSERT');
}

/** The server has lost this side of a conflict: its words stay to be chosen, with the version of what is there instead. */
function lost(conflict: ConflictRecord, instead: RemoteRow | null): ConflictRecord {
  const theirs = { ...conflict.theirs, version: instead?.version ?? 0, updatedAt: instead?.updatedAt ?? 0 };
  return { ...conflict, theirs };
}
