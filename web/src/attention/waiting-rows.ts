// What waits for the person: conflicts, and changes and files that the server will not take.
import type { Body, Conflict, Entry, JournalBody, LogDate, MediaBody, RejectedRecord } from '@logdate/client';
import { wordsOf } from './words-of.js';

/** A change or file that was refused, with what a person knows it by. */
export interface Refused {
  record: RejectedRecord;
  /** All of them; empty where it has none. */
  words: string;
  /** Of a file. */
  file: { name: string; bytes: number; type: string; contentId: string } | null;
  /** As it is on this device, where it is one. */
  journal: Entry<JournalBody> | null;
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
    const plain: Refused = { record, words: '', file: null, journal: null };
    const { type, id } = record;
    switch (type) {
      case 'content':
        return { ...plain, words: wordsOf(type, bodyOf(await content.get(id))) };
      case 'journal': {
        const journal = await journals.get(id);
        return { ...plain, words: wordsOf(type, bodyOf(journal)), journal: journal ?? null };
      }
      case 'association': {
        const [journalId = '', contentId = ''] = id.split(':');
        const [journal, entry] = await Promise.all([journals.get(journalId), content.get(contentId)]);
        return { ...plain, words: [journal?.title, entry?.content].filter(Boolean).join(': ') };
      }
      case 'media': {
        const row = await media.get(id);
        return row ? { ...plain, words: row.fileName, file: fileOf(row) } : plain;
      }
    }
  });
  return { conflicts, refused: await Promise.all(refused) };
}

/** A row that was read holds its body. */
function bodyOf(row: object | undefined): Body | null {
  return (row ?? null) as Body | null;
}

function fileOf({ fileName, sizeBytes, mimeType, contentId }: Entry<MediaBody>): Refused['file'] {
  return { name: fileName, bytes: sizeBytes, type: mimeType, contentId };
}
