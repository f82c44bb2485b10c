import { useSignal } from '@preact/signals';
import { useLayoutEffect, useMemo } from 'preact/hooks';
import { useJournal } from '../journal/use-journal.js';
import type { Draft, DraftState } from './draft.js';
import { leaveDraft, openDraft } from './open-drafts.js';

/** The draft of an entry and what there is to show of it; saved when the screen goes. */
export function useDraft(id: string): [draft: Draft, state: DraftState] {
  const journal = useJournal();
  const draft = useMemo(() => openDraft(journal, id), [journal, id]);
  const state = useSignal(draft.state);
  useLayoutEffect(() => {
    const stop = draft.subscribe(() => (state.value = draft.state));
    state.value = draft.state;
    return () => {
      stop();
      leaveDraft(draft);
    };
  }, [draft]);
  return [draft, state.value];
}
