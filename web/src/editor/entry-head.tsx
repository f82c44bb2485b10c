import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Draft, DraftState } from './draft.js';
import { EntryJournals } from './entry-journals.js';
import { fromLocalInput, toLocalInput } from './local-time.js';
import type { JournalsOf } from './use-journals-of.js';

interface EntryHeadProps {
  draft: Draft;
  state: DraftState;
  journals: JournalsOf;
}

/** When the entry was, and where it belongs. */
export function EntryHead({ draft, state, journals }: EntryHeadProps): VNode {
  return (
    <>
      <EntryTime createdAt={state.createdAt} set={(createdAt) => draft.write({ createdAt })} />
      <EntryJournals journals={journals} />
    </>
  );
}

/** A year of one digit is one that is being typed: it counts when the field is left. */
const YEAR_1000 = Date.UTC(1000, 0);

function EntryTime({ createdAt, set }: { createdAt: number | null; set: (at: number) => void }): VNode {
  const [openedAt] = useState(() => Date.now());
  const shown = toLocalInput(createdAt ?? openedAt);
  const take = (value: string, isDone: boolean): void => {
    const at = fromLocalInput(value);
    if (at !== null && value !== shown && (isDone || at >= YEAR_1000)) set(at);
  };
  return (
    <label class="entry-time">
      <span class="visually-hidden">Date and time</span>
      <input
        type="datetime-local"
        value={shown}
        max="9999-12-31T23:59"
        onInput={({ currentTarget }) => take(currentTarget.value, false)}
        onBlur={({ currentTarget }) => take(currentTarget.value, true)}
      />
    </label>
  );
}
