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

/** A stretch of a text that two sides have edited; the stretches of a text in order are the whole of it. */
export interface Stretch {
  base: string;
  mine: string;
  theirs: string;
  /** Undefined where both changed the same sentence, or added at the same place. */
  merged: string | undefined;
}

/**
 * Merges two edits of one text.
 * @returns the merged text, undefined where both changed the same sentence or added at the same place
 */
export function mergeSentences(base: string, mine: string, theirs: string): string | undefined {
  const merged = stretches(base, mine, theirs)?.map((stretch) => stretch.merged);
  return merged === undefined || merged.includes(undefined) ? undefined : merged.join('');
}

/** The text in stretches, each as both sides have it; undefined where the changes are too many. */
export function stretches(base: string, mine: string, theirs: string): Stretch[] | undefined {
  const pieces = split(base);
  const here = changes(pieces, split(mine));
  const there = changes(pieces, split(theirs));
  if (here === undefined || there === undefined) return undefined;
  const found: Stretch[] = [];
  const untouched = (from: number, to?: number): void => {
    const text = pieces.slice(from, to).join('');
    if (text !== '') found.push({ base: text, mine: text, theirs: text, merged: text });
  };
  let at = 0;
  for (const region of meetings(here, there)) {
    untouched(at, region.from);
    found.push(stretchOf(pieces, region));
    at = region.to;
  }
  untouched(at);
  return found;
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

/** `base[from, to)`, and the changes of each side in it. */
interface Region {
  from: number;
  to: number;
  here: Change[];
  there: Change[];
}

/** Both lists as one: changes that meet are in one region. A change beside another one is in another sentence. */
function meetings(here: Change[], there: Change[]): Region[] {
  const all = [...here, ...there].sort((one, other) => one.from - other.from || one.to - other.to);
  const mine = new Set(here);
  const regions: Region[] = [];
  for (const change of all) {
    const { from, to } = change;
    let region = regions.at(-1);
    // Apart: neither overlapping nor inserted at the same place.
    if (region === undefined || (from >= region.to && from !== region.from)) {
      regions.push((region = { from, to, here: [], there: [] }));
    }
    region.to = Math.max(region.to, to);
    region[mine.has(change) ? 'here' : 'there'].push(change);
  }
  return regions;
}

/** A side that changed nothing yields; the same change on both sides is one. */
function stretchOf(base: string[], region: Region): Stretch {
  const mine = applied(base, region, region.here);
  const theirs = applied(base, region, region.there);
  const isClear = mine === theirs || region.here.length === 0 || region.there.length === 0;
  const merged = region.here.length === 0 ? theirs : mine;
  return { base: applied(base, region, []), mine, theirs, merged: isClear ? merged : undefined };
}

function applied(base: string[], { from, to }: Region, made: Change[]): string {
  const result: string[] = [];
  let at = from;
  for (const change of made) {
    result.push(...base.slice(at, change.from), ...change.pieces);
    at = change.to;
  }
  return [...result, ...base.slice(at, to)].join('');
}
