// What an import found, under the ids that it gets: made from an export, read by plan.ts.
import type { AssociationBody, ContentBody, JournalBody } from '@logdate/client';

/** A journal, an entry or a link as it is to be; the time of its last edit decides against an edit made here. */
export interface JournalItem extends JournalBody {
  id: string;
  /** Milliseconds since 1970, as all times. */
  clientUpdatedAt: number;
}
export interface EntryItem extends ContentBody {
  id: string;
  clientUpdatedAt: number;
}
export type LinkItem = AssociationBody;

/** A photo, film or recording; its bytes are read when its turn has come. */
export interface FileItem {
  id: string;
  contentId: string;
  fileName: string;
  mimeType: string;
  createdAt: number;
  /** Where it was found, for messages. */
  source: string;
  read: () => Promise<Uint8Array>;
}

/** Everything that one import brings. */
export interface ImportItems {
  journals: JournalItem[];
  entries: EntryItem[];
  links: LinkItem[];
  files: FileItem[];
  /** What could not be read and was left out, each with its name and reason. */
  broken: string[];
  /** What was read and has no place in LogDate, with the number of entries that have it. */
  leftOut: { field: string; entries: number }[];
}
