import type { Entry, JournalBody } from '@logdate/client';
import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useJournal } from '../journal/use-journal.js';

interface DeleteJournalProps {
  journal: Entry<JournalBody>;
  onClose: () => void;
}

/** Asks before a journal goes, and says that its entries stay. */
export function DeleteJournal({ journal: { id, title }, onClose }: DeleteJournalProps): VNode {
  const { db } = useJournal();
  const dialog = useRef<HTMLDialogElement>(null);
  const failed = useSignal(false);
  useEffect(() => dialog.current?.showModal(), []);
  const remove = async (): Promise<void> => {
    try {
      await db.journals.delete(id);
      dialog.current?.close();
    } catch {
      failed.value = true;
    }
  };
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="delete-journal" onClose={onClose}>
      <h2 id="delete-journal">Delete “{title}”?</h2>
      <p>Its entries stay: you find them under All entries. Only the journal goes, on all your devices.</p>
      {failed.value && <p role="alert">It could not be deleted. Nothing was changed.</p>}
      <p class="row">
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          Keep it
        </button>
        <button type="button" class="button button-danger" onClick={() => void remove()}>
          Delete journal
        </button>
      </p>
    </dialog>
  );
}
