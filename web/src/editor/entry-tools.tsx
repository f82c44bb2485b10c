import type { LocalStore } from '@logdate/client';
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

const COMES_BACK = 'It is deleted on all your devices. You can restore it from Recently deleted.';
const GONE = 'It was never backed up, so it cannot be brought back.';

function DeleteButton({ draft }: { draft: Draft }): VNode {
  const { db, store } = useJournal();
  const { route } = useLocation();
  const asks = useSignal<{ isInCloud: boolean } | null>(null);
  const isDeleted = useRef(false);
  const remove = async (): Promise<void> => {
    // With its last words, so that these come back when it is restored.
    await draft.save();
    await db.content.delete(draft.id);
    draft.discard();
    isDeleted.current = true;
  };
  const ask = async (): Promise<void> => {
    asks.value = { isInCloud: await isInCloud(store, draft.id).catch(() => false) };
  };
  const closed = (): void => {
    asks.value = null;
    if (isDeleted.current) route('/', true);
  };
  return (
    <>
      <button type="button" class="button" onClick={() => void ask()}>
        Delete entry
      </button>
      {asks.value && (
        <ConfirmDialog
          title="Delete this entry?"
          text={asks.value.isInCloud ? COMES_BACK : GONE}
          action="Delete"
          onConfirm={remove}
          onClose={closed}
        />
      )}
    </>
  );
}

/** Whether the server has the entry: one that it never had leaves nothing behind. */
function isInCloud(store: LocalStore, id: string): Promise<boolean> {
  return store.transaction('read', ['rows'], async (transaction) => {
    const row = await transaction.get('rows', ['content', id]);
    return row !== undefined && row.base !== null;
  });
}
