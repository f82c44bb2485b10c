import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useRead } from '../journal/use-journal.js';
import { wordsOf } from './fold.js';
import { pagesOf } from './pages.js';
import { searchEntries, type Found } from './search.js';

/**
 * What a search has found so far; undefined before its first page. Searched again after each change, and what was
 * found stays until that search is done. Asking something else ends the search under way.
 */
export function useSearch(query: string, journalId: string | null): Found | undefined {
  const asked = `${journalId ?? ''}\n${query}`;
  const latest = useRef<string | null>(asked);
  latest.current = asked;
  useEffect(
    () => () => {
      latest.current = null;
    },
    [],
  );
  const shown = useSignal<{ asked: string; found: Found } | undefined>(undefined);
  useRead(
    async (db) => {
      const isRepeated = shown.peek()?.asked === asked && shown.peek()?.found.isDone === true;
      for await (const found of searchEntries(pagesOf(db, journalId), wordsOf(query), nextTask)) {
        if (latest.current !== asked) return;
        if (found.isDone || !isRepeated) shown.value = { asked, found };
      }
    },
    [asked],
  );
  return shown.value?.found;
}

/** Lets the browser handle what a person did meanwhile. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve);
  });
}
