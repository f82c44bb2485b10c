import type { Entry, JournalBody } from '@logdate/client';
import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useRead } from '../journal/use-journal.js';
import { EntryList, FIRST_ENTRIES } from './entry-list.js';
import { later } from './later.js';
import { useLeftPlace } from './opened-entry.js';
import { readNewest } from './pages.js';

const EmptyTimeline = later(() => import('./empty-timeline.js').then(({ EmptyTimeline: part }) => part));

interface NewestEntriesProps {
  /** Null: of every journal, and those of none. */
  journalId: string | null;
  journals: readonly Entry<JournalBody>[];
}

/** The newest entries, and older ones as the person comes to them; after a change only what is shown is read again. */
export function NewestEntries({ journalId, journals }: NewestEntriesProps): VNode | null {
  const place = useLeftPlace();
  const limit = useSignal(place?.limit ?? FIRST_ENTRIES);
  const newest = useRead((db) => readNewest(db, journalId, limit.value), [limit.value]);
  if (newest === undefined) return null;
  if (newest.entries.length === 0) return <EmptyTimeline journalId={journalId} />;
  return <EntryList {...newest} journals={journals} limit={limit} />;
}
