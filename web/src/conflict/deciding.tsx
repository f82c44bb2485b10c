import type { Conflict } from '@logdate/client';
import type { VNode } from 'preact';
import { useLocation } from 'preact-iso';
import { useEffect, useRef } from 'preact/hooks';
import { shownTime } from '../attention/shown-time.js';
import { useJournal } from '../journal/use-journal.js';
import { AskFirst } from './ask-first.js';
import { chosenForRest, hasOwnWords, undecided, type Decision } from './decision.js';
import { Parts } from './parts.js';
import { ProblemLine } from './problem-line.js';
import type { Problem, Resolver } from './resolver.js';
import { WholeText } from './whole-text.js';

interface DecidingProps {
  conflict: Conflict;
  decision: Decision;
  hasMovedOn: boolean;
  problem: Problem;
  resolver: Resolver;
}

/** The merged text with what is unclear as cards, then the whole text, then the ways out. */
export function Deciding({ conflict, decision, hasMovedOn, problem, resolver }: DecidingProps): VNode {
  const head = useRef<HTMLHeadingElement>(null);
  const left = undecided(decision).length;
  // Also when a side has moved on: what is shown is another page now.
  useEffect(() => head.current?.focus(), [decision.theirsVersion, hasMovedOn]);
  return (
    <div class="deciding">
      <h1 ref={head} tabIndex={-1}>
        Changed on two devices
      </h1>
      <Sides conflict={conflict} />
      {hasMovedOn && (
        <p class="card deciding-notice" role="alert">
          It was changed again while you were deciding. Your choices are kept where they still fit; nothing was saved.
        </p>
      )}
      <Parts decision={decision} resolver={resolver} />
      {left > 1 && <Rest left={left} resolver={resolver} />}
      {left === 0 && <WholeText decision={decision} resolver={resolver} />}
      <ProblemLine problem={problem} decision={decision} />
      <WaysOut conflict={conflict} decision={decision} resolver={resolver} />
    </div>
  );
}

function Sides({ conflict }: { conflict: Conflict }): VNode {
  const { db } = useJournal();
  const { deviceId, clientUpdatedAt } = conflict.theirs;
  const where = deviceId === db.deviceId ? 'this device, in another tab or earlier' : 'another device';
  return (
    <p class="soft">
      <strong class="side-name side-name-mine">Mine</strong> is what you wrote on this device.{' '}
      <strong class="side-name side-name-theirs">Theirs</strong> was written on {where}, {shownTime(clientUpdatedAt)}.
      Both are safe until you save.
    </p>
  );
}

/** For who does not want to choose part by part. */
function Rest({ left, resolver }: { left: number; resolver: Resolver }): VNode {
  const choose = (choice: 'mine' | 'theirs'): void => resolver.decide((decision) => chosenForRest(decision, choice));
  return (
    <p class="row" role="group" aria-label="All parts that are left">
      <span>For the {left} parts that are left:</span>
      <button type="button" class="button" onClick={() => choose('mine')}>
        Use mine
      </button>
      <button type="button" class="button" onClick={() => choose('theirs')}>
        Use theirs
      </button>
    </p>
  );
}

type WaysOutProps = Pick<DecidingProps, 'conflict' | 'decision' | 'resolver'>;

function WaysOut({ conflict, decision, resolver }: WaysOutProps): VNode {
  const { route } = useLocation();
  const left = undecided(decision).length;
  return (
    <div class="deciding-ways">
      <p class="deciding-left" role="status">
        {left === 0 ? 'Everything is decided.' : `${left === 1 ? '1 part' : `${left} parts`} left to decide.`}
      </p>
      <div class="row">
        <button type="button" class="button button-main" disabled={left > 0} onClick={() => void resolver.save()}>
          Save
        </button>
        {conflict.type === 'content' && (
          <AskFirst
            label="Keep both as two entries"
            warning={
              hasOwnWords(decision) ? 'The two entries are as they were written; what you typed here goes.' : null
            }
            action="Keep both all the same"
            onConfirm={() => void resolver.settle('both')}
          />
        )}
        <button type="button" class="button" onClick={() => route('/attention')}>
          Finish later
        </button>
      </div>
    </div>
  );
}
