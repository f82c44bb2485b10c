import type { LogDate } from '@logdate/client';
import { pagesOf } from '../timeline/pages.js';

/** How many entries each journal shows, by its id. A link may lead to an entry that was deleted or has not arrived. */
export async function countEntries({
  content,
  associations,
  journals,
}: Pick<LogDate, 'content' | 'associations' | 'journals'>): Promise<Map<string, number>> {
  const there = new Set<string>();
  for await (const page of pagesOf({ content, associations }, null)) for (const { id } of page) there.add(id);
  const counts = new Map<string, number>();
  for (const { id } of await journals.list()) {
    const links = await associations.ofJournal(id);
    counts.set(id, links.filter(({ contentId }) => there.has(contentId)).length);
  }
  return counts;
}
