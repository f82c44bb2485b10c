import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { caretAfter } from './caret.js';
import type { Draft, DraftState } from './draft.js';

interface EntryTextProps {
  draft: Draft;
  state: DraftState;
  /** Nothing of it can be on disk: it is written into at once. */
  isNew: boolean;
  /** Called with each key, before the draft knows of it. */
  onType: () => void;
}

/** Where the words are written. Words of another device come in around the caret. */
export function EntryText({ draft, state, isNew, onType }: EntryTextProps): VNode {
  const place = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    if (place.current !== null) showText(place.current, state.text);
  }, [state.text]);
  useLayoutEffect(() => {
    if (isNew) place.current?.focus();
  }, []);
  return (
    <>
      <textarea
        ref={place}
        class="prose editor-text"
        aria-label="Entry"
        placeholder="Write…"
        readOnly={!isNew && !state.isRead}
        onInput={({ currentTarget }) => {
          onType();
          draft.write({ content: currentTarget.value });
        }}
        onCompositionStart={() => draft.hold(true)}
        onCompositionEnd={() => draft.hold(false)}
        onBlur={() => {
          // A word that was being composed ends with the focus, in some browsers without a word.
          draft.hold(false);
          if (draft.unsaved !== null) draft.saveNow();
        }}
      />
      <div class="prose editor-printed">{state.text}</div>
    </>
  );
}

function showText(place: HTMLTextAreaElement, text: string): void {
  const { value, selectionStart, selectionEnd, selectionDirection } = place;
  if (value === text) return;
  place.value = text;
  if (document.activeElement !== place) return;
  const [start, end] = [caretAfter(value, text, selectionStart), caretAfter(value, text, selectionEnd)];
  place.setSelectionRange(start, end, selectionDirection);
}
