// What every part of the engine works with: one device of one user.
import type { Clock } from './clock.js';
import type { FileEdits } from './files-part.js';
import type { NewHasher } from './media/sha256.js';
import type { LocalStore } from './store.js';
import type { Transport } from './transport.js';

/**
 * Merges two edits of one text, or says that a person must.
 * @returns the merged text, undefined where both changed the same place
 */
export type MergeText = (base: string, mine: string, theirs: string) => string | undefined;

export interface Engine {
  store: LocalStore;
  transport: Transport;
  clock: Clock;
  /** 1 to 128 characters, chosen once by this installation. */
  deviceId: string;
  /** Missing: any two edits of one text ask. */
  mergeText?: MergeText | undefined;
  /** Missing: files are hashed in JavaScript, which is several times slower. */
  newHasher?: NewHasher | undefined;
  /** Missing: this device has words only. */
  files?: FileEdits | undefined;
  /** Makes a uuid. */
  newId: () => string;
  /** Tells that a person's change was saved and queued. */
  saved: () => void;
  /** Tells that a person's change could not be saved. */
  failed: (error: unknown) => void;
  /** Tells that rows or counts changed, with nothing to send. */
  changed: () => void;
  /** Writes a line of the activity log. */
  log: (event: string, detail?: Record<string, unknown>) => void;
}
