import { useEffect, useRef } from 'preact/hooks';
import { shortcutOf, type Shortcut } from './shortcuts.js';

/** The links of the entries in a list, in their order. */
const ENTRY_LINKS = '[data-entry]';

/** Handles the keys of the timeline while it is shown. */
export function useShortcuts(act: (shortcut: Exclude<Shortcut, 'next' | 'previous'>) => void): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const shortcut = event.defaultPrevented || event.isComposing ? null : shortcutOf(pressed(event));
      if (shortcut === null) return;
      event.preventDefault();
      if (shortcut === 'next' || shortcut === 'previous') focusEntry(shortcut === 'next' ? 1 : -1);
      else latest.current(shortcut);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

/** Moves the focus to the entry so many places on; to the first where none has it. */
export function focusEntry(by: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>(ENTRY_LINKS)];
  const at = links.findIndex((link) => link === document.activeElement);
  const next = at < 0 ? links[0] : links[at + by];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

function pressed({ key, ctrlKey, altKey, metaKey, target }: KeyboardEvent): Parameters<typeof shortcutOf>[0] {
  const element = target instanceof Element ? target : null;
  return {
    key,
    hasModifier: ctrlKey || altKey || metaKey,
    isTyping: element?.closest('input, textarea, select, dialog, [contenteditable]') != null,
    isInEntry: element?.closest(ENTRY_LINKS) != null,
  };
}
