// What the page and its worker say to each other about an import or an export.
import type { ExportCounts } from '@logdate/formats/export/export-journal';

/** The journal that the worker opens. */
export interface JournalPlace {
  /** The name of its database in this browser. */
  storeName: string;
  deviceId: string;
  /** Whose it is; null while it belongs to nobody. */
  userId: string | null;
}

/** What the worker is to do. */
export type Work =
  | { do: 'import'; place: JournalPlace; file: File }
  /** Into a file that the person chose, or null: into a Blob. */
  | { do: 'export'; place: JournalPlace; target: FileSystemFileHandle | null };

/** What the page tells the worker. */
export type ToWorker = Work | { do: 'cancel' };

/** Kinds of things that an import writes, in the order in which it does. */
export const IMPORT_KINDS = ['journals', 'entries', 'links', 'files'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** How far the work is with one kind of thing; of an export, with the files of the ZIP. */
export interface WorkProgress {
  what: ImportKind;
  done: number;
  total: number;
}

/** What an import did. */
export interface Imported {
  /** Written now, also by one that was cancelled. */
  written: Record<ImportKind, number>;
  wasCancelled: boolean;
  /** Journals and entries that were here already. */
  unchanged: number;
  /** Journals and entries whose later edit on this device stays. */
  editedHere: number;
  /** Ids of the entries among them. */
  editedEntries: string[];
  /** Journals and entries that were deleted here and stay so. */
  deletedHere: number;
  /** What the export says and LogDate has no place for, with the number of entries that say it. */
  leftOut: { field: string; entries: number }[];
  /** What could not be read, each with its name and reason. */
  broken: string[];
}

/** What an export made. */
export interface Exported extends ExportCounts {
  /** Photos and recordings that had to be read from the cloud. */
  fromCloud: number;
  /** The ZIP, where it was not written into a file that the person chose. */
  zip: Blob | null;
}

/** Why the bytes of a photo or recording cannot be had. */
export type FileTrouble = 'no-answer' | 'signed-out' | 'not-there';

/** Why the work ended without an answer. */
export type WorkFailure =
  /** The message is for a person. */
  | { code: 'unreadable'; message: string }
  /** Of an export: this photo or recording, and why. */
  | { code: 'file-missing'; fileName: string; why: FileTrouble }
  | { code: 'device-full' | 'cancelled' | 'failed' };

/** What the worker tells the page: progress, then one of the others. */
export type FromWorker =
  | { told: 'progress'; progress: WorkProgress }
  /** How many photos and recordings an export has read from the cloud so far. */
  | { told: 'from-cloud'; files: number }
  | { told: 'imported'; imported: Imported }
  | { told: 'exported'; exported: Exported }
  | { told: 'failed'; failure: WorkFailure };
