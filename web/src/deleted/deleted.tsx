import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useJournal, useRead } from '../journal/use-journal.js';
import { dayTitle, timeOf } from '../timeline/days.js';
import { deletedEntries, restoreEntry, type DeletedEntry } from './deleted-entries.js';
import './deleted.css';

/** So many more are shown each time. */
const MORE = 50;

/** What became of the last entry that a person wanted back. */
type Outcome = { id: string; worked: boolean };

/** Deleted entries, the last one first, and the way back for each. */
export function Deleted(): VNode {
  const journal = useJournal();
  const entries = useRead(() => deletedEntries(journal), [journal]);
  const limit = useSignal(MORE);
  const outcome = useSignal<Outcome | null>(null);
  const restore = async (id: string): Promise<void> => {
    try {
      await restoreEntry(journal, id);
      outcome.value = { id, worked: true };
    } catch {
      outcome.value = { id, worked: false };
    }
  };
  return (
    <>
      <h1>Recently deleted</h1>
      <p class="soft">
        The last words of deleted entries, as long as this device has them. LogDate Cloud forgets them 30 days after
        they were deleted.
      </p>
      {outcome.value && <OutcomeLine outcome={outcome.value} />}
      {entries?.length === 0 && <p class="deleted-empty">Nothing was deleted here.</p>}
      <ul class="deleted">
        {entries?.slice(0, limit.value).map((entry) => (
          <DeletedCard key={entry.id} entry={entry} restore={() => void restore(entry.id)} />
        ))}
      </ul>
      {entries !== undefined && entries.length > limit.value && (
        <button type="button" class="button" onClick={() => (limit.value += MORE)}>
          Show more
        </button>
      )}
    </>
  );
}

/** Takes the focus: the button that was pressed is gone. */
function OutcomeLine({ outcome: { id, worked } }: { outcome: Outcome }): VNode {
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => line.current?.focus(), [id, worked]);
  return (
    <p class="card" role="status" tabIndex={-1} ref={line}>
      {worked ? (
        <>
          The entry is back in its place. <a href={`/entry/${id}`}>Open it</a>
        </>
      ) : (
        'The entry could not be restored now. It is still here; try again.'
      )}
    </p>
  );
}

function DeletedCard({ entry, restore }: { entry: DeletedEntry; restore: () => void }): VNode {
  const { id, text, createdAt, deletedAt } = entry;
  const now = Date.now();
  return (
    <li class="deleted-entry">
      <p class="soft deleted-times">
        Written: {dayTitle(createdAt, now)} · Deleted: {dayTitle(deletedAt, now)}, {timeOf(deletedAt)}
      </p>
      <p class="prose deleted-text" id={`deleted-${id}`}>
        {text === '' ? <span class="soft">Without words</span> : text}
      </p>
      <button type="button" class="button" aria-describedby={`deleted-${id}`} onClick={restore}>
        Restore
      </button>
    </li>
  );
}
