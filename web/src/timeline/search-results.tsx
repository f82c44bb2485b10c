import type { Entry, JournalBody } from '@logdate/client';
import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { EntryList, FIRST_ENTRIES } from './entry-list.js';
import { wordsOf } from './fold.js';
import { MarkedText } from './marked-text.js';
import { useLeftPlace } from './opened-entry.js';
import type { Found } from './search.js';
import { useSearch } from './use-search.js';
import './search-results.css';

interface SearchResultsProps {
  /** As it was typed. */
  query: string;
  journalId: string | null;
  journals: readonly Entry<JournalBody>[];
}

/** The entries that have every word, the newest first; they come while older ones are still looked through. */
export function SearchResults({ query, journalId, journals }: SearchResultsProps): VNode {
  const limit = useSignal(useLeftPlace()?.limit ?? FIRST_ENTRIES);
  useEffect(
    () => () => {
      limit.value = FIRST_ENTRIES;
    },
    [query, journalId],
  );
  const found = useSearch(query, journalId);
  const words = wordsOf(query);
  return (
    <>
      <p class="soft" role="status">
        {found?.isDone ? foundWords(found) : 'Searching…'}
      </p>
      {found !== undefined && (
        <EntryList
          entries={found.entries.slice(0, limit.value)}
          hasMore={found.entries.length > limit.value}
          journals={journals}
          limit={limit}
          show={(text) => <MarkedText text={text} words={words} />}
        />
      )}
    </>
  );
}

function foundWords({ entries: { length } }: Found): string {
  if (length === 0) return 'No entry has all of these words.';
  return length === 1 ? '1 entry' : `${length.toLocaleString('en')} entries`;
}
