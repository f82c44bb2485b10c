// The bytes of files, cut into pieces of one size, as they lie in the table `blobs`.
import type { LocalStore, Transaction } from '../store.js';

/** Bytes of each stored piece but the last. It never changes: what an older release stored is read by it. */
export const PIECE_BYTES = 256 * 1024;

/** Where a file comes from. */
export type MediaBytes = AsyncIterable<Uint8Array> | Blob | Uint8Array;

type Piece = Uint8Array<ArrayBuffer>;

export function pieceCount(size: number): number {
  return Math.ceil(size / PIECE_BYTES);
}

/** Gathers bytes into whole pieces. */
export class PieceBuffer {
  private readonly bytes = new Uint8Array(PIECE_BYTES);
  private filled = 0;

  /** Takes bytes in, and gives each piece that is full. */
  *add(bytes: Uint8Array): Generator<Piece> {
    for (let at = 0; at < bytes.length;) {
      const taken = bytes.subarray(at, at + PIECE_BYTES - this.filled);
      this.bytes.set(taken, this.filled);
      this.filled += taken.length;
      at += taken.length;
      if (this.filled === PIECE_BYTES) yield* this.rest();
    }
  }

  /** The piece that is not full, if there is one. */
  *rest(): Generator<Piece> {
    const { filled } = this;
    this.filled = 0;
    if (filled > 0) yield this.bytes.slice(0, filled);
  }
}

/** Cuts a file into pieces, each with a buffer of its own: a store that clones a view clones all that lies behind it. */
export async function* piecesOf(source: MediaBytes): AsyncGenerator<Piece> {
  if (Symbol.asyncIterator in source) {
    const buffer = new PieceBuffer();
    for await (const bytes of source) yield* buffer.add(bytes);
    yield* buffer.rest();
    return;
  }
  const size = source instanceof Uint8Array ? source.length : source.size;
  for (let at = 0; at < size; at += PIECE_BYTES) {
    const end = Math.min(at + PIECE_BYTES, size);
    yield new Uint8Array(
      source instanceof Uint8Array ? source.subarray(at, end) : await source.slice(at, end).arrayBuffer(),
    );
  }
}

/** The stored bytes from `from` up to `to`, cut anyhow; undefined when some of them are not on this device. */
export function readBytes(
  store: LocalStore,
  id: string,
  from: number,
  to: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return store.transaction('read', ['blobs'], async (transaction) => {
    const bytes = new Uint8Array(to - from);
    for (let at = from; at < to;) {
      const part = Math.floor(at / PIECE_BYTES);
      const start = part * PIECE_BYTES;
      const piece = await transaction.get('blobs', [id, part]);
      const wanted = piece?.bytes.subarray(at - start, to - start);
      if (wanted === undefined || wanted.length === 0) return undefined;
      bytes.set(wanted, at - from);
      at += wanted.length;
    }
    return bytes;
  });
}

/** The stored pieces of a file in order, up to the first that is missing. */
export async function* storedPieces(store: LocalStore, id: string): AsyncGenerator<Uint8Array> {
  for (let part = 0; ; part += 1) {
    const piece = await store.transaction('read', ['blobs'], (transaction) => transaction.get('blobs', [id, part]));
    if (piece === undefined) return;
    yield piece.bytes;
  }
}

/** Removes the first pieces of a file, those that are missing too. */
export async function removePieces(transaction: Transaction, id: string, count: number): Promise<void> {
  for (let part = 0; part < count; part += 1) await transaction.delete('blobs', [id, part]);
}

/** Whether the whole file is on this device. */
export async function isStored(transaction: Transaction, id: string, size: number): Promise<boolean> {
  return (await transaction.count('blobs', { prefix: [id] })) === pieceCount(size);
}
