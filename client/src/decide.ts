// What a person decides about a change that could not be merged, or that the server refused.
import type { Engine } from './engine.js';
import { keepCopy, Writer } from './local-edits.js';
import { identical } from './merge.js';
import type { Conflict, Resolution } from './log-date.js';
import type { RemoteRow, RowType } from './resources.js';
import { loadState, ROW_TABLES, storeState, type RowState } from './row-state.js';
import { adopt } from './settle.js';
import type { SyncMetadataService } from './sync-metadata-service.js';
import type { ConflictRecord, LocalRow, OutboxEntry, RejectedRecord } from './tables.js';

/** Lists and settles what waits for the person. All of it is local and instant. */
export class Decisions {
  constructor(
    private readonly engine: Engine,
    private readonly metadata: SyncMetadataService,
  ) {}

  async conflicts(): Promise<Conflict[]> {
    return this.engine.store.transaction('read', ['conflicts', 'rows'], async (transaction) => {
      const records = await transaction.list('conflicts');
      const rows = await Promise.all(records.map(({ type, id }) => transaction.get('rows', [type, id])));
      return records.map((record, index) => ({
        ...record,
        mine: rows[index]?.status === 'live' ? rows[index].body : null,
        theirsVersion: record.theirs.version,
      }));
    });
  }

  async refused(): Promise<RejectedRecord[]> {
    return this.engine.store.transaction('read', ['rejected'], (transaction) => transaction.list('rejected'));
  }

  /**
   * Settles a conflict.
   * @returns `changed-meanwhile`, and nothing is changed, where the person has not seen the other side as it is now
   */
  async resolve(
    type: RowType,
    id: string,
    resolution: Resolution,
    theirsVersion: number,
  ): Promise<'resolved' | 'changed-meanwhile'> {
    const answer = await this.engine.store.transaction('write', ROW_TABLES, async (transaction) => {
      const before = await loadState(transaction, type, id);
      const { row, entry, conflict } = before;
      if (row === null || entry === null || conflict?.theirs.version !== theirsVersion) return 'changed-meanwhile';
      const writer = await Writer.open(transaction, this.metadata, this.engine);
      await storeState(transaction, before, resolved({ ...before, row, entry, conflict }, resolution, writer));
      if (resolution === 'both') await keepCopy(transaction, writer, row);
      await writer.close();
      return 'resolved';
    });
    this.engine.saved();
    return answer;
  }

  /** Sends a refused change again, as it is now. */
  async retry(type: RowType, id: string): Promise<void> {
    const { files, store } = this.engine;
    if (type === 'media' && files) {
      await store.transaction('write', files.tables, (transaction) => files.retryUpload(transaction, id));
    }
    await this.#change(type, id, (state) =>
      state.entry === null ? state : { ...state, entry: { ...state.entry, held: 'no' }, rejected: null },
    );
  }

  /** Gives a refused change up: the row becomes as the server has it, or goes where the server has none. */
  async discard(type: RowType, id: string): Promise<void> {
    await this.#change(type, id, (state, writer) => {
      const { row, entry } = state;
      if (row === null || entry === null || entry.inflight !== null) return state;
      if (row.base === null) return { row: null, entry: null, conflict: null, rejected: null };
      return adopt(state, row.base, writer.judging);
    });
  }

  async #change(type: RowType, id: string, to: (state: RowState, writer: Writer) => RowState): Promise<void> {
    await this.engine.store.transaction('write', ROW_TABLES, async (transaction) => {
      const before = await loadState(transaction, type, id);
      if (before.entry?.held !== 'refused') return;
      const writer = await Writer.open(transaction, this.metadata, this.engine);
      await storeState(transaction, before, to(before, writer));
    });
    this.engine.saved();
  }
}

type InConflict = RowState & { row: LocalRow; entry: OutboxEntry; conflict: ConflictRecord };

function resolved(state: InConflict, resolution: Resolution, writer: Writer): RowState {
  const { row, conflict } = state;
  const { theirs } = conflict;
  if (resolution === 'theirs' || resolution === 'both') {
    const adopted = adopt(state, theirs, writer.judging);
    if (!isLost(theirs, row) || adopted.row === null) return adopted;
    return writer.queued(adopted, { ...adopted.row, base: row.base }, 'UPSERT');
  }
  const body = resolution === 'mine' ? row.body : resolution.merged;
  const base = isLost(theirs, row) ? row.base : theirs;
  if (identical(row.type, body, base?.body ?? null)) return adopt(state, base ?? theirs, writer.judging);
  return writer.queued({ ...state, conflict: null }, { ...row, body, base }, 'UPSERT');
}

/** Whether the server was restored to before this side of a conflict, which carries the version of what it has instead. */
function isLost(theirs: RemoteRow, { base }: LocalRow): boolean {
  return theirs.version === (base?.version ?? 0);
}
