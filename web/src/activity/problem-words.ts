// What went wrong, in words, by the code of the error.

const WORDS: Readonly<Record<string, string>> = {
  NO_ANSWER: "LogDate Cloud couldn't be reached",
  UNAVAILABLE: "LogDate Cloud couldn't answer",
  INTERNAL: 'Something failed that should not have',
  RATE_LIMITED: 'LogDate Cloud was busy and asked to wait',
  SIGNED_OUT: 'The session had ended',
  UNAUTHENTICATED: 'The session had ended',
  FORBIDDEN: 'It belongs to another account',
  NOT_FOUND: 'It is no longer in LogDate Cloud',
  BAD_USER_INPUT: 'LogDate Cloud does not take it as it is',
  CONFLICT: 'It was changed on two devices',
  EPOCH_CHANGED: 'LogDate Cloud was restored from an older copy',
  DIGEST_MISMATCH: 'The file arrived damaged',
  TOO_LARGE: 'It is too large',
  QUOTA_EXCEEDED: 'Cloud storage is full',
  STORE_FULL: 'This device is full',
  STORE_LOST: 'This browser stopped saving',
};

/** The words for a code, those of a fault for one that is unknown. No full stop: they may be part of a sentence. */
export function problemWords(code: unknown): string {
  const words = typeof code === 'string' && Object.hasOwn(WORDS, code) ? WORDS[code] : undefined;
  return words ?? 'Something failed that should not have';
}
