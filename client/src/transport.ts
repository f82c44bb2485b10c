// What the engine needs of the server. GraphQL is one way; a test may be another.
import type { Body, RemoteRow, RowType } from './resources.js';

/** Exactly one of them, as in the protocol. */
export type VersionConstraint = { known: number } | { absent: true } | { none: true };

/** A write of one row as it goes to the server: made once, sent until it is answered. */
export interface FrozenMutation {
  /** Uuid. */
  mutationId: string;
  type: RowType;
  id: string;
  op: 'UPSERT' | 'DELETE';
  /** Null for DELETE. */
  body: Body | null;
  clientUpdatedAt: number;
  version: VersionConstraint;
}

export interface PushRequest {
  deviceId: string;
  /** The epoch that this device knows, null before its first page. */
  epoch: string | null;
  /** At most 500. */
  mutations: readonly FrozenMutation[];
}

/** What became of one mutation. */
export interface Outcome {
  mutationId: string;
  status: 'APPLIED' | 'DUPLICATE' | 'CONFLICT' | 'REJECTED';
  /** APPLIED, DUPLICATE: the version that this mutation gave the row. */
  version: number | null;
  /** APPLIED, DUPLICATE: its place in the feed. */
  updatedAt: number | null;
  code: ErrorCode | null;
  message: string | null;
  /** DUPLICATE, CONFLICT: the row as it is now, null if there is none. */
  current: RemoteRow | null;
}

export interface PushResult {
  /** One for each mutation, in order. */
  outcomes: Outcome[];
  epoch: string;
  serverTime: number;
}

/** One page of one feed: live rows and tombstones together, in stamp order. */
export interface ChangePage {
  rows: RemoteRow[];
  /** The next `since`. */
  lastTimestamp: number;
  hasMore: boolean;
  /** Rows after this page. */
  remaining: number;
  epoch: string;
  serverTime: number;
}

export interface PullRequest {
  /** The cursor of each feed that is read. */
  since: Partial<Record<RowType, number>>;
  /** Rows a page, 1 to 1,000. */
  limit: number;
  /** False only for a device that holds nothing yet. */
  withDeletions: boolean;
}

/** The way to the server for words. Each call throws TransportError and nothing else but an abort. */
export interface Transport {
  push(request: PushRequest, signal: AbortSignal): Promise<PushResult>;
  /** One request for all feeds asked for. */
  pull(request: PullRequest, signal: AbortSignal): Promise<Partial<Record<RowType, ChangePage>>>;
  /**
   * Calls `onPoke` when another device wrote, and `onConnected`, or `onPoke` without it, whenever the line is there, again or
   * at first, until the answer is called. Missing: the engine polls only.
   */
  listen?(onPoke: () => void, onConnected?: () => void): () => void;
}

/** Codes of the server's catalogue, and what has none. */
export type ErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'BAD_USER_INPUT'
  | 'CONFLICT'
  | 'EPOCH_CHANGED'
  | 'DIGEST_MISMATCH'
  | 'TOO_LARGE'
  | 'QUOTA_EXCEEDED'
  | 'RATE_LIMITED'
  | 'UNAVAILABLE'
  | 'INTERNAL'
  /** No answer, a cut one, or one that is not the server's (a captive portal). */
  | 'NO_ANSWER'
  /** Nobody is signed in on this device, or the session was ended. */
  | 'SIGNED_OUT';

/** A request that was not answered as asked. Decide by `code`, never by the message. */
export class TransportError extends Error {
  override name = 'TransportError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: {
      /** Milliseconds that the server asks to wait. */
      retryAfterMs?: number;
      /** The limit in bytes, of TOO_LARGE. */
      limit?: number;
      /** HTTP status, where there was an answer. */
      httpStatus?: number;
    } = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
