// Decides what an import has to write: only what this device does not have, or has from an earlier edit.
// A pure comparison, so that a second import changes nothing, not even the outbox.
import type { Body, LocalRow, LocalStore, RowType } from '@logdate/client';
import type { EntryItem, FileItem, ImportItems, JournalItem, LinkItem } from './items.js';

/** What this device has of the rows that an import names, by `type id`. */
export interface PresentRows {
  get(type: RowType, id: string): LocalRow | undefined;
  /** Whether a file is on its way to the server: it has no row yet. */
  isQueued(mediaId: string): boolean;
}

/** What is written, and what is left as it is. */
export interface ImportPlan {
  journals: JournalItem[];
  entries: EntryItem[];
  links: LinkItem[];
  files: FileItem[];
  /** Journals and entries that are here as the import has them. */
  unchanged: number;
  /** Journals and entries that were edited here later than in what is imported: they stay. */
  editedHere: number;
  /** Ids of the entries among them. */
  editedEntries: string[];
  /** Rows that were deleted here: they stay deleted. */
  deletedHere: number;
}

/** Compares what an import brings with what is here. */
export function planImport(items: ImportItems, present: PresentRows): ImportPlan {
  const counts = { unchanged: 0, editedHere: 0, deletedHere: 0 };
  const editedEntries: string[] = [];
  const isNeeded = (type: RowType, { id, clientUpdatedAt, ...body }: JournalItem | EntryItem): boolean => {
    const row = present.get(type, id);
    if (row === undefined) return true;
    if (row.status === 'deleted') counts.deletedHere += 1;
    else if (holds(row.body, body)) counts.unchanged += 1;
    else if (row.clientUpdatedAt < clientUpdatedAt) return true;
    else {
      counts.editedHere += 1;
      if (type === 'content') editedEntries.push(id);
    }
    return false;
  };
  return {
    journals: items.journals.filter((journal) => isNeeded('journal', journal)),
    entries: items.entries.filter((entry) => isNeeded('content', entry)),
    links: items.links.filter(({ journalId, contentId }) => {
      return present.get('association', `${journalId}:${contentId}`) === undefined;
    }),
    files: items.files.filter(({ id }) => present.get('media', id) === undefined && !present.isQueued(id)),
    ...counts,
    editedEntries,
  };
}

/** Reads what `planImport` compares with, in one transaction. */
export async function readPresent(store: LocalStore, items: ImportItems): Promise<PresentRows> {
  const rows = new Map<string, LocalRow>();
  const queued = new Set<string>();
  const keys: [RowType, string][] = [
    ...items.journals.map(({ id }): [RowType, string] => ['journal', id]),
    ...items.entries.map(({ id }): [RowType, string] => ['content', id]),
    ...items.links.map((link): [RowType, string] => ['association', `${link.journalId}:${link.contentId}`]),
    ...items.files.map(({ id }): [RowType, string] => ['media', id]),
  ];
  await store.transaction('read', ['rows', 'media'], async (transaction) => {
    for (const [type, id] of keys) {
      const row = await transaction.get('rows', [type, id]);
      if (row) rows.set(`${type} ${id}`, row);
      if (type === 'media' && (await transaction.get('media', [id]))) queued.add(id);
    }
  });
  return { get: (type, id) => rows.get(`${type} ${id}`), isQueued: (id) => queued.has(id) };
}

/** Whether a row says what the import says; times count too, because they are what a diary is ordered by. */
function holds(body: Body | null, wanted: object): boolean {
  return body !== null && Object.entries(wanted).every(([field, value]) => body[field] === value);
}
