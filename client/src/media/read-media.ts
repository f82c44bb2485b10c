// Reads a file: from this device where it is here, else from the server.
import type { Clock } from '../clock.js';
import type { Engine } from '../engine.js';
import { StoreFullError, type LocalStore } from '../store.js';
import { TransportError, type ErrorCode } from '../transport.js';
import type { MediaTransport } from './media-transport.js';
import { PieceBuffer, pieceCount, removePieces, storedPieces } from './pieces.js';
import { Sha256 } from './sha256.js';

/** How often a download that brings nothing new is tried before it is given up. */
const FRUITLESS_TRIES = 5;

const TRANSIENT: ReadonlySet<ErrorCode> = new Set(['NO_ANSWER', 'UNAVAILABLE', 'RATE_LIMITED', 'INTERNAL']);

export interface ReadMediaOptions {
  transport: MediaTransport;
  /** Milliseconds until the next try after so many failures in a row, at least what the server asked for. */
  backoff(failures: number, retryAfterMs: number): number;
  signal: AbortSignal;
  /** Whether bytes from the server stay on this device. */
  keep: boolean;
}

interface File {
  id: string;
  size: number;
  sha256: string;
}

/**
 * The bytes of a file in order. They are the right ones only once the reading has ended without an error: the digest
 * is known at the end.
 * @throws TransportError DIGEST_MISMATCH when they are not; nothing of them is kept then
 */
export async function* readMedia(engine: Engine, id: string, options: ReadMediaOptions): AsyncGenerator<Uint8Array> {
  const { store, newHasher = () => new Sha256() } = engine;
  const file = await findFile(store, id);
  const hasher = newHasher();
  const arriving = options.keep ? new Keeper(store, id) : undefined;
  let at = 0;
  for await (const bytes of storedPieces(store, id)) {
    at += bytes.length;
    hasher.update(bytes);
    yield bytes;
  }
  if (arriving !== undefined) arriving.part = pieceCount(at);
  if (at < file.size) {
    for await (const bytes of remoteBytes(engine.clock, file, at, options)) {
      hasher.update(bytes);
      await arriving?.add(bytes);
      yield bytes;
    }
  }
  if (hasher.hex() !== file.sha256) {
    await forget(store, file);
    throw new TransportError('DIGEST_MISMATCH', 'The bytes are not those of the file');
  }
  await arriving?.end();
}

async function findFile(store: LocalStore, id: string): Promise<File> {
  const row = await store.transaction('read', ['rows'], (transaction) => transaction.get('rows', ['media', id]));
  if (row?.status !== 'live' || row.body === null) throw new TransportError('NOT_FOUND', 'There is no such file');
  return { id, size: Number(row.body['sizeBytes']), sha256: String(row.body['sha256']) };
}

/** The bytes from `from` on; after a cut it goes on behind what has arrived. */
async function* remoteBytes(
  clock: Clock,
  { id, size, sha256 }: File,
  from: number,
  options: ReadMediaOptions,
): AsyncGenerator<Uint8Array> {
  const { transport, signal } = options;
  let at = from;
  for (let failures = 0; at < size;) {
    try {
      for await (const bytes of await transport.download(id, at, sha256, signal)) {
        at += bytes.length;
        if (at > size) throw new TransportError('DIGEST_MISMATCH', 'More bytes came than the file has');
        failures = 0;
        yield bytes;
      }
      if (at < size) throw new TransportError('NO_ANSWER', 'The answer ended too early');
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TransportError) || !TRANSIENT.has(error.code)) throw error;
      failures += 1;
      if (failures > FRUITLESS_TRIES) throw error;
      await pause(clock, options.backoff(failures - 1, error.details.retryAfterMs ?? 0), signal);
    }
  }
}

/** Stores what arrives; the last piece only when all are known to be right, so that a whole file is a checked one. */
class Keeper {
  part = 0;
  private readonly buffer = new PieceBuffer();
  private held: Uint8Array | undefined;
  private isFull = false;

  constructor(
    private readonly store: LocalStore,
    private readonly id: string,
  ) {}

  async add(bytes: Uint8Array): Promise<void> {
    for (const piece of this.buffer.add(bytes)) await this.hold(piece);
  }

  async end(): Promise<void> {
    for (const piece of this.buffer.rest()) await this.hold(piece);
    await this.hold(undefined);
  }

  /** Stores the piece before, now that it is not the last. */
  private async hold(piece: Uint8Array | undefined): Promise<void> {
    const { id, part, held } = this;
    this.held = piece;
    if (held === undefined || this.isFull) return;
    this.part += 1;
    try {
      await this.store.transaction('write', ['rows', 'blobs'], async (transaction) => {
        // Deleted meanwhile: nobody would remove the piece.
        if ((await transaction.get('rows', ['media', id]))?.status !== 'live') return;
        await transaction.put('blobs', { id, part, bytes: held });
      });
    } catch (error) {
      if (!(error instanceof StoreFullError)) throw error;
      this.isFull = true;
    }
  }
}

/** Removes wrong bytes; those of a file that was never uploaded stay, as they are all there is. */
async function forget(store: LocalStore, { id, size }: File): Promise<void> {
  await store.transaction('write', ['media', 'blobs'], async (transaction) => {
    if ((await transaction.get('media', [id])) === undefined) await removePieces(transaction, id, pieceCount(size));
  });
}

function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
    const abort = (): void => {
      cancel();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
  });
}
