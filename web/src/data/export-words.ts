// What an export did, as a person reads it.
import { counted, listed } from '../settings/in-words.js';
import type { Exported, FileTrouble, WorkFailure } from './journal-work.js';

/** The outcome in a sentence or two. */
export function exportedWords({ journals, entries, media, fromCloud }: Exported, fileName: string): string {
  const all = listed([
    [entries, 'entry', 'entries'],
    [journals, 'journal'],
    [media, 'photo or recording', 'photos and recordings'],
  ]);
  const held = `${fileName} holds everything: ${all === '' ? 'your journal is empty so far' : all}.`;
  return fromCloud === 0 ? held : `${held} ${fromCloudWords(fromCloud)}`;
}

export function fromCloudWords(files: number): string {
  return `${counted(files, 'photo or recording was', 'photos and recordings were')} read from LogDate Cloud.`;
}

const TROUBLES: Record<FileTrouble, string> = {
  'no-answer': "It is in LogDate Cloud, which can't be reached now. Try again when you're online.",
  'signed-out': 'It is in LogDate Cloud. Sign in, then try again.',
  'not-there': 'It is not on this device, and LogDate Cloud does not have it yet. Let the device that added it back up first.',
};

/** Why there is no ZIP, and what is safe. */
export function exportFailureWords(failure: WorkFailure): string {
  switch (failure.code) {
    case 'file-missing':
      return `No ZIP was made, because ${failure.fileName} could not be read. ${TROUBLES[failure.why]}`;
    case 'device-full':
      return 'No ZIP was made: this device is full. Your journal is as it was.';
    case 'cancelled':
      return 'The export was cancelled. No ZIP was made.';
    default:
      return 'No ZIP was made: something went wrong. Your journal is as it was; try again.';
  }
}
