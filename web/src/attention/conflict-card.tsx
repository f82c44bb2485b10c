import type { Conflict } from '@logdate/client';
import type { VNode } from 'preact';
import { useJournal } from '../journal/use-journal.js';
import { shownTime } from './shown-time.js';
import { firstWords, wordsOf } from './words-of.js';

/** A row that two devices changed: the first words of each, and the way to decide. */
export function ConflictCard({ conflict }: { conflict: Conflict }): VNode {
  const { db } = useJournal();
  const { type, id, mine, theirs } = conflict;
  const where = theirs.deviceId === db.deviceId ? 'This device, in another tab or earlier' : 'Another device';
  return (
    <li class="card attention-card">
      <dl class="attention-sides">
        <dt>Mine, on this device</dt>
        <dd class="prose">{firstWords(wordsOf(type, mine)) || deletedOr(mine === null)}</dd>
        <dt>
          {where}, {shownTime(theirs.clientUpdatedAt)}
        </dt>
        <dd class="prose">{firstWords(wordsOf(type, theirs.body)) || deletedOr(theirs.body === null)}</dd>
      </dl>
      <a class="button button-main" href={`/conflict/${type}/${id}`}>
        Decide<span class="visually-hidden"> about: {firstWords(wordsOf(type, mine ?? theirs.body))}</span>
      </a>
    </li>
  );
}

function deletedOr(isDeleted: boolean): VNode {
  return <span class="soft">{isDeleted ? 'Deleted' : 'No words'}</span>;
}
