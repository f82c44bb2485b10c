// The face of the library: one journal of one user on one device.
import type { Clock } from './clock.js';
import type { Bell } from './bell.js';
import type { MergeText } from './engine.js';
import type { Files } from './files-part.js';
import type { Live } from './live.js';
import type { NewHasher } from './media/sha256.js';
import type { AssociationBody, Body, ContentBody, JournalBody, MediaBody, RemoteRow, RowType } from './resources.js';
import type { RunLock } from './run-lock.js';
import type { LocalStore } from './store.js';
import type { Surroundings } from './surroundings.js';
import type { RunReport, SyncStatus } from './sync-status.js';
import type { LogRecord, RejectedRecord } from './tables.js';
import type { Transport } from './transport.js';

/** A row as a person sees it. */
export type Entry<B> = B & {
  id: string;
  clientUpdatedAt: number;
  /** `backed-up`: the server has exactly this. */
  backup: 'backed-up' | 'waiting' | 'conflict' | 'refused';
};

/** What is given to save: a new id is made when it is missing, and the edit is of now. */
export type Fields<B> = Partial<B> & {
  id?: string;
  /** When a person edited it, in milliseconds; an import knows. */
  clientUpdatedAt?: number;
};

/** Rows of one kind that a person writes. Saving and deleting answer once the change is on disk and queued. */
export interface Collection<B extends object> {
  /**
   * Creates a row, or changes the fields that are given.
   *
   * `seen` is the row as the person had it before them when the edit began: what an editor loaded, or what the last
   * save answered and the editor shows. Where the row has changed since, by another tab or the server, both sides are
   * merged and the merged row is answered; what no merge settles stays as the person typed it, and the other side is
   * kept: the server's as a conflict, what another tab had not sent yet as an entry of its own.
   */
  save(fields: Fields<B>, options?: { seen?: B | undefined }): Promise<Entry<B>>;
  /** Saves all in one local transaction, which is many times faster for an import. */
  saveAll(rows: readonly Fields<B>[]): Promise<void>;
  delete(id: string): Promise<void>;
  get(id: string): Promise<Entry<B> | undefined>;
  /** Live rows, newest first; `after` continues behind a row. */
  list(options?: { limit?: number; after?: { id: string; createdAt: number } }): Promise<Entry<B>[]>;
  count(): Promise<number>;
}

export interface Links {
  link(journalId: string, contentId: string): Promise<void>;
  linkAll(links: readonly { journalId: string; contentId: string; createdAt?: number }[]): Promise<void>;
  unlink(journalId: string, contentId: string): Promise<void>;
  /** Live links of a journal; their entries may be missing or deleted. */
  ofJournal(journalId: string): Promise<Entry<AssociationBody>[]>;
  ofContent(contentId: string): Promise<Entry<AssociationBody>[]>;
}

/** Two devices changed one row and a person must decide. */
export interface Conflict {
  type: RowType;
  id: string;
  base: Body | null;
  /** Null where this device deleted it. */
  mine: Body | null;
  theirs: RemoteRow;
  /** Give it back with the decision: it fails as `changed-meanwhile` where another one arrived since. */
  theirsVersion: number;
  detectedAt: number;
}
export type Resolution = 'mine' | 'theirs' | 'both' | { merged: Body };

export interface Sync {
  readonly status: Live<SyncStatus>;
  /** Runs now, also during a backoff. Never throws for network trouble. */
  syncNow(): Promise<RunReport>;
  /** As syncNow, but only sends. */
  uploadPendingChanges(): Promise<RunReport>;
  /** As syncNow, but only reads. */
  downloadRemoteChanges(): Promise<RunReport>;
  /** Waits until the server has the row (or, without one, everything) as it is now, whoever sent it. */
  whenSynced(row?: { type?: RowType; id: string }, options?: { signal?: AbortSignal }): Promise<void>;
  /** Waits until no file is under way. */
  whenMediaIdle(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Off: new entries stay on this device only, until it is turned on again. */
  turnBackup(on: boolean): Promise<void>;
  conflicts(): Promise<Conflict[]>;
  resolveConflict(
    id: string,
    resolution: Resolution,
    options: { theirsVersion: number; type?: RowType },
  ): Promise<'resolved' | 'changed-meanwhile'>;
  refused(): Promise<RejectedRecord[]>;
  /** Sends a refused change again, as it is now. */
  retry(id: string, type?: RowType): Promise<void>;
  /** Gives a change up for good: the row becomes as the server has it. */
  discard(id: string, type?: RowType): Promise<void>;
  log(options?: { limit?: number }): Promise<LogRecord[]>;
}

export interface Media {
  /** Copies the bytes into the store and queues them; answers the id of the media row. */
  add(file: {
    contentId: string;
    fileName: string;
    mimeType: string;
    createdAt?: number;
    id?: string;
    bytes: AsyncIterable<Uint8Array> | Blob | Uint8Array;
  }): Promise<string>;
  delete(id: string): Promise<void>;
  ofContent(contentId: string): Promise<Entry<MediaBody>[]>;
  get(id: string): Promise<Entry<MediaBody> | undefined>;
  list(options?: { limit?: number; after?: { id: string; createdAt: number } }): Promise<Entry<MediaBody>[]>;
  /** Sends no file from the next piece on, in any tab, until `resume`; words go on. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** The bytes, from this device or from the server, checked against their digest; throws when they differ. */
  read(id: string, options?: { signal?: AbortSignal }): AsyncIterable<Uint8Array>;
}

export interface LogDate {
  readonly deviceId: string;
  readonly journals: Collection<JournalBody>;
  readonly content: Collection<ContentBody>;
  readonly associations: Links;
  /** Every call fails where the journal was opened without `files`. */
  readonly media: Media;
  readonly sync: Sync;
  /**
   * Calls the listener when rows of this journal may have changed, by this tab, another one, or the server, until the
   * answer is called. What changed is for the listener to read; several changes may be told once.
   */
  onChange(listener: () => void): () => void;
  /** Ends the session of this device. `upload-first` fails, changing nothing, while something is unsynced. */
  signOut(options: { unsynced: 'upload-first' | 'keep' | 'delete' }): Promise<void>;
  /** Stops every timer and listener and closes the store. */
  close(): Promise<void>;
}

/** Who is signed in on this device. */
export interface Auth {
  /** False: the engine waits for a sign-in and keeps everything. */
  readonly signedIn: Live<boolean>;
  /** Ends the session at the server, where it can be reached, and forgets it here. */
  signOut(): Promise<void>;
}

export interface LogDateOptions {
  /** Names this journal among the others of the device: locks and tabs go by it. One for each user. */
  name: string;
  store: LocalStore;
  transport: Transport;
  /** `sendFiles` of `@logdate/client/media`. Missing: this journal has words only, on this device. */
  files?: Files;
  auth: Auth;
  /** Missing: any two edits of one text ask; `mergeSentences` asks only where both changed the same sentence. */
  mergeText?: MergeText;
  /** Missing: files are hashed in JavaScript, which is several times slower than Node does it. */
  newHasher?: NewHasher;
  /** Chosen once and kept in the store when missing. */
  deviceId?: string;
  /** False: nothing runs by itself, only when it is asked for. */
  automatic?: boolean;
  /** For tests, as all below. */
  clock?: Clock;
  /** Between 0 and 1, for the spread of retries. */
  random?: () => number;
  newId?: () => string;
  surroundings?: Surroundings;
  lock?: RunLock;
  bell?: Bell;
}
