import { expect, test } from '@jest/globals';
import { TransportError } from '@logdate/client';
import { problemOfAnswer, problemOfGiven } from '../src/account/entry-problem.js';

const NOW = new Date(2026, 2, 1, 14, 30).getTime();

test('a wrong password names the field, and not whether the account exists', () => {
  for (const code of ['UNAUTHENTICATED', 'BAD_USER_INPUT'] as const) {
    const problem = problemOfAnswer(new TransportError(code, 'x'), 'sign-in', NOW);
    expect(problem).toEqual({ field: 'password', text: 'This name and password do not go together. Check both.' });
  }
});

test('a name that is taken is asked for again', () => {
  const problem = problemOfAnswer(new TransportError('BAD_USER_INPUT', 'x'), 'sign-up', NOW);
  expect(problem.field).toBe('username');
  expect(problem.text).toContain('taken');
});

test('too many tries say when the next one counts', () => {
  const busy = new TransportError('RATE_LIMITED', 'x', { retryAfterMs: 5 * 60_000 });
  expect(problemOfAnswer(busy, 'sign-in', NOW)).toEqual({
    field: null,
    text: 'Too many tries. Try again at 14:35. What you wrote is safe on this device.',
  });
});

test('without an answer, and after any other fault, the text is said to be safe', () => {
  for (const error of [new TransportError('NO_ANSWER', 'x'), new TransportError('INTERNAL', 'x'), new Error('x')]) {
    expect(problemOfAnswer(error, 'sign-in', NOW).text).toContain('safe on this device');
  }
});

test('a new account needs a name and a password that the server takes', () => {
  const fieldOf = (username: string, password: string): string | null | undefined =>
    problemOfGiven({ username, password }, 'sign-up')?.field;
  expect(fieldOf('', 'long enough')).toBe('username');
  expect(fieldOf('ab', 'long enough')).toBe('username');
  expect(fieldOf('abc', 'short')).toBe('password');
  expect(fieldOf('abc', 'x'.repeat(257))).toBe('password');
  expect(fieldOf('abc', 'long enough')).toBeUndefined();
  expect(fieldOf(`${'a'.repeat(70)}@journal.example`, 'long enough')).toBeUndefined();
});

test('an old password is sent as it is, however short', () => {
  expect(problemOfGiven({ username: 'abc', password: 'short' }, 'sign-in')).toBeNull();
});
