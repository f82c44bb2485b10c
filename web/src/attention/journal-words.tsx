import { useSignal } from '@preact/signals';
import type { TargetedSubmitEvent, VNode } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { useJournal, useRead } from '../journal/use-journal.js';

/** Title and description of a journal that was refused, to be made shorter. */
export function JournalWords({ id, onSaved }: { id: string; onSaved: () => void }): VNode | null {
  const { db } = useJournal();
  const journal = useRead(() => db.journals.get(id), [id]);
  const problem = useSignal('');
  const title = useRef<HTMLInputElement>(null);
  const names = useId();
  const isRead = journal !== undefined;
  useEffect(() => title.current?.focus(), [isRead]);
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    try {
      // Two fields of text of the form below.
      await db.journals.save({
        id,
        title: given.get('title') as string,
        description: given.get('description') as string,
      });
      onSaved();
    } catch {
      problem.value = 'This could not be saved on this device. Your words are still here: copy them.';
    }
  };
  if (!isRead) return null;
  return (
    <form class="journal-words" onSubmit={(event) => void submit(event)}>
      <label for={`${names}-title`}>Title</label>
      <input ref={title} id={`${names}-title`} name="title" defaultValue={journal.title} />
      <label for={`${names}-description`}>Description</label>
      <textarea id={`${names}-description`} name="description" rows={4} defaultValue={journal.description} />
      <p class="problem" role="alert">
        {problem}
      </p>
      <button class="button button-main">Save</button>
    </form>
  );
}
