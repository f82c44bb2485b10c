// What a person does on this device: the row and its outbox entry in one local transaction.
import type { Engine } from './engine.js';
import type { FileEdits } from './files-part.js';
import { identical } from './merge.js';
import { associationId, RESOURCES, type Body, type RowType } from './resources.js';
import { loadState, ROW_TABLES, storeState, type RowState } from './row-state.js';
import { judge, type Judging } from './settle.js';
import type { Transaction } from './store.js';
import { savedOnSeen } from './seen.js';
import type { SyncMetadataService } from './sync-metadata-service.js';
import type { LocalRow, OutboxEntry, TableName } from './tables.js';
import { uuidV5 } from './uuid-v5.js';

/** Fields of a row as a person gives them; the ones that are missing stay as they are. */
export interface Edit {
  id: string;
  fields: Partial<Body>;
  /** When a person made it, in milliseconds; missing: now. */
  clientUpdatedAt?: number;
  /** The row as the person had it before them; missing: as it is. */
  seen?: Body | undefined;
}

const OUTBOX_SEQ = 'outbox seq';

/** Saves and deletes rows of this device. Each answers once the change is on disk and queued. */
export class LocalEdits {
  constructor(
    private readonly engine: Engine,
    private readonly metadata: SyncMetadataService,
  ) {}

  /** Creates the rows that are new and changes the others, all or none. Answers them as they are then. */
  save(type: RowType, edits: readonly Edit[]): Promise<RowState[]> {
    return this.#write(ROW_TABLES, async (transaction, writer) => {
      const saved: RowState[] = [];
      for (const edit of edits) {
        const before = await loadState(transaction, type, edit.id);
        const { state, copy } = savedOnSeen(before, type, edit, writer);
        await storeState(transaction, before, state);
        if (copy) await keepCopy(transaction, writer, copy);
        saved.push(state);
      }
      return saved;
    });
  }

  /** Deletes a row; one that was never sent is dropped with its unsent links and files, and nothing is sent. */
  delete(type: RowType, id: string): Promise<void> {
    const { files } = this.engine;
    return this.#write([...ROW_TABLES, ...(files?.tables ?? [])], async (transaction, writer) => {
      if (type === 'media') await files?.deleteFile(transaction, writer, id);
      else await deleteRow(transaction, writer, type, id, files);
    });
  }

  async #write<T>(
    tables: readonly TableName[],
    body: (transaction: Transaction, writer: Writer) => Promise<T>,
  ): Promise<T> {
    let answer: T;
    try {
      answer = await this.engine.store.transaction('write', tables, async (transaction) => {
        const writer = await Writer.open(transaction, this.metadata, this.engine);
        const made = await body(transaction, writer);
        await writer.close();
        return made;
      });
    } catch (error) {
      this.engine.failed(error);
      throw error;
    }
    this.engine.saved();
    return answer;
  }
}

/** Makes the states that edits lead to. Opened and closed inside one transaction: it keeps the order of the outbox. */
export class Writer {
  private constructor(
    private readonly transaction: Transaction,
    private readonly engine: Pick<Engine, 'deviceId'>,
    readonly judging: Judging,
    private lastSeq: number,
  ) {}

  static async open(
    transaction: Transaction,
    metadata: SyncMetadataService,
    engine: Pick<Engine, 'deviceId'>,
  ): Promise<Writer> {
    const lastSeq = await metadata.number(transaction, OUTBOX_SEQ);
    return new Writer(transaction, engine, await metadata.judging(transaction), lastSeq);
  }

  /** Keeps the numbers that were given. */
  async close(): Promise<void> {
    await this.transaction.put('settings', { name: OUTBOX_SEQ, value: this.lastSeq });
  }

