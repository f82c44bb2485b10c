import type { Conflict } from '@logdate/client';
import type { VNode } from 'preact';
import { useLocation } from 'preact-iso';
import { useEffect, useRef } from 'preact/hooks';
import { useJournal } from '../journal/use-journal.js';
import { wordsOf } from '../attention/words-of.js';
import type { Problem, Resolver } from './resolver.js';

interface OneDeletedProps {
  conflict: Conflict;
  problem: Problem;
  resolver: Resolver;
}

/** One device deleted what the other one changed. */
export function OneDeleted({ conflict, problem, resolver }: OneDeletedProps): VNode {
  const { db } = useJournal();
  const { route } = useLocation();
  const head = useRef<HTMLHeadingElement>(null);
  const { type, id, mine, theirs } = conflict;
  const isMine = mine !== null;
  const what = type === 'journal' ? 'journal' : 'entry';
  useEffect(() => head.current?.focus(), []);
  const keep = (): Promise<void> => resolver.settle(isMine ? 'mine' : 'theirs');
  const removeEverywhere = async (): Promise<void> => {
    await resolver.settle('theirs');
    if (isMine || resolver.screen.peek().state !== 'resolved') return;
    await (type === 'journal' ? db.journals.delete(id) : db.content.delete(id));
  };
  return (
    <>
      <h1 ref={head} tabIndex={-1}>
        Deleted on one device, changed on another
      </h1>
      <p>
        {isMine
          ? `Another device deleted this ${what} while you changed it here.`
          : `You deleted this ${what} here while another device changed it.`}{' '}
        Nothing is lost until you decide.
      </p>
      <blockquote class="card prose">{wordsOf(type, mine ?? theirs.body) || 'An entry without words'}</blockquote>
      <div class="row">
        <button type="button" class="button button-main" onClick={() => void keep()}>
          {isMine ? 'Keep my words' : 'Keep their words'}
        </button>
        <button type="button" class="button button-danger" onClick={() => void removeEverywhere()}>
          Delete everywhere
        </button>
        <button type="button" class="button" onClick={() => route('/attention')}>
          Finish later
        </button>
      </div>
      <p class="problem" role="alert">
        {problem !== null && 'This could not be saved on this device. Nothing has changed: try again.'}
      </p>
    </>
  );
}
