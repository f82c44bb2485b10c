import type { Entry, JournalBody, LogDate } from '@logdate/client';

/** Every journal, by title. */
export async function readJournals({ journals }: Pick<LogDate, 'journals'>): Promise<Entry<JournalBody>[]> {
  return (await journals.list()).sort((one, other) => one.title.localeCompare(other.title));
}
