import type { VNode } from 'preact';
import { useJournal } from '../journal/use-journal.js';
import { newEntryAddress } from './address.js';
import './empty-timeline.css';

/** Says why there is nothing: it has not come yet, or nothing was written. */
export function EmptyTimeline({ journalId }: { journalId: string | null }): VNode {
  const { account, status } = useJournal();
  const isComing = account !== null && !status.value.firstDownloadDone;
  return (
    <div class="timeline-empty">
      <p>{isComing ? comingWords(status.value.phase === 'waiting') : emptyWords(journalId)}</p>
      <p>
        <a href={newEntryAddress(journalId)}>{isComing ? 'Write something meanwhile' : 'Write the first entry'}</a>
      </p>
    </div>
  );
}

/** For an address that leads to a journal which was deleted. */
export function JournalGone(): VNode {
  return (
    <p class="timeline-empty">
      This journal is not here any more. Its entries are: <a href="/">see all entries</a>.
    </p>
  );
}

function comingWords(isWaiting: boolean): string {
  return isWaiting
    ? 'Your journal is not on this device yet. It comes, newest entries first, once LogDate Cloud can be reached.'
    : 'Your journal is on its way, newest entries first.';
}

function emptyWords(journalId: string | null): string {
  return journalId === null ? 'Nothing is written yet.' : 'Nothing is written in this journal yet.';
}
