// Moves one file to the server, a piece of it at a time.
import type { Clock } from '../clock.js';
import type { RemoteRow } from '../resources.js';
import type { LocalStore } from '../store.js';
import type { MediaEntry } from '../tables.js';
import { TransportError } from '../transport.js';
import type { MediaTransport, SignedPart } from './media-transport.js';
import { readBytes } from './pieces.js';

/** The largest file that goes with one request. */
export const WHOLE_BYTES = 8 * 2 ** 20;

const CHUNK_START_BYTES = 2 ** 20;
const CHUNK_MIN_BYTES = 256 * 2 ** 10;
const CHUNK_MAX_BYTES = 16 * 2 ** 20;
/** How long a chunk is to take: a lost one costs no more than that, and words wait no longer for the line. */
const CHUNK_MS = 2_000;

/** An upload under way, as far as this process knows it. */
export type Sending =
  | { method: 'TUS'; url: string; offset: number }
  /** The parts that are still to go. Known to this process alone: a new plan gives the old URLs up. */
  | { method: 'SIGNED'; parts: readonly SignedPart[]; offset: number };

/** Where an upload stands after a step: made READY, or so far. */
export type Moved = { row: RemoteRow } | { sending: Sending };

/** Sends files by whichever way the server wants, in chunks as large as the line is good for. */
export class Uploader {
  private chunkBytes = CHUNK_START_BYTES;

  constructor(
    private readonly store: LocalStore,
    private readonly transport: MediaTransport,
    private readonly clock: Clock,
  ) {}

  /** A small file with one request; undefined where it must go in chunks. */
  async sendWhole(entry: MediaEntry, signal: AbortSignal): Promise<RemoteRow | undefined> {
    try {
      return await this.transport.uploadWhole(entry, await this.read(entry, 0, entry.size), signal);
    } catch (error) {
      // Something on the way takes only smaller requests; where the file itself is too large, `begin` says so.
      if (error instanceof TransportError && error.code === 'TOO_LARGE') return undefined;
      throw error;
    }
  }

  /** Goes on with an upload, or begins it. What has arrived is for the server to say. */
  async begin(entry: MediaEntry, signal: AbortSignal): Promise<Moved> {
    const { uploadUrl } = entry;
    const known = uploadUrl === null ? undefined : await this.transport.arrived(uploadUrl, signal);
    if (uploadUrl !== null && known !== undefined) {
      return { sending: { method: 'TUS', url: uploadUrl, offset: known } };
    }
    const plan = await this.transport.begin(entry, signal);
    if (plan.method === 'ALREADY_STORED') return { row: plan.row };
    if (plan.method === 'SIGNED') return { sending: { method: 'SIGNED', parts: plan.parts, offset: 0 } };
    const offset = await this.transport.arrived(plan.url, signal);
    if (offset === undefined) throw new TransportError('NOT_FOUND', 'The upload is gone as soon as it was made');
    return { sending: { method: 'TUS', url: plan.url, offset } };
  }

  /** Sends the next chunk, and completes the upload behind the last one. */
  async move(entry: MediaEntry, sending: Sending, signal: AbortSignal): Promise<Moved> {
    const moved = sending.offset < entry.size ? await this.sendChunk(entry, sending, signal) : sending;
    if (moved.offset < entry.size) return { sending: moved };
    return { row: await this.transport.complete(entry.id, signal) };
  }

  private async sendChunk(entry: MediaEntry, sending: Sending, signal: AbortSignal): Promise<Sending> {
    if (sending.method === 'TUS') return { ...sending, offset: await this.append(entry, sending, signal) };
    const [part, ...parts] = sending.parts;
    if (part === undefined) throw new TransportError('INTERNAL', 'The parts of the upload are fewer than its bytes');
    await this.transport.put(part, await this.read(entry, part.from, part.to), signal);
    return { method: 'SIGNED', parts, offset: part.to };
  }

  private async append(
    entry: MediaEntry,
    { url, offset }: { url: string; offset: number },
    signal: AbortSignal,
  ): Promise<number> {
    const length = Math.min(this.chunkBytes, entry.size - offset);
    const bytes = await this.read(entry, offset, offset + length);
    const begunAt = this.clock.now();
    try {
      const arrived = await this.transport.append(url, offset, bytes, signal);
      this.aim(length, this.clock.now() - begunAt);
      return arrived;
    } catch (error) {
      if (signal.aborted || !(error instanceof TransportError)) throw error;
      const wasTooLarge = error.code === 'TOO_LARGE' && length > CHUNK_MIN_BYTES;
      if (error.code !== 'NO_ANSWER' && !wasTooLarge) throw error;
      this.chunkBytes = clamp(length / 2);
      // A line that was cut has brought some of it, perhaps: as long as it does, there is no reason to wait.
      const arrived = await this.transport.arrived(url, signal);
      if (arrived === undefined || (arrived <= offset && !wasTooLarge)) throw error;
      return arrived;
    }
  }

  private aim(sentBytes: number, tookMs: number): void {
    const aimed = (sentBytes * CHUNK_MS) / Math.max(tookMs, 1);
    // The last chunk of a file is short, and tells little of a fast line.
    if (sentBytes === this.chunkBytes || aimed < this.chunkBytes) {
      this.chunkBytes = clamp(Math.min(aimed, this.chunkBytes * 2));
    }
  }

  private async read({ id }: MediaEntry, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await readBytes(this.store, id, from, to);
    if (bytes === undefined)
      throw new TransportError('DIGEST_MISMATCH', 'Bytes of the file are missing on this device');
    return bytes;
  }
}

function clamp(bytes: number): number {
  return Math.floor(Math.min(CHUNK_MAX_BYTES, Math.max(CHUNK_MIN_BYTES, bytes)));
}
