import type { RowType } from '@logdate/client';
import type { VNode } from 'preact';
import { useLocation, useRoute } from 'preact-iso';
import { useEffect, useMemo } from 'preact/hooks';
import type { Journal } from '../journal/open-journal.js';
import { useJournal } from '../journal/use-journal.js';
import { DecidedElsewhere } from './decided-elsewhere.js';
import { Deciding } from './deciding.js';
import { keepDecision, keptDecision } from './kept-decision.js';
import { OneDeleted } from './one-deleted.js';
import { Resolver } from './resolver.js';
import './conflict.css';

/** Decides one row that two devices changed, at `/conflict/:type/:id`. */
export function ConflictPage(): VNode {
  const journal = useJournal();
  const { params } = useRoute();
  const { route } = useLocation();
  const { type, id } = params;
  const resolver = useMemo(() => resolverOf(journal, typeOf(type), id ?? ''), [journal, type, id]);
  useEffect(() => void resolver.open(), [resolver]);
  const screen = resolver.screen.value;
  useEffect(() => {
    if (screen.state === 'resolved') route('/attention');
  }, [screen.state]);
  switch (screen.state) {
    case 'reading':
    case 'resolved':
      return <div aria-busy="true" />;
    case 'unreadable':
      return <Unreadable resolver={resolver} />;
    case 'none':
      return <NothingToDecide />;
    case 'deleted':
      return <OneDeleted conflict={screen.conflict} problem={screen.problem} resolver={resolver} />;
    case 'elsewhere':
      return <DecidedElsewhere id={id ?? ''} decision={screen.decision} problem={screen.problem} resolver={resolver} />;
    case 'deciding':
      return <Deciding {...screen} resolver={resolver} />;
  }
}

function NothingToDecide(): VNode {
  return (
    <>
      <h1>Nothing to decide here</h1>
      <p>The two devices agree again, or this was decided already.</p>
      <p>
        <a href="/attention">See what needs you</a>
      </p>
    </>
  );
}

function Unreadable({ resolver }: { resolver: Resolver }): VNode {
  return (
    <>
      <h1>This cannot be shown now</h1>
      <p>This browser does not give what it has stored. Nothing was changed.</p>
      <button type="button" class="button" onClick={() => void resolver.open()}>
        Try again
      </button>
    </>
  );
}

function resolverOf({ db, store }: Journal, type: RowType, id: string): Resolver {
  const keeper = {
    read: () => keptDecision(store, type, id),
    write: (decision: Parameters<typeof keepDecision>[3]) => keepDecision(store, type, id, decision),
  };
  return new Resolver(db.sync, keeper, { type, id });
}

/** Only entries and journals are written by two devices. */
function typeOf(given: string | undefined): RowType {
  return given === 'journal' ? 'journal' : 'content';
}
