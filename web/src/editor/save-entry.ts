import type { ContentBody, Fields, LogDate } from '@logdate/client';
import type { SavedEntry } from './draft.js';

/**
 * Saves an entry, merged with what others changed since it was seen.
 * @param seen the entry as the person had it before them, undefined of a new one
 */
export function saveEntry(db: LogDate, fields: Fields<ContentBody>, seen: SavedEntry | undefined): Promise<SavedEntry> {
  return db.content.save(fields, { seen });
}
