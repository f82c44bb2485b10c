// Values in the order of their keys, in pieces: adding one moves a few hundred others, not all.
import type { Key } from '../store.js';
import { compareKeys } from './keys.js';

interface Place {
  piece: number;
  at: number;
}

/** A piece with more entries than this is halved. */
const LARGEST_PIECE = 512;

/** Values in the order of their keys; no two have the same key, and all keys have as many parts. */
export class EntryOrder<V> {
  readonly #pieces: { key: Key; value: V }[][] = [[]];

  get size(): number {
    return this.#pieces.reduce((size, piece) => size + piece.length, 0);
  }

  get(key: Key): V | undefined {
    const { piece, at } = this.#place(key, 'before');
    const entry = this.#pieces[piece]?.[at];
    return entry && compareKeys(entry.key, key) === 0 ? entry.value : undefined;
  }

  set(key: Key, value: V): void {
    const place = this.#place(key, 'before');
    const piece = this.#pieces[place.piece] ?? [];
    const next = piece[place.at];
    piece.splice(place.at, next && compareKeys(next.key, key) === 0 ? 1 : 0, { key, value });
    if (piece.length > LARGEST_PIECE) this.#pieces.splice(place.piece + 1, 0, piece.splice(LARGEST_PIECE / 2));
  }

  delete(key: Key): void {
    const place = this.#place(key, 'before');
    const piece = this.#pieces[place.piece] ?? [];
    const next = piece[place.at];
    if (!next || compareKeys(next.key, key) !== 0) return;
    piece.splice(place.at, 1);
    if (piece.length === 0 && this.#pieces.length > 1) this.#pieces.splice(place.piece, 1);
  }

  /** How many entries come before those that begin with these parts; or with `behind`, before what follows them. */
  rank(begin: Key, side: 'before' | 'behind'): number {
    const { piece, at } = this.#place(begin, side);
    return this.#pieces.slice(0, piece).reduce((size, earlier) => size + earlier.length, at);
  }

  /** The values between two ranks. */
  slice(from: number, to: number): V[] {
    const values: V[] = [];
    let rank = 0;
    for (const piece of this.#pieces) {
      for (const { value } of piece.slice(Math.max(0, from - rank), Math.max(0, to - rank))) values.push(value);
      rank += piece.length;
    }
    return values;
  }

  #place(begin: Key, side: 'before' | 'behind'): Place {
    const comesBefore = (key: Key): boolean => compareKeys(key, begin) < (side === 'behind' ? 1 : 0);
    const last = this.#pieces.length - 1;
    const piece = firstWhere(last, (place) => !comesBefore(this.#pieces[place]?.at(-1)?.key ?? []));
    const entries = this.#pieces[piece] ?? [];
    return { piece, at: firstWhere(entries.length, (place) => !comesBefore(entries[place]?.key ?? [])) };
  }
}

/** The first number below `end` that passes, when all after it pass as well; otherwise `end`. */
function firstWhere(end: number, passes: (place: number) => boolean): number {
  let low = 0;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (passes(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
