// A folder and a journal as they are at one look.
import type { ContentBody, LocalRow, RowType } from '@logdate/client';
import type { KnownFile } from './known-files.js';
import type { FolderFile } from './scan.js';

/** What a plan is made from. */
export interface FolderState {
  userId: string;
  /** The folder's own name: the journal of files that lie in no folder of it. */
  name: string;
  files: readonly FolderFile[];
  known: readonly KnownFile[];
  /** Paths that are gone and whose entries must stay for now. */
  held: ReadonlySet<string>;
  row(type: RowType, id: string): LocalRow | undefined;
  /** Whether a file is on its way to the server. */
  isQueued(mediaId: string): boolean;
  /** The journal of a title, if there is one. */
  journalTitled(title: string): string | undefined;
  /** Undefined where both changed the same sentence. */
  mergeText(base: string, mine: string, theirs: string): string | undefined;
}

/** Whether a row is as a file says. */
export function holds(row: LocalRow, body: Partial<ContentBody> | object): boolean {
  return row.body !== null && Object.entries(body).every(([field, value]) => row.body?.[field] === value);
}
