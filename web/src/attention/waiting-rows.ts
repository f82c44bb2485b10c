// What waits for the person: conflicts, and changes and files that the server will not take.
import type { Body, Conflict, LogDate, RejectedRecord } from '@logdate/client';
import { wordsOf } from './words-of.js';

/** A change or file that was refused, with what a person knows it by. */
export interface Refused {
  record: RejectedRecord;
  /** All of them; empty where it has none. */
  words: string;
  /** Of a file. */
  file: { name: string; bytes: number; type: string; contentId: string } | null;
}

/** Everything on the screen. */
export interface WaitingRows {
  conflicts: Conflict[];
  refused: Refused[];
}

/** Reads what waits for the person as it is now. */
export async function readWaiting({ sync, content, journals, media }: LogDate): Promise<WaitingRows> {
  const [conflicts, records] = await Promise.all([sync.conflicts(), sync.refused()]);
  const refused = records.map(async (record): Promise<Refused> => {
    const { type, id } = record;
    switch (type) {
      case 'content':
      case 'journal': {
        const row = await (type === 'content' ? content : journals).get(id);
        return { record, words: wordsOf(type, (row ?? null) as Body | null), file: null };
      }
      case 'association': {
        const [journalId = '', contentId = ''] = id.split(':');
        const [journal, entry] = await Promise.all([journals.get(journalId), content.get(contentId)]);
        return { record, words: [journal?.title, entry?.content].filter(Boolean).join(': '), file: null };
      }
      case 'media': {
        const row = await media.get(id);
        const file = row && { name: row.fileName, bytes: row.sizeBytes, type: row.mimeType, contentId: row.contentId };
        return { record, words: row?.fileName ?? '', file: file ?? null };
      }
    }
  });
  return { conflicts, refused: await Promise.all(refused) };
}
