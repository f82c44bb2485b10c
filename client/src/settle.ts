// What becomes of a row when the server says something about it: pure judgement, no storage, no clock.
//
//            edit                 freeze                     APPLIED, DUPLICATE, own echo
//   clean ────────► pending ────────────► in flight ──┬──────────────────────────────────► clean (or pending: edited since)
//     ▲                ▲  ▲                           ├─ CONFLICT ─► merge ─ clean ──────► pending, based on theirs
//     │ theirs, same   │  └─ person decides ── held ◄─┴─ REJECTED      └─ not clean ─────► held: conflict
//     └────────────────┘
import type { MergeText } from './engine.js';
import { identical, mergeBodies } from './merge.js';
import { sameBody, type RemoteRow } from './resources.js';
import type { RowState } from './row-state.js';
import type { LocalRow, OutboxEntry } from './tables.js';
import type { FrozenMutation, Outcome } from './transport.js';

/** What the judgement needs beside the row. */
export interface Judging {
  now: number;
  /** Of the reconcile that was last begun: rows the server was seen to have carry it. */
  generation: number;
  mergeText?: MergeText | undefined;
}

/** A state that has a row and a change that waits. */
interface Pending extends RowState {
  row: LocalRow;
  entry: OutboxEntry;
}

/** A row came in a feed. What is known already changes nothing. */
export function remoteArrived(state: RowState, remote: RemoteRow, judging: Judging): RowState {
  const base = state.row?.base;
  if (base && remote.updatedAt < base.updatedAt) return state;
  // The same stamp by another mutation: a create that found its own words there, with times that another device gave.
  if (base && remote.updatedAt === base.updatedAt && remote.mutationId === base.mutationId) return state;
  return received(state, remote, judging);
}

/** As remoteArrived, for a caller that knows the row to be news. */
export function received(state: RowState, remote: RemoteRow, judging: Judging): RowState {
  const { row } = state;
  if (!isPending(state)) return adopt(state, remote, judging);
  const { inflight } = state.entry;
  if (inflight === null) return judge(state, remote, judging);
  if (inflight.mutation.mutationId === remote.mutationId) return acknowledge(state, remote, judging);
  return row?.theirs && row.theirs.updatedAt >= remote.updatedAt
    ? state
    : { ...state, row: { ...state.row, theirs: remote } };
}

/** The server answered a mutation. An answer to anything but the mutation in flight changes nothing. */
export function outcomeArrived(state: RowState, outcome: Outcome, judging: Judging): RowState {
  if (!isPending(state) || state.entry.inflight?.mutation.mutationId !== outcome.mutationId) return state;
  const { mutation } = state.entry.inflight;
  switch (outcome.status) {
    case 'APPLIED':
    case 'DUPLICATE':
      return acknowledge(state, written(mutation, outcome, state.entry.deviceId), judging, outcome.current);
    case 'CONFLICT':
      return conflicted(state, outcome.current, judging);
    case 'REJECTED':
      // 404 on an update: as a remote delete.
      if (outcome.code === 'NOT_FOUND' && state.row.base !== null) return conflicted(state, null, judging);
      return refuse(state, outcome, judging);
  }
}

/** The row as the server had it the moment it applied a mutation. */
function written(mutation: FrozenMutation, { version, updatedAt }: Outcome, deviceId: string): RemoteRow {
  return {
    type: mutation.type,
    id: mutation.id,
    status: mutation.op === 'DELETE' ? 'deleted' : 'live',
    body: mutation.body,
    version: version ?? 0,
    updatedAt: updatedAt ?? 0,
    clientUpdatedAt: mutation.clientUpdatedAt,
    deviceId,
    mutationId: mutation.mutationId,
  };
}

/** The mutation in flight is applied as `applied`; what was edited since stays queued, what came since is judged. */
function acknowledge(state: Pending, applied: RemoteRow, judging: Judging, current: RemoteRow | null = null): RowState {
  const { row, entry } = state;
  const edited = row.localRev !== entry.inflight?.localRev;
  const settled: RowState = {
    ...state,
    row: based({ ...row, theirs: null }, applied, judging),
    entry: edited ? { ...entry, inflight: null, retryCount: 0, lastError: null } : null,
  };
  const newest = newer(row.theirs, current);
  return newest === null ? settled : remoteArrived(settled, newest, judging);
}

