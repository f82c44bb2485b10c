// Files, as the words know them: hooks that `@logdate/client/media` fills. A journal without files has none of it.
import type { BackoffContext } from './backoff.js';
import type { Engine } from './engine.js';
import type { Waiting } from './gate.js';
import type { RunContext, RunStopped } from './held-run.js';
import type { LocalEdits, Writer } from './local-edits.js';
import type { Media } from './log-date.js';
import type { Wait } from './retry.js';
import type { Transaction } from './store.js';
import type { SyncStatus } from './sync-status.js';
import type { TableName } from './tables.js';

/** Gives a journal files: `sendFiles` makes it. */
export interface Files {
  edits: FileEdits;
  open(engine: Engine, edits: LocalEdits, around: Omit<BackoffContext, 'store' | 'clock'>): Promise<FilesPart>;
}

/** What the edits of a person do to files and their uploads, inside the transaction of that edit. */
export interface FileEdits {
  /** What the transaction names beside the tables of rows. */
  tables: readonly TableName[];
  /** Deletes a file with its bytes and its upload. */
  deleteFile(transaction: Transaction, writer: Writer, id: string): Promise<void>;
  /** Deletes the files of an entry that is dropped before it was ever sent. */
  deleteFilesOf(transaction: Transaction, writer: Writer, contentId: string): Promise<void>;
  /** Tries a refused file again. */
  retryUpload(transaction: Transaction, id: string): Promise<void>;
  /**
   * Queues a file again whose row the server has lost, as after a restore of an older copy.
   * @returns false when its bytes are not on this device
   */
  uploadAgain(transaction: Transaction, id: string, mutationId: string): Promise<boolean>;
}

/** What a journal has beside its words. */
export interface FilesPart {
  media: Media;
  /** Tries files again that met a full storage plan. */
  roomAgain(): Promise<void>;
  /** Counts the queued files, in a transaction over `media` and `settings`. */
  count(transaction: Transaction): Promise<SyncStatus['media']>;
  /** Makes the machine that sends files beside the runs of words. */
  machine(context: FileRunsContext): FileRuns;
}

/** What the machine of files is told by that of the words, and tells it. */
export interface FileRunsContext extends RunContext {
  newId: () => string;
  log: (event: string, detail?: Record<string, unknown>) => void;
  /** Why nothing may be sent now, or null. */
  gate: () => Promise<Waiting | null>;
  /** Whether runs begin by themselves. */
  automatic: () => boolean;
  /** Whether files are under way. */
  runs: (on: boolean) => void;
  /** After each step that the server answered, and after a failure. */
  changed: () => void;
  /** The server asked everybody to wait. */
  holdBack: (wait: Wait) => Promise<void>;
}

/** The runs of files of this tab. */
export interface FileRuns {
  /** Looks for files to send; called when a run of words is done. */
  kick(): void;
  endBackoff(): Promise<void>;
  /** Ends the run under way at its next step. */
  stop(reason: RunStopped): void;
  /** Answers once no file is under way. */
  idle(): Promise<void>;
  /** Stops for good, and answers once the run under way has ended. */
  close(): Promise<void>;
}
