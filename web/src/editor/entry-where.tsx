import type { VNode } from 'preact';
import type { DraftState } from './draft.js';
import { whereWords } from './where-words.js';

interface EntryWhereProps {
  id: string;
  state: DraftState;
  /** Files of the entry that are not backed up yet. */
  filesWaiting: number;
}

/** Where the text is now. Only text in danger speaks up by itself: the chip says the rest. */
export function EntryWhere({ id, state, filesWaiting }: EntryWhereProps): VNode {
  const words = whereWords(id, state, filesWaiting);
  const isLost = words.state === 'not-saved';
  return (
    <p class={`entry-where entry-where-${words.state}`} data-where={words.state}>
      {words.href !== undefined ? <a href={words.href}>{words.text}</a> : !isLost && words.text}
      <span role="alert">{isLost && words.text}</span>
      {isLost && (
        <button type="button" class="button" onClick={() => void navigator.clipboard.writeText(state.text)}>
          Copy text
        </button>
      )}
    </p>
  );
}
