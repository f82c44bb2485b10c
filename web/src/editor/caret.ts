/** So many characters before the caret tell where it stood. */
const WORDS = 20;

/**
 * Where the caret goes when the text around it is replaced: it stays at the words where it was.
 * @param at position in `before`
 * @returns position in `after`
 */
export function caretAfter(before: string, after: string, at: number): number {
  const same = sameAtStart(before, after);
  if (at <= same) return at;
  const fromEnd = sameAtEnd(before.slice(same), after.slice(same));
  if (before.length - at < fromEnd) return after.length - (before.length - at);
  // Words came in on both sides, or those around it were replaced: behind the same words, if they are still there.
  const end = after.length - fromEnd;
  const ahead = before.slice(Math.max(same, at - WORDS), at);
  const found = after.slice(same, end).indexOf(ahead);
  return found < 0 ? end : same + found + ahead.length;
}

function sameAtStart(one: string, other: string): number {
  let length = 0;
  while (length < one.length && length < other.length && one[length] === other[length]) length += 1;
  return length;
}

function sameAtEnd(one: string, other: string): number {
  let length = 0;
  while (length < one.length && length < other.length && one.at(-1 - length) === other.at(-1 - length)) length += 1;
  return length;
}
