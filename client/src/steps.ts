// What a run is made of. The run decides the order, the steps do the work: each ends soon, and leaves the store
// such that the next one, of this run or of another, goes on from there.

/** One request of the outbox. */
export interface PushStep {
  sent: number;
  /** APPLIED and DUPLICATE. */
  acknowledged: number;
  conflicts: number;
  refused: number;
  /** Whether entries are left that can be sent now; also true after a batch that was only halved. */
  more: boolean;
}

/** One request of the feeds. */
export interface PullStep {
  /** Rows of the pages that were worked through, echoes too. */
  applied: number;
  hasMore: boolean;
  /** Rows behind these pages, as the server counts them. */
  remaining: number;
  /** Whether this was part of a reconcile, also of one that an earlier run began. */
  reconciling?: boolean;
}

/** A piece of a file. */
export interface MediaStep {
  /** Whether a file is left that can be sent now. */
  more: boolean;
  /** When a file that waits may be tried again, in milliseconds since 1970; null for none. */
  until: number | null;
}

/** Each throws TransportError, StoreFullError, StoreLostError or, once its signal is aborted, anything. */
export interface Steps {
  pushBatch(signal: AbortSignal): Promise<PushStep>;
  pullPage(signal: AbortSignal): Promise<PullStep>;
  /** After EPOCH_CHANGED: from here on `pullPage` reads from 0, until it says that nothing is left. */
  beginReconcile(signal: AbortSignal): Promise<void>;
}
