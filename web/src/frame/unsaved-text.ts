// Text that is on the screen and not on disk: what a person copies when this browser has stopped saving.
import { signal } from '@preact/signals';

/** By entry; the editor sets it while a save is under way or failed. */
export const unsavedText = signal<ReadonlyMap<string, string>>(new Map());

/** Keeps, or with null forgets, the text of an entry that is not saved yet. */
export function keepUnsaved(entryId: string, text: string | null): void {
  const kept = unsavedText.peek();
  if ((kept.get(entryId) ?? null) === text) return;
  const next = new Map(kept);
  if (text === null) next.delete(entryId);
  else next.set(entryId, text);
  unsavedText.value = next;
}

const savers = new Set<() => Promise<void>>();

/** Calls `save` before the page or the journal is left on purpose, until the answer is called. */
export function saveBeforeLeaving(save: () => Promise<void>): () => void {
  savers.add(save);
  return () => void savers.delete(save);
}

/** Saves at once what is typed and not on disk yet: before a reload, or before another journal is opened. */
export async function saveUnsaved(): Promise<void> {
  await Promise.all([...savers].map((save) => save()));
}
