import type { Entry, JournalBody, LogDate } from '@logdate/client';
import { StoreFullError } from '@logdate/client';
import { useSignal } from '@preact/signals';
import type { TargetedSubmitEvent, VNode } from 'preact';
import { Dialog } from '../frame/dialog.js';
import { useJournal } from '../journal/use-journal.js';

interface JournalFormProps {
  /** As it is; null for one that is made. */
  journal: Entry<JournalBody> | null;
  onClose: () => void;
}

/** A dialog for the title and the description of a journal; what was typed stays in it until it is saved. */
export function JournalForm({ journal, onClose }: JournalFormProps): VNode {
  const { db } = useJournal();
  const problem = useSignal('');
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    try {
      await saveJournal(db, journal, textOf(given, 'title'), textOf(given, 'description'));
      onClose();
    } catch (error) {
      problem.value = unsavedWords(error);
    }
  };
  return (
    <Dialog title={journal === null ? 'New journal' : 'Edit journal'} onClose={onClose}>
      <form class="journal-form" onSubmit={(event) => void submit(event)}>
        <label for="journal-title">Title</label>
        <input id="journal-title" name="title" defaultValue={journal?.title ?? ''} required autocomplete="off" />
        <label for="journal-description">
          Description <span class="soft">(if you like)</span>
        </label>
        <textarea id="journal-description" name="description" rows={3} defaultValue={journal?.description ?? ''} />
        <p class="problem" role="alert">
          {problem}
        </p>
        <p class="row">
          <button class="button button-main">Save</button>
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
        </p>
      </form>
    </Dialog>
  );
}

/** Saves what differs, so that an edit of another device to the other field stays. */
async function saveJournal(
  db: LogDate,
  journal: Entry<JournalBody> | null,
  title: string,
  description: string,
): Promise<void> {
  await db.journals.save({
    ...(journal && { id: journal.id }),
    ...(title !== journal?.title && { title }),
    ...(description !== (journal?.description ?? '') && { description }),
  });
}

function textOf(given: FormData, name: string): string {
  const value = given.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

function unsavedWords(error: unknown): string {
  return error instanceof StoreFullError
    ? 'Not saved: this device is full. Free some space, then save again.'
    : 'Not saved: this browser does not store it now. Your words stay here; try again.';
}
