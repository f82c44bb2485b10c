import type { Entry, JournalBody } from '@logdate/client';
import type { VNode } from 'preact';
import { useLocation } from 'preact-iso';
import { useEffect, useRef } from 'preact/hooks';
import { addressOf, type Shown } from './address.js';
import { focusEntry } from './use-shortcuts.js';
import './find-bar.css';

/** A search begins when nothing was typed for so long. */
const TYPED_MS = 150;

interface FindBarProps {
  shown: Shown;
  journals: readonly Entry<JournalBody>[];
}

/** What is searched for, and in which journal; both go into the address. */
export function FindBar({ shown, journals }: FindBarProps): VNode {
  const { route } = useLocation();
  const field = useSearchField(shown);
  return (
    <form
      role="search"
      class="find-bar"
      onSubmit={(event) => {
        event.preventDefault();
        focusEntry(1);
      }}
    >
      <label class="visually-hidden" for="search">
        Search
      </label>
      <input id="search" type="search" placeholder="Search" autocomplete="off" {...field} />
      {journals.length > 0 && (
        <>
          <label class="visually-hidden" for="journal">
            Show
          </label>
          <select
            id="journal"
            value={shown.journalId ?? ''}
            onChange={({ currentTarget }) => route(addressOf({ ...shown, journalId: currentTarget.value || null }))}
          >
            <option value="">All entries</option>
            {journals.map(({ id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        </>
      )}
      <a href="/journals">Journals</a>
    </form>
  );
}

/** What the field of the search needs: it is the person's while they type, and follows Back and links otherwise. */
function useSearchField({ query, journalId }: Shown): {
  ref: { current: HTMLInputElement | null };
  onInput: () => void;
} {
  const { route } = useLocation();
  const ref = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const search = (): void => {
    timer.current = undefined;
    // The first letter makes an address to come back from; the letters after it change that one.
    route(addressOf({ query: ref.current?.value ?? '', journalId }), query !== '');
  };
  const latest = useRef(search);
  latest.current = search;
  useEffect(() => {
    const isTyping = timer.current !== undefined;
    if (!isTyping && ref.current !== null && ref.current.value.trim() !== query) ref.current.value = query;
  }, [query]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const onInput = (): void => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => latest.current(), TYPED_MS);
  };
  return { ref, onInput };
}
