import type { Entry, JournalBody } from '@logdate/client';
import type { Signal } from '@preact/signals';
import type { ComponentChildren, VNode } from 'preact';
import { useLocation } from 'preact-iso';
import { useEffect, useRef } from 'preact/hooks';
import { daysOf } from './days.js';
import { EntryCard } from './entry-card.js';
import { rememberPlace, useReturn } from './opened-entry.js';
import type { Newest } from './pages.js';

/** How many entries are shown at first, and how many more each time. */
export const FIRST_ENTRIES = 50;

interface EntryListProps extends Newest {
  journals: readonly Entry<JournalBody>[];
  /** How many entries are wanted; grows when the end comes into view. */
  limit: Signal<number>;
  /** What a card shows of an entry's text; its first lines when missing. */
  show?: (text: string) => ComponentChildren;
}

/** Entries under their days, and the way to older ones. */
export function EntryList({ entries, hasMore, journals, limit, show }: EntryListProps): VNode {
  const { url } = useLocation();
  useReturn(entries.length);
  const open = ({ target }: Event): void => {
    const link = target instanceof Element ? target.closest<HTMLElement>('[data-entry]') : null;
    if (link !== null) rememberPlace(url, link, limit.peek());
  };
  return (
    <div onClick={open}>
      {daysOf(entries, Date.now()).map((day) => (
        <section key={day.title} class="timeline-day">
          <h2>{day.title}</h2>
          {day.entries.map((entry) => (
            <EntryCard key={entry.id} entry={entry} journals={journals} show={show} />
          ))}
        </section>
      ))}
      {hasMore && <Older shown={entries.length} more={() => (limit.value = entries.length + FIRST_ENTRIES)} />}
    </div>
  );
}

/** A button for the keyboard that presses itself when it comes near the window. */
function Older({ shown, more }: { shown: number; more: () => void }): VNode {
  const place = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && more(), { rootMargin: '600px' });
    if (place.current !== null) observer.observe(place.current);
    return () => observer.disconnect();
    // Observed anew for each length: an end that is still in view after it grew would not be told again.
  }, [shown]);
  return (
    <button type="button" class="button timeline-older" ref={place} onClick={more}>
      Older entries
    </button>
  );
}
