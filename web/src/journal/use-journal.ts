// How a screen reads the journal.
import type { LogDate } from '@logdate/client';
import { useSignal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext, useEffect } from 'preact/hooks';
import type { Journal } from './open-journal.js';

/** Set by the frame, once a journal is open. */
export const JournalContext = createContext<Journal | null>(null);

/** The journal that is open; only inside of the frame. */
export function useJournal(): Journal {
  const journal = useContext(JournalContext);
  if (journal === null) throw new Error('No journal is open');
  return journal;
}

/**
 * What `read` answers, read again after each change of the journal; undefined until the first answer.
 * A read that fails leaves the last answer: the status says what is wrong with the storage.
 * @param inputs what `read` uses besides the journal
 */
export function useRead<T>(read: (db: LogDate) => Promise<T>, inputs: readonly unknown[]): T | undefined {
  const { db, revision } = useJournal();
  const answer = useSignal<T | undefined>(undefined);
  useEffect(() => {
    let ended = false;
    let isReading = false;
    let again = false;
    const readOn = async (): Promise<void> => {
      again = isReading;
      if (isReading) return;
      isReading = true;
      do {
        again = false;
        const next = await read(db).catch(() => answer.peek());
        if (ended) return;
        answer.value = next;
        // Set by a change while this one was read.
      } while (again as boolean);
      isReading = false;
    };
    const stop = revision.subscribe(() => void readOn());
    return () => {
      ended = true;
      stop();
    };
  }, [db, ...inputs]);
  return answer.value;
}
