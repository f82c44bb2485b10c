import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useLocation } from 'preact-iso';
import { useRef } from 'preact/hooks';
import { useJournal } from '../journal/use-journal.js';
import { addFiles } from './added-files.js';
import { ConfirmDialog } from './confirm-dialog.js';
import type { Draft } from './draft.js';
import { RecordButton } from './record-button.js';

interface EntryToolsProps {
  draft: Draft;
  /** Whether there is something on disk that can be deleted. */
  isSaved: boolean;
  /** Called before files are added. */
  onAdd: () => void;
}

/** What can be done with the entry besides writing. */
export function EntryTools({ draft, isSaved, onAdd }: EntryToolsProps): VNode {
  const journal = useJournal();
  const add = (files: readonly File[]): void => {
    if (files.length === 0) return;
    onAdd();
    addFiles(journal, draft, files);
  };
  return (
    <div class="row editor-tools">
      <PickButton onPick={add} />
      <RecordButton onRecorded={(file) => add([file])} />
      {isSaved && <DeleteButton draft={draft} />}
    </div>
  );
}

function PickButton({ onPick }: { onPick: (files: readonly File[]) => void }): VNode {
  const place = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class="button" onClick={() => place.current?.click()}>
        Add photos or recordings
      </button>
      <input
        ref={place}
        type="file"
        hidden
        multiple
        accept="image/*,video/*,audio/*,.heic,.heif"
        aria-label="Photos or recordings"
        onChange={({ currentTarget }) => {
          onPick([...(currentTarget.files ?? [])]);
          // The same file can be chosen again.
          currentTarget.value = '';
        }}
      />
    </>
  );
}

function DeleteButton({ draft }: { draft: Draft }): VNode {
  const { db } = useJournal();
  const { route } = useLocation();
  const asks = useSignal(false);
  const isDeleted = useRef(false);
  const remove = async (): Promise<void> => {
    // With its last words, so that these come back when it is restored.
    await draft.save();
    await db.content.delete(draft.id);
    draft.discard();
    isDeleted.current = true;
  };
  const closed = (): void => {
    asks.value = false;
    if (isDeleted.current) route('/', true);
  };
  return (
    <>
      <button type="button" class="button" onClick={() => (asks.value = true)}>
        Delete entry
      </button>
      {asks.value && (
        <ConfirmDialog
          title="Delete this entry?"
          text="It is deleted on all your devices. You can restore it from Recently deleted."
          action="Delete"
          onConfirm={remove}
          onClose={closed}
        />
      )}
    </>
  );
}
