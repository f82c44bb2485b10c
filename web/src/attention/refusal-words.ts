// Why the server does not take something, and what helps, in words for a person: by code, never by message.
import type { RejectedRecord } from '@logdate/client';

/** The longest that a server takes unless it was set up otherwise, in characters. */
const TITLE_CHARACTERS = 500;
const DESCRIPTION_CHARACTERS = 10_000;

/** What is refused, why, and what to do. @param words all words of the row: a title first */
export function refusalWords({ type, code }: Pick<RejectedRecord, 'type' | 'code'>, words: string): string {
  switch (code) {
    case 'TOO_LARGE':
      return tooLarge(type, words);
    case 'BAD_USER_INPUT':
      return notAllowed(type, words);
    case 'FORBIDDEN':
      return 'It belongs to another account, so it can’t be saved in yours. Copy it into a new entry to keep it.';
    case 'NOT_FOUND':
      return type === 'association' || type === 'media'
        ? 'What it belongs to is not in LogDate Cloud any more.'
        : 'It is not in LogDate Cloud any more. Try again to put it back.';
    case 'DIGEST_MISMATCH':
      return 'The file on this device is damaged, so it was not sent. Add it again from where you have it.';
    case 'QUOTA_EXCEEDED':
      return 'Your cloud storage is full. Free some space, then try again.';
    case 'UNAUTHENTICATED':
    case 'SIGNED_OUT':
      return 'You were signed out while it was sent. Sign in, then try again.';
    case 'CONFLICT':
    case 'EPOCH_CHANGED':
    case 'RATE_LIMITED':
    case 'UNAVAILABLE':
    case 'INTERNAL':
    case 'NO_ANSWER':
      return 'LogDate Cloud could not take it then. Try again.';
  }
}

function tooLarge(type: RejectedRecord['type'], words: string): string {
  switch (type) {
    case 'journal':
      return notAllowed(type, words);
    case 'media':
      return 'The file is larger than LogDate Cloud takes. It stays on this device: save a copy elsewhere.';
    case 'content':
    case 'association':
      return 'The text is longer than LogDate Cloud takes. Split it into two entries and it goes up.';
  }
}

function notAllowed(type: RejectedRecord['type'], words: string): string {
  if (type === 'media') return 'LogDate Cloud does not take files of this kind.';
  const [title = '', ...description] = words.split('\n\n');
  if (type === 'journal' && [...title].length > TITLE_CHARACTERS) return tooLong('title');
  if (type === 'journal' && [...description.join('\n\n')].length > DESCRIPTION_CHARACTERS)
    return tooLong('description');
  return 'LogDate Cloud does not take it as it is: part of it is missing or not allowed. Edit it, then try again.';
}

function tooLong(what: string): string {
  return `The ${what} is longer than LogDate Cloud takes. Shorten it and it goes up.`;
}
