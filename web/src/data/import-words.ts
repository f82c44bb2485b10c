// What an import did, as a person reads it.
import { counted, listed } from '../settings/in-words.js';
import type { Imported, ImportKind, WorkFailure } from './journal-work.js';

/** What the bar of each kind is called. */
export const KIND_WORDS: Record<ImportKind, string> = {
  journals: 'Journals',
  entries: 'Entries',
  links: 'Putting entries into journals',
  files: 'Photos and recordings',
};

/** The outcome in one sentence. */
export function outcomeWords({ written, wasCancelled, broken }: Imported, fileName: string): string {
  const brought = listed([
    [written.entries, 'entry', 'entries'],
    [written.journals, 'journal'],
    [written.files, 'photo or recording', 'photos and recordings'],
  ]);
  if (wasCancelled) {
    const soFar = brought === '' ? 'Nothing was imported' : `Imported so far, and kept: ${brought}`;
    return `Stopped. ${soFar}. Import ${fileName} again to bring in the rest.`;
  }
  if (brought !== '') return `Imported ${brought}.`;
  if (written.links > 0) return `Put ${counted(written.links, 'entry', 'entries')} back into journals.`;
  return broken.length > 0 ? 'Nothing new was imported.' : 'Nothing was missing: your journal has all of it already.';
}

/** What was left as it is, a sentence each; nothing where there is nothing to say. */
export function unchangedWords({ unchanged }: Imported): string | null {
  if (unchanged === 0) return null;
  return `${counted(unchanged, 'entry or journal was', 'entries and journals were')} here already, just like that.`;
}

export function editedWords({ editedHere }: Imported): string | null {
  if (editedHere === 0) return null;
  return `${counted(editedHere, 'entry or journal was', 'entries and journals were')} edited here later: your edits stay.`;
}

export function deletedWords({ deletedHere }: Imported): string | null {
  if (deletedHere === 0) return null;
  return `${counted(deletedHere, 'entry or journal was', 'entries and journals were')} deleted here, and stay deleted.`;
}

/** Why nothing, or not everything, came in, and what is safe. */
export function importFailureWords(failure: WorkFailure, fileName: string): string {
  switch (failure.code) {
    case 'unreadable':
      return `${sentence(failure.message)} Nothing was imported.`;
    case 'device-full':
      return `This device is full. What was imported so far stays. Free some space, then import ${fileName} again: it goes on where it ended.`;
    default:
      return `The import could not go on. What was imported so far stays. Import ${fileName} again: it goes on where it ended.`;
  }
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
