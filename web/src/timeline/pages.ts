// Entries, newest first, a page at a time: of everything, or of one journal.
import type { ContentBody, Entry, LogDate } from '@logdate/client';

/** A written entry, as a list shows it. */
export type ContentEntry = Entry<ContentBody>;

/** What is read of a journal. */
export type ReadJournal = Pick<LogDate, 'content' | 'associations'>;

/** What a list shows, and whether there is more behind it. */
export interface Newest {
  entries: ContentEntry[];
  hasMore: boolean;
}

/** So many entries come at once where all of them are looked through. */
const PAGE = 500;

/** Up to so many links, the entries of a journal are got one by one instead of looked for among all. */
const FEW = 200;

/** Every entry, or those of one journal, newest first; a page may be empty. */
export async function* pagesOf(db: ReadJournal, journalId: string | null): AsyncGenerator<ContentEntry[]> {
  if (journalId === null) return yield* allPages(db);
  const linked = new Set((await db.associations.ofJournal(journalId)).map(({ contentId }) => contentId));
  if (linked.size <= FEW) return yield await gotten(db, linked);
  for await (const page of allPages(db)) yield page.filter(({ id }) => linked.has(id));
}

/** The newest entries, at most `limit`. */
export async function readNewest(db: ReadJournal, journalId: string | null, limit: number): Promise<Newest> {
  const entries: ContentEntry[] = [];
  if (journalId === null) entries.push(...(await db.content.list({ limit: limit + 1 })));
  else
    for await (const page of pagesOf(db, journalId)) {
      entries.push(...page);
      if (entries.length > limit) break;
    }
  return { entries: entries.slice(0, limit), hasMore: entries.length > limit };
}

async function* allPages({ content }: ReadJournal): AsyncGenerator<ContentEntry[]> {
  let after: ContentEntry | undefined;
  for (;;) {
    const page = await content.list({ limit: PAGE, ...(after && { after }) });
    yield page;
    after = page.at(-1);
    if (after === undefined || page.length < PAGE) return;
  }
}

/** A link may lead to an entry that was deleted or has not arrived. */
async function gotten({ content }: ReadJournal, ids: ReadonlySet<string>): Promise<ContentEntry[]> {
  const entries = await Promise.all([...ids].map((id) => content.get(id)));
  return entries
    .filter((entry) => entry !== undefined)
    .sort((one, other) => other.createdAt - one.createdAt || (other.id < one.id ? -1 : 1));
}
