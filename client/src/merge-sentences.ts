// Three-way merge of prose by sentence: edits of different sentences merge, edits of the same sentence ask.
import { diffArrays } from 'diff';

/** Beyond so many changed pieces a merge by machine is not worth its time: a person is asked. */
const MOST_CHANGES = 500;

/** `base[from, to)` becomes `pieces`. */
interface Change {
  from: number;
  to: number;
  pieces: string[];
}

/**
 * Merges two edits of one text.
 * @returns the merged text, undefined where both changed the same sentence or added at the same place
 */
export function mergeSentences(base: string, mine: string, theirs: string): string | undefined {
  const pieces = split(base);
  const here = changes(pieces, split(mine));
  const there = changes(pieces, split(theirs));
  if (here === undefined || there === undefined) return undefined;
  const merged = interleave(here, there);
  return merged && apply(pieces, merged);
}

/** Sentences, and the white space between them as pieces of its own, so that adding a sentence leaves the one before as it was. */
function split(text: string): string[] {
  const sentences = new Intl.Segmenter('en', { granularity: 'sentence' }).segment(text);
  return Array.from(sentences, ({ segment }) => segment.split(/(\s+)$/u))
    .flat()
    .filter((piece) => piece !== '');
}

/** The changes in the order of `base`; undefined where there are too many. */
function changes(base: string[], edited: string[]): Change[] | undefined {
  const parts = diffArrays(base, edited, { maxEditLength: MOST_CHANGES });
  if (parts === undefined) return undefined;
  const found: Change[] = [];
  let at = 0;
  let open: Change | undefined;
  for (const { added, removed, value } of parts) {
    if (!added && !removed) {
      at += value.length;
      open = undefined;
      continue;
    }
    if (open === undefined) found.push((open = { from: at, to: at, pieces: [] }));
    if (added) open.pieces.push(...value);
    if (removed) {
      at += value.length;
      open.to = at;
    }
  }
  return found;
}

/** Both lists as one; undefined where two changes meet. The same change on both sides is one. */
function interleave(here: Change[], there: Change[]): Change[] | undefined {
  const all = [...here, ...there].sort((one, other) => one.from - other.from || one.to - other.to);
  const merged: Change[] = [];
  for (const change of all) {
    const last = merged.at(-1);
    if (last && equal(last, change)) continue;
    if (last && meet(last, change)) return undefined;
    merged.push(change);
  }
  return merged;
}

/** Overlap, or insert at the same place. A change beside another one is in another sentence. */
function meet(earlier: Change, later: Change): boolean {
  return later.from < earlier.to || later.from === earlier.from;
}

function equal(one: Change, other: Change): boolean {
  return (
    one.from === other.from &&
    one.to === other.to &&
    one.pieces.length === other.pieces.length &&
    one.pieces.every((piece, index) => piece === other.pieces[index])
  );
}

function apply(base: string[], merged: Change[]): string {
  const result: string[] = [];
  let at = 0;
  for (const { from, to, pieces } of merged) {
    result.push(...base.slice(at, from), ...pieces);
    at = to;
  }
  return [...result, ...base.slice(at)].join('');
}
