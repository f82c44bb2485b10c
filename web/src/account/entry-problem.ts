// Why somebody was not let in, in words, and the field to look at.
import { TransportError } from '@logdate/client';
import type { Given } from '../journal/session.js';
import { clockTime } from '../settings/in-words.js';

/** Which of the two forms was filled in. */
export type Way = 'sign-in' | 'sign-up';

/** What a person reads, and the field where the cursor goes; null where no field is wrong. */
export interface EntryProblem {
  field: keyof Given | null;
  text: string;
}

const SHORTEST_NAME = 3;
const LONGEST_NAME = 64;
const SHORTEST_PASSWORD = 8;
const LONGEST_PASSWORD = 256;

/** What can be seen to be wrong without asking the server; null where nothing is. */
export function problemOfGiven({ username, password }: Given, way: Way): EntryProblem | null {
  if (username === '') return { field: 'username', text: 'Enter your email or user name.' };
  if (way === 'sign-up' && !isName(username)) {
    return { field: 'username', text: 'Use an email address, or a name of 3 to 64 characters.' };
  }
  if (password === '') return { field: 'password', text: 'Enter your password.' };
  if (way === 'sign-in') return null;
  if (password.length < SHORTEST_PASSWORD) {
    return { field: 'password', text: 'This password is too short. Use 8 characters or more.' };
  }
  return password.length > LONGEST_PASSWORD
    ? { field: 'password', text: 'This password is too long. Use at most 256 characters.' }
    : null;
}

/** What the server's refusal, or its silence, means. @param now milliseconds since 1970 */
export function problemOfAnswer(error: unknown, way: Way, now: number): EntryProblem {
  const code = error instanceof TransportError ? error.code : null;
  switch (code) {
    case 'UNAUTHENTICATED':
    case 'BAD_USER_INPUT':
      return way === 'sign-in'
        ? { field: 'password', text: 'This name and password do not go together. Check both.' }
        : { field: 'username', text: 'This name is taken or cannot be used. Choose another one, or sign in.' };
    case 'RATE_LIMITED':
      return { field: null, text: `Too many tries. ${nextTry(error, now)} ${SAFE}` };
    case 'NO_ANSWER':
    case 'UNAVAILABLE':
      return { field: null, text: `LogDate Cloud can't be reached. Try again in a moment. ${SAFE}` };
    default:
      return { field: null, text: `That did not work. Try again in a moment. ${SAFE}` };
  }
}

const SAFE = 'What you wrote is safe on this device.';

function nextTry(error: unknown, now: number): string {
  const wait = error instanceof TransportError ? error.details.retryAfterMs : undefined;
  return wait === undefined ? 'Try again later.' : `Try again at ${clockTime(now + wait, now)}.`;
}

function isName(username: string): boolean {
  // The server alone judges an email address.
  if (username.includes('@')) return true;
  const characters = [...username].length;
  return characters >= SHORTEST_NAME && characters <= LONGEST_NAME;
}
