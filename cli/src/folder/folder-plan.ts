// What has to be done so that the journal says what a folder says.
import type { EntryItem, JournalItem, LinkItem } from '@logdate/formats/import/items';
import type { KnownFile } from './known-files.js';

/** A picture to be added, from the file at `path`. */
export interface PictureToAdd {
  id: string;
  contentId: string;
  fileName: string;
  mimeType: string;
  createdAt: number;
  path: string;
}

/** What has to be done. */
export interface FolderPlan {
  journals: JournalItem[];
  entries: EntryItem[];
  links: LinkItem[];
  unlinks: { journalId: string; contentId: string }[];
  pictures: PictureToAdd[];
  deletedMedia: string[];
  deletedEntries: string[];
  /** Records as they are once everything above is done. */
  records: KnownFile[];
  forget: string[];
  /** What a person should know: two versions that were both kept, a file that could not be understood. */
  notes: string[];
  /** Files whose entry is here as it is in the file. */
  unchanged: number;
  /** Files whose entry was edited here later than they were written. */
  editedHere: number;
  /** Files whose entry was deleted here: it stays deleted. */
  deletedHere: number;
}

/** A plan to do nothing. */
export function emptyPlan(): FolderPlan {
  return {
    journals: [],
    entries: [],
    links: [],
    unlinks: [],
    pictures: [],
    deletedMedia: [],
    deletedEntries: [],
    records: [],
    forget: [],
    notes: [],
    unchanged: 0,
    editedHere: 0,
    deletedHere: 0,
  };
}
