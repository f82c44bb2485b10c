// The keys of the timeline.

/** What a key asks for. */
export type Shortcut = 'search' | 'new' | 'next' | 'previous' | 'help';

/** A key that was pressed, and where. */
export interface Pressed {
  key: string;
  /** With Ctrl, Alt or the command key: then it is a key of the browser. */
  hasModifier: boolean;
  /** In a field, a list of choices or a dialog. */
  isTyping: boolean;
  /** On an entry of the list: elsewhere the arrows scroll. */
  isInEntry: boolean;
}

const KEYS: Readonly<Record<string, Shortcut>> = { '/': 'search', n: 'new', j: 'next', k: 'previous', '?': 'help' };
const ENTRY_KEYS: Readonly<Record<string, Shortcut>> = { ArrowDown: 'next', ArrowUp: 'previous' };

/** What the key asks for, null for nothing. */
export function shortcutOf({ key, hasModifier, isTyping, isInEntry }: Pressed): Shortcut | null {
  if (hasModifier || isTyping) return null;
  return KEYS[key] ?? (isInEntry ? ENTRY_KEYS[key] : undefined) ?? null;
}
