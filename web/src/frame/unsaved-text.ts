// Text that is on the screen and not on disk: what a person copies when this browser has stopped saving.
import { signal } from '@preact/signals';

/** By entry; the editor sets it while a save is under way or failed. */
export const unsavedText = signal<ReadonlyMap<string, string>>(new Map());

/** Keeps, or with null forgets, the text of an entry that is not saved yet. */
export function keepUnsaved(entryId: string, text: string | null): void {
  const next = new Map(unsavedText.peek());
  if (text === null) next.delete(entryId);
  else next.set(entryId, text);
  unsavedText.value = next;
}
