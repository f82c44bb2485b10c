/** The rows of a matrix of who may do what: one's own, another user's, nobody's and deleted ones. */
import { randomUUID } from 'node:crypto';
import type { Device } from './device.js';
import { deleteContent, deleteJournal, linkContent, saveContent, saveJournal, unlinkContent } from './factories.js';

/** The HTTP status for each kind of row; `null` where an operation has no such case. */
export interface Expected {
  /** About a row of one's own, but without a token. */
  noToken: number;
  own: number;
  others: number | null;
  missing: number | null;
  deleted: number | null;
}

export type Case = keyof Expected;

/** Not about one row: the caller's own things, or none. */
export const OF_THE_CALLER: Expected = { noToken: 401, own: 200, others: null, missing: null, deleted: null };

/** The ids that one case is about; the ends of the link are rows of their own. */
export interface Ids {
  journalId: string;
  contentId: string;
  mediaId: string;
}

/** Fresh rows for one case: a journal, an entry, the link of both and a photo, which is put there as the test says. */
export async function rowsOfCase(
  kind: Case,
  { me, other }: { me: Device; other: Device },
  putPhoto: (owner: Device, ids: Ids) => Promise<unknown>,
): Promise<Ids> {
  const ids = { journalId: randomUUID(), contentId: randomUUID(), mediaId: randomUUID() };
  if (kind === 'missing') return ids;
  const owner = kind === 'others' ? other : me;
  const { journalId, contentId, mediaId } = ids;
  await owner.push([
    saveJournal({ id: journalId }),
    saveContent({ id: contentId }),
    linkContent({ journalId, contentId }),
  ]);
  await putPhoto(owner, ids);
  if (kind === 'deleted') {
    const deleteMedia = { id: mediaId, mutationId: randomUUID() };
    await owner.push([
      deleteJournal(journalId),
      deleteContent(contentId),
      unlinkContent(journalId, contentId),
      { deleteMedia },
    ]);
  }
  return ids;
}
