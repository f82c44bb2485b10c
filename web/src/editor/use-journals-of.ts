import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useJournal, useRead } from '../journal/use-journal.js';

/** The journals that an entry belongs to. */
export interface JournalsOf {
  ids: ReadonlySet<string>;
  /** Puts the entry into a journal, or takes it out; of an entry that is not on disk yet once it is. */
  choose(journalId: string, belongs: boolean): Promise<void>;
}

const NONE: ReadonlySet<string> = new Set();

/** @param first the journal that a new entry is begun in */
export function useJournalsOf(id: string, isSaved: boolean, first: string | undefined): JournalsOf {
  const { db } = useJournal();
  const links = useRead(() => db.associations.ofContent(id), [id]);
  const waiting = useSignal<ReadonlySet<string>>(first === undefined ? NONE : new Set([first]));
  useEffect(() => {
    if (!isSaved || waiting.peek().size === 0) return;
    const chosen = [...waiting.peek()].map((journalId) => ({ journalId, contentId: id }));
    // Where it fails the boxes stay as they were, and are there to be ticked again.
    void db.associations.linkAll(chosen).then(
      () => (waiting.value = NONE),
      () => undefined,
    );
  }, [db, id, isSaved]);
  return {
    ids: new Set([...waiting.value, ...(links ?? []).map(({ journalId }) => journalId)]),
    async choose(journalId, belongs) {
      if (isSaved) return belongs ? db.associations.link(journalId, id) : db.associations.unlink(journalId, id);
      const next = new Set(waiting.value);
      if (belongs) next.add(journalId);
      else next.delete(journalId);
      waiting.value = next;
    },
  };
}