  /** The row with `fields` changed, and queued. */
  saved(state: RowState, type: RowType, { id, fields, seen, clientUpdatedAt = this.judging.now }: Edit): RowState {
    const known = state.row?.body ?? seen;
    const body = { createdAt: this.judging.now, ...RESOURCES[type].blank, ...known, ...fields } as Body;
    if (state.row?.status === 'live' && identical(type, body, state.row.body)) return state;
    const unsaved: LocalRow = {
      type,
      id,
      body,
      status: 'live',
      localRev: 0,
      clientUpdatedAt,
      base: null,
      theirs: null,
      generation: 0,
    };
    const row: LocalRow = { ...(state.row ?? unsaved), body, status: 'live', clientUpdatedAt };
    return this.queued(state, row, 'UPSERT');
  }

  /** The row deleted, and queued; gone altogether where the server never heard of it. */
  deleted(state: RowState, row: LocalRow): RowState {
    if (neverSent(state)) return { row: null, entry: null, conflict: null, rejected: null };
    return this.queued(state, { ...row, status: 'deleted', clientUpdatedAt: this.judging.now }, 'DELETE');
  }

  /** The row as it is here, waiting to be sent: one entry a row, which keeps its place and what is in flight. */
  queued(state: RowState, row: LocalRow, op: OutboxEntry['op']): RowState {
    const { entry, conflict } = state;
    const { type, id } = row;
    const held = conflict === null ? 'no' : 'conflict';
    const fresh = { type, id, seq: 0, retryCount: 0, inflight: null, lastError: null };
    const queued: RowState & { row: LocalRow; entry: OutboxEntry } = {
      row: { ...row, localRev: row.localRev + 1 },
      entry: {
        ...(entry ?? { ...fresh, seq: ++this.lastSeq }),
        op,
        held,
        lastUpdated: this.judging.now,
        deviceId: this.engine.deviceId,
      },
      conflict,
      // An edited row is no longer what was refused.
      rejected: null,
    };
    // The edit may have settled the conflict: it may say now what the other device says.
    return conflict === null ? queued : judge(queued, conflict.theirs, this.judging);
  }
}

/** Makes a row of its own of words that would be lost, in the journals of the row they come from. */
export async function keepCopy(transaction: Transaction, writer: Writer, from: LocalRow): Promise<void> {
  const { type, body } = from;
  if (body === null) return;
  const id = uuidV5(from.id, JSON.stringify(RESOURCES[type].fields.map((field) => body[field])));
  await saveNew(transaction, writer, type, id, body);
  const links = await transaction.list('rows', { index: 'byContent', prefix: ['association', 'live', from.id] });
  for (const link of links) {
    const journalId = String(link.body?.['journalId']);
    const fields = { journalId, contentId: id, createdAt: link.body?.['createdAt'] ?? null };
    await saveNew(transaction, writer, 'association', associationId(journalId, id), fields);
  }
}

/** A copy that is there already stays as it is, also when a person has deleted it. */
async function saveNew(transaction: Transaction, writer: Writer, type: RowType, id: string, body: Body): Promise<void> {
  const before = await loadState(transaction, type, id);
  if (before.row === null) await storeState(transaction, before, writer.saved(before, type, { id, fields: body }));
}

async function deleteRow(
  transaction: Transaction,
  writer: Writer,
  type: RowType,
  id: string,
  files: FileEdits | undefined,
): Promise<void> {
  const before = await loadState(transaction, type, id);
  if (before.row === null || before.row.status === 'deleted') return;
  await storeState(transaction, before, writer.deleted(before, before.row));
  if (!neverSent(before)) return;
  await dropLinks(transaction, type, id);
  if (type === 'content') await files?.deleteFilesOf(transaction, writer, id);
}

/** Whether the server cannot have the row: nothing of it was ever under way. */
function neverSent({ row, entry, conflict }: RowState): boolean {
  return row?.base === null && row.theirs === null && entry?.inflight === null && conflict === null;
}

async function dropLinks(transaction: Transaction, type: RowType, id: string): Promise<void> {
  const index = type === 'journal' ? 'byJournal' : 'byContent';
  for (const link of await transaction.list('rows', { index, prefix: ['association', 'live', id] })) {
    const state = await loadState(transaction, 'association', link.id);
    if (!neverSent(state)) continue;
    await storeState(transaction, state, { row: null, entry: null, conflict: null, rejected: null });
  }
}
