// The addresses of the timeline: what is searched and which journal is shown are in them, so that Back works.

/** What of the journal a timeline shows. */
export interface Shown {
  /** As it was typed; empty: no search. */
  query: string;
  /** Null: every entry. */
  journalId: string | null;
}

/** What the address asks for. @param query the parameters of the address */
export function shownBy(query: Readonly<Record<string, string>>): Shown {
  return { query: query['q'] ?? '', journalId: query['journal'] || null };
}

/** The address that shows this. */
export function addressOf({ query, journalId }: Shown): string {
  const words = query.trim();
  const parameters = new URLSearchParams({ ...(words && { q: words }), ...(journalId && { journal: journalId }) });
  return parameters.size === 0 ? '/' : `/?${parameters}`;
}

/** Where a new entry is written; one that is begun in a journal belongs to it. */
export function newEntryAddress(journalId: string | null): string {
  return journalId === null ? '/new' : `/new?journal=${encodeURIComponent(journalId)}`;
}
