/**
 * Where the caret goes when the text around it is replaced: it stays at the words where it was.
 * @param at position in `before`
 * @returns position in `after`
 */
export function caretAfter(before: string, after: string, at: number): number {
  const same = sameAtStart(before, after);
  if (at <= same) return at;
  const fromEnd = sameAtEnd(before.slice(same), after.slice(same));
  if (before.length - at <= fromEnd) return after.length - (before.length - at);
  // It stood in what was replaced.
  return after.length - fromEnd;
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
