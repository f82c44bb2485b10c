// The local tables: what their rows hold, their keys and their indexes.
import type { Body, RemoteRow, RowType } from './resources.js';
import type { RunReport } from './sync-status.js';
import type { ErrorCode, FrozenMutation } from './transport.js';

/** A row as this device has it, with the server's row that it is based on. */
export interface LocalRow {
  type: RowType;
  id: string;
  /** What the person sees; of a deleted row the last words, null when they were never known. */
  body: Body | null;
  status: 'live' | 'deleted';
  /** Grows with every change of `body` or `status` on this device. */
  localRev: number;
  /** When a person edited it last, by the clock of that device, in milliseconds. */
  clientUpdatedAt: number;
  /** The last server-known row, null before the first acknowledgement. */
  base: RemoteRow | null;
  /** A server row that arrived while a mutation of this row was under way: judged with its outcome. */
  theirs: RemoteRow | null;
  /** The reconcile in which the server was last seen to have this row. */
  generation: number;
}

/** A change that the server has not acknowledged. Its words are in the row, or frozen in `inflight`. */
export interface OutboxEntry {
  type: RowType;
  id: string;
  /** The order of sending: given with the first unsent change of the row. */
  seq: number;
  op: 'UPSERT' | 'DELETE';
  /** When it was changed last, in milliseconds. */
  lastUpdated: number;
  retryCount: number;
  deviceId: string;
  /** What was, or may have been, sent: the same bytes go again until their answer is stored. */
  inflight: Inflight | null;
  /** Why it is not sent: it waits for the person. */
  held: 'no' | 'conflict' | 'refused';
  lastError: string | null;
}

/** A mutation that was frozen before it was sent. */
export interface Inflight {
  mutation: FrozenMutation;
  /** The `localRev` that was frozen: an edit made since stays queued. */
  localRev: number;
}

/** How far a feed was read. */
export interface Cursor {
  feed: string;
  since: number;
  lastSuccessAt: number;
  epoch: string;
}

/** Two devices changed one row and no clean merge was found. `mine` is the row itself. */
export interface ConflictRecord {
  type: RowType;
  id: string;
  base: Body | null;
  theirs: RemoteRow;
  detectedAt: number;
}

/** A change that the server will not take as it is. */
export interface RejectedRecord {
  type: RowType;
  id: string;
  code: ErrorCode;
  message: string;
  at: number;
}

/** A file on its way to the server. */
export interface MediaEntry {
  /** Uuid of the media row. */
  id: string;
  contentId: string;
  fileName: string;
  mimeType: string;
  createdAt: number;
  /** Order of sending. */
  seq: number;
  size: number;
  /** Lower-case hexadecimal. */
  sha256: string;
  state: 'waiting' | 'sending' | 'quota' | 'refused';
  mutationId: string;
  uploadUrl: string | null;
  /** Bytes that the server has accepted. */
  offset: number;
  retryCount: number;
  /** Not before this time, in milliseconds. */
  nextAttemptAt: number;
  lastError: string | null;
}

/** A piece of a file, or of a download that is kept. */
export interface BlobPart {
  /** Uuid of the media row. */
  id: string;
  /** From 0. */
  part: number;
  bytes: Uint8Array;
}

/** One run of the engine; a row without a report belongs to a run that is under way or was cut off. */
export interface RunRecord {
  runId: string;
  /** Files go up beside the words: each kind has a lock of its own. */
  kind: 'text' | 'media';
  trigger: string;
  phase: string;
  startedAt: number;
  heartbeatAt: number;
  /** Null while it is under way, and for ever when it crashed and no run came after. */
  report: RunReport | null;
}

/** A line of the activity log. */
export interface LogRecord {
  seq: number;
  at: number;
  event: string;
  detail: Record<string, unknown>;
}

/** A named value of this device: its id, whether backup is on, and what the engine counts. */
export interface Setting {
  name: string;
  value: unknown;
}

export interface Tables {
  rows: LocalRow;
  outbox: OutboxEntry;
  sync_cursors: Cursor;
  conflicts: ConflictRecord;
  rejected: RejectedRecord;
  media: MediaEntry;
  blobs: BlobPart;
  runs: RunRecord;
  log: LogRecord;
  settings: Setting;
}
export type TableName = keyof Tables;

/** The fields that make a table's key, and those of each index. Field names may be paths (`body.createdAt`). */
export interface TableSchema {
  key: readonly string[];
  /** Each ends with what makes it unique. */
  indexes: Readonly<Record<string, readonly string[]>>;
  /** A top-level field that holds bytes; everything else is JSON. */
  bytes?: string;
}

/** Raised with every change of TABLES, and then in stores/migrations.ts; stores carry older ones over and refuse newer ones. */
export const SCHEMA_VERSION = 2;

export const TABLES: Readonly<Record<TableName, TableSchema>> = {
  rows: {
    key: ['type', 'id'],
    indexes: {
      byDate: ['type', 'status', 'body.createdAt', 'id'],
      byJournal: ['type', 'status', 'body.journalId', 'id'],
      byContent: ['type', 'status', 'body.contentId', 'id'],
    },
  },
  outbox: { key: ['type', 'id'], indexes: { inOrder: ['held', 'seq'] } },
  sync_cursors: { key: ['feed'], indexes: {} },
  conflicts: { key: ['type', 'id'], indexes: {} },
  rejected: { key: ['type', 'id'], indexes: {} },
  media: { key: ['id'], indexes: { inOrder: ['state', 'seq'], byContent: ['contentId', 'id'] } },
  blobs: { key: ['id', 'part'], indexes: {}, bytes: 'bytes' },
  runs: { key: ['runId'], indexes: { byStart: ['startedAt', 'runId'] } },
  log: { key: ['seq'], indexes: { byTime: ['at', 'seq'] } },
  settings: { key: ['name'], indexes: {} },
};