function conflicted(state: Pending, current: RemoteRow | null, judging: Judging): RowState {
  const { row, entry } = state;
  const waiting: Pending = { ...state, row: { ...row, theirs: null }, entry: { ...entry, inflight: null } };
  const theirs = newer(row.theirs, current);
  // The server has no such row: it is offered as a new one.
  if (theirs === null) return { ...waiting, row: { ...waiting.row, base: null } };
  return judge(waiting, theirs, judging);
}

function refuse(state: Pending, { code, message }: Outcome, judging: Judging): RowState {
  const { row, entry, rejected } = state;
  const edited = row.localRev !== entry.inflight?.localRev;
  const because = message ?? 'The server gave no reason';
  const waiting: Pending = {
    ...state,
    row: { ...row, theirs: null },
    // Edited since: what was refused is not what would be sent now.
    entry: { ...entry, inflight: null, held: edited ? 'no' : 'refused', lastError: because },
    rejected: edited
      ? rejected
      : { type: row.type, id: row.id, code: code ?? 'BAD_USER_INPUT', message: because, at: judging.now },
  };
  return row.theirs === null ? waiting : judge(waiting, row.theirs, judging);
}

/** A change that waits meets a row of the server that it is not based on. */
export function judge(
  state: RowState & { row: LocalRow; entry: OutboxEntry },
  theirs: RemoteRow,
  judging: Judging,
): RowState {
  const { row, entry } = state;
  const { base } = row;
  const onTop = (): RowState => ({ ...release(state), row: based(row, theirs, judging) });
  // Restamped only, or older than the base: the database was restored, and what is known here is newer.
  if (base && theirs.version <= base.version) return { ...state, row: based(row, theirs, judging) };
  if (entry.op === 'DELETE') {
    const unchanged = base?.status === 'live' && sameBody(row.type, base.body, theirs.body);
    // An edit beats a delete, but nobody edits a file: its row changes when its bytes arrive. Two deletes are one.
    const stands = theirs.status === 'live' && (unchanged || row.type === 'media');
    return stands ? onTop() : adopt(state, theirs, judging);
  }
  // An edit beats a delete: it is sent again, knowing the tombstone.
  if (theirs.status === 'deleted' || theirs.body === null || row.body === null) return onTop();
  const merged = mergeBodies(row.type, base?.body ?? null, row.body, theirs.body, judging.mergeText);
  if (merged === undefined) {
    return {
      ...state,
      entry: { ...entry, held: 'conflict' },
      conflict: { type: row.type, id: row.id, base: base?.body ?? null, theirs, detectedAt: judging.now },
      rejected: null,
    };
  }
  if (identical(row.type, merged, theirs.body)) return adopt(state, theirs, judging);
  const changed = !identical(row.type, merged, row.body);
  const next = changed ? { ...row, body: merged, localRev: row.localRev + 1 } : row;
  return { ...release(state), row: based(next, theirs, judging) };
}

/** The row becomes as the server has it; nothing waits any more. */
export function adopt(state: RowState, remote: RemoteRow, judging: Judging): RowState {
  const { row } = state;
  const next: LocalRow = {
    type: remote.type,
    id: remote.id,
    // A tombstone has no words: the last ones stay with the row.
    body: remote.body ?? row?.body ?? null,
    status: remote.status,
    localRev: (row?.localRev ?? 0) + 1,
    clientUpdatedAt: remote.clientUpdatedAt,
    base: remote,
    theirs: null,
    generation: judging.generation,
  };
  return { row: next, entry: null, conflict: null, rejected: null };
}

/** The entry may be sent, unless it was refused as it is. */
function release(state: RowState & { entry: OutboxEntry }): RowState {
  const held = state.entry.held === 'refused' ? 'refused' : 'no';
  return { ...state, entry: { ...state.entry, held }, conflict: null };
}

function based(row: LocalRow, base: RemoteRow, { generation }: Judging): LocalRow {
  return { ...row, base, generation };
}

function newer(one: RemoteRow | null, other: RemoteRow | null): RemoteRow | null {
  if (one === null || other === null) return one ?? other;
  return one.updatedAt > other.updatedAt ? one : other;
}

function isPending(state: RowState): state is Pending {
  return state.row !== null && state.entry !== null;
}
