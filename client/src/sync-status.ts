// Where the words are, as a person may be told.

/** Why nothing moves although something waits. */
export type WaitingReason =
  'signed-out' | 'backup-off' | 'paused' | 'offline' | 'backoff' | 'rate-limited' | 'store-full' | 'store-lost';

export interface SyncStatus {
  phase: 'idle' | 'pushing' | 'pulling' | 'reconciling' | 'media' | 'waiting';
  /** Only while waiting. */
  waiting: {
    reason: WaitingReason;
    /** Milliseconds since 1970, null where only an event ends it. */ until: number | null;
  } | null;
  /** Changes that the server has not acknowledged, the held ones too. */
  unsynced: number;
  conflicts: number;
  refused: number;
  /** Files that are not yet uploaded, and their bytes. */
  media: {
    waiting: number;
    /** Since nothing waited last, the files that are done too; neither number ever falls. */
    sentBytes: number;
    totalBytes: number;
    /** The how-manieth file goes up now, of how many; 0 of 0 when nothing waits. */
    file: number;
    files: number;
    quotaFull: boolean;
    /** The person wants no file sent for now. */
    paused: boolean;
  };
  /** Of the run under way: never falls, and `done` never exceeds `total`. Null where nothing is counted. */
  progress: { direction: 'up' | 'down'; done: number; total: number } | null;
  /** Whether everything was read once since sign-in. */
  firstDownloadDone: boolean;
  /** When a run completed last, in milliseconds; null for never. */
  lastCompletedAt: number | null;
  lastError: { code: string; message: string; at: number } | null;
}

/** What one run did. */
export interface RunReport {
  runId: string;
  trigger: string;
  /**
   * `done` when outbox and feeds were worked through; `joined` when the run of another tab or process did it;
   * `closed` by `close()`; `cut-off` when it crashed or was frozen; else why it waits.
   */
  ended: 'done' | 'joined' | 'closed' | 'cut-off' | WaitingReason;
  pushed: number;
  pulled: number;
  conflicts: number;
  refused: number;
  error: { code: string; message: string } | null;
}
