// The files that wait for the server: which goes next, and what an answer means for it.
//
//   waiting ─first request─► sending ─READY─► (gone from the queue)
//                             │ ▲ ├ 402 ─► quota ─room again─► sending
//                             └─┘ └ 413, 400, 403, a second wrong digest ─► refused ─Retry─► sending
//                        later, by its own backoff
import type { Engine } from '../engine.js';
import type { RemoteRow } from '../resources.js';
import { decideUpload } from '../retry.js';
import { loadState, ROW_TABLES, storeState } from '../row-state.js';
import { remoteArrived } from '../settle.js';
import { StoreFullError, type Transaction } from '../store.js';
import type { MediaEntry } from '../tables.js';
import { TransportError } from '../transport.js';
import { renewMedia } from './add-media.js';
import { dropUpload, freeLocalCopy, isUnsent, UPLOAD_TABLES } from './media-edits.js';
import type { MediaTransport } from './media-transport.js';
import { storedPieces } from './pieces.js';
import { Sha256 } from './sha256.js';
import { Uploader, WHOLE_BYTES, type Moved, type Sending } from './upload.js';

const FILES_AT_ONCE = 2;

/** How long a full storage plan is believed in, in milliseconds, where nobody says that there is room again. */
const QUOTA_MS = 60 * 60_000;

const FINISH_TABLES = [...ROW_TABLES, 'media', 'blobs'] as const;

/** The device that the server names where it gave a row up, because its bytes did not come within seven days. */
const SWEEPER = 'server';

export interface MediaQueueOptions {
  transport: MediaTransport;
  /** Milliseconds until the next try of a file after so many failures in a row, at least what the server asked for. */
  backoff(failures: number, retryAfterMs: number): number;
  /** False on a network that the person does not allow for files. Missing: every network is. */
  mayUseNetwork?(): boolean;
  /** False: the bytes of a file leave this device once the server has them. Missing: they stay. */
  keepsLocalCopies?(): boolean;
}

/** What a step left. */
export interface MediaQueueStep {
  /** Whether a file is left that can be sent now. */
  more: boolean;
  /** When a file that waits may be tried again, in milliseconds since 1970; null for none. */
  until: number | null;
}

/** Sends files, two at once. Between two steps words may go first; each goes on where the last one ended. */
export class MediaQueue {
  private readonly uploader: Uploader;
  private readonly underWay = new Map<string, Sending>();
  /** A start is a reason to ask anew. */
  private fullUntil = 0;

  constructor(
    private readonly engine: Engine,
    private readonly options: MediaQueueOptions,
  ) {
    this.uploader = new Uploader(engine.store, options.transport, engine.clock);
  }

  /**
   * Moves up to two files on by one request of bytes.
   * @throws TransportError where everything must wait; the file has its next attempt noted then
   */
  async step(signal: AbortSignal): Promise<MediaQueueStep> {
    if (this.options.mayUseNetwork?.() === false) return { more: false, until: null };
    if (this.engine.clock.now() >= this.fullUntil) await this.roomAgain();
    const { taken, givenUp } = await this.take();
    for (const entry of givenUp) await this.renew(entry);
    const ends = await Promise.allSettled(taken.map((each) => this.advance(each, signal)));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    return this.left();
  }

  /** Tries files again that met a full storage plan: something was deleted, or the person asks for it. */
  async roomAgain(): Promise<void> {
    this.fullUntil = Infinity;
    await this.write(async (transaction) => {
      for (const entry of await transaction.list('media', { index: 'inOrder', prefix: ['quota'] })) {
        await transaction.put('media', { ...entry, state: isUnsent(entry) ? 'waiting' : 'sending', nextAttemptAt: 0 });
      }
    });
  }

  /** The next files, marked as begun before any request: from then on the server may know of them. */
  private take(): Promise<{ taken: Taken[]; givenUp: MediaEntry[] }> {
    return this.write(async (transaction) => {
      const taken: Taken[] = [];
      const givenUp: MediaEntry[] = [];
      for (const entry of (await this.due(transaction)).slice(0, FILES_AT_ONCE)) {
        const row = await transaction.get('rows', ['media', entry.id]);
        if (row?.status !== 'deleted') {
          await transaction.put('media', { ...entry, state: 'sending' });
          taken.push({ entry, isFirst: entry.state === 'waiting' });
        } else if (row.base?.deviceId === SWEEPER) givenUp.push(entry);
        else await dropUpload(transaction, entry.id);
      }
      return { taken, givenUp };
    });
  }

  private async renew(entry: MediaEntry): Promise<void> {
    try {
      await renewMedia(this.engine, entry);
    } catch (error) {
      if (!(error instanceof StoreFullError)) throw error;
      // It needs room for a second copy; the others go on.
      const nextAttemptAt = this.engine.clock.now() + QUOTA_MS;
      await this.change(entry.id, () => ({ state: 'sending', nextAttemptAt }));
    }
  }

  /** Begun files first, in the order in which they were added. */
  private async due(transaction: Transaction): Promise<MediaEntry[]> {
    const begun = await transaction.list('media', { index: 'inOrder', prefix: ['sending'] });
    const waiting = await transaction.list('media', { index: 'inOrder', prefix: ['waiting'], limit: FILES_AT_ONCE });
    return [...begun.filter(({ nextAttemptAt }) => nextAttemptAt <= this.engine.clock.now()), ...waiting];
  }

  private async left(): Promise<MediaQueueStep> {
    return this.engine.store.transaction('read', ['media'], async (transaction) => {
      const more = (await this.due(transaction)).length > 0;
      const begun = await transaction.list('media', { index: 'inOrder', prefix: ['sending'] });
      const times = begun.map(({ nextAttemptAt }) => nextAttemptAt).filter((at) => at > this.engine.clock.now());
      const until = Math.min(this.fullUntil, ...times);
      return { more, until: until === Infinity ? null : until };
    });
  }

  private async advance({ entry, isFirst }: Taken, signal: AbortSignal): Promise<void> {
    try {
      const moved = await this.move(entry, isFirst, signal);
      if ('row' in moved) await this.finish(entry, moved.row);
      else await this.accepted(entry, moved.sending);
    } catch (error) {
      const isCut = error instanceof TransportError && error.code === 'NO_ANSWER';
      // Signed parts that were sent count only as long as their plan is kept; of TUS the server knows where it is.
      if (!isCut || this.underWay.get(entry.id)?.method !== 'SIGNED') this.underWay.delete(entry.id);
      if (signal.aborted || !(error instanceof TransportError)) throw error;
      await this.settle(entry, error, signal);
    }
  }

  private async move(entry: MediaEntry, isFirst: boolean, signal: AbortSignal): Promise<Moved> {
    // Once only: a small file whose line was cut goes on by the way that can be taken up again.
    if (isFirst && entry.size <= WHOLE_BYTES) {
      const row = await this.uploader.sendWhole(entry, signal);
      if (row !== undefined) return { row };
    }
    const sending = this.underWay.get(entry.id);
    if (sending !== undefined) return this.uploader.move(entry, sending, signal);
    const begun = await this.uploader.begin(entry, signal);
    if ('row' in begun) return begun;
    if (!(await this.accepted(entry, begun.sending))) return begun;
    return this.uploader.move(entry, begun.sending, signal);
  }

  /** Notes how far the server is. @returns false when the file was dropped meanwhile */
  private async accepted({ id }: MediaEntry, sending: Sending): Promise<boolean> {
    const isQueued = await this.change(id, (entry) => ({
      uploadUrl: sending.method === 'TUS' ? sending.url : null,
      // The most that ever arrived: where an upload goes on is asked anew, and progress never runs backwards.
      offset: Math.max(entry.offset, sending.offset),
      retryCount: sending.offset > entry.offset ? 0 : entry.retryCount,
      nextAttemptAt: 0,
    }));
    if (isQueued) this.underWay.set(id, sending);
    else this.underWay.delete(id);
    return isQueued;
  }

  /** The server has the file, and the queue is done with it. A row that was deleted meanwhile is for the feed to settle. */
  private async finish({ id, size }: MediaEntry, remote: RemoteRow): Promise<void> {
    this.underWay.delete(id);
    await this.engine.store.transaction('write', FINISH_TABLES, async (transaction) => {
      if ((await transaction.get('media', [id])) === undefined) return;
      await transaction.delete('media', [id]);
      await transaction.delete('rejected', ['media', id]);
      const before = await loadState(transaction, 'media', id);
      const generation = before.row?.generation ?? 0;
      const after = remoteArrived(before, remote, { now: this.engine.clock.now(), generation });
      await storeState(transaction, before, after);
      if (this.options.keepsLocalCopies?.() === false) await freeLocalCopy(transaction, id);
    });
    this.engine.log('media uploaded', { id, size });
    this.engine.changed();
  }

  /** What a failed request means for the file. @throws the error where everything must wait */
  private async settle(entry: MediaEntry, error: TransportError, signal: AbortSignal): Promise<void> {
    // Somebody else changed the row: no failure, and not in the table.
    if (error.code === 'CONFLICT') return this.overtaken(entry, error, signal);
    switch (decideUpload(error, entry.lastError === 'DIGEST_MISMATCH').kind) {
      case 'signed-out':
        throw error;
      case 'quota':
        return this.full(entry, error);
      case 'hash-again':
        return this.mismatched(entry, error);
      case 'refuse':
        return this.refuse(entry, error);
      case 'new-upload':
        return this.later(entry, error);
      default:
        await this.later(entry, error);
        throw error;
    }
  }

  private async overtaken(entry: MediaEntry, error: TransportError, signal: AbortSignal): Promise<void> {
    const row = await this.options.transport.row(entry.id, signal);
    if (row?.body?.['status'] === 'READY') return this.finish(entry, row);
    // Deleted: the feed says by whom.
    return this.later(entry, error);
  }

  private async later({ id }: MediaEntry, error: TransportError): Promise<void> {
    const { code, details } = error;
    await this.change(id, ({ retryCount, lastError }) => ({
      retryCount: retryCount + 1,
      nextAttemptAt: this.engine.clock.now() + this.options.backoff(retryCount, details.retryAfterMs ?? 0),
      // A second wrong digest is refused, whatever came between.
      lastError: lastError === 'DIGEST_MISMATCH' ? lastError : code,
    }));
  }

  /** Files that are no smaller would meet the same limit: they wait with it. */
  private async full({ id, size }: MediaEntry, { code }: TransportError): Promise<void> {
    this.fullUntil = this.engine.clock.now() + QUOTA_MS;
    await this.change(id, () => ({ state: 'quota', lastError: code }));
    await this.write(async (transaction) => {
      for (const entry of await transaction.list('media', { index: 'inOrder', prefix: ['waiting'] })) {
        if (entry.size >= size) await transaction.put('media', { ...entry, state: 'quota' });
      }
    });
    this.engine.changed();
  }

  /** Other bytes arrived than were declared: sent once more when the bytes here are still the right ones. */
  private async mismatched(entry: MediaEntry, error: TransportError): Promise<void> {
    if ((await this.hash(entry)) !== entry.sha256) return this.refuse(entry, error);
    await this.change(entry.id, () => ({ lastError: error.code, uploadUrl: null, nextAttemptAt: 0 }));
  }

  private async hash({ id }: MediaEntry): Promise<string> {
    const { store, newHasher = () => new Sha256() } = this.engine;
    const hasher = newHasher();
    for await (const piece of storedPieces(store, id)) hasher.update(piece);
    return hasher.hex();
  }

  private async refuse({ id }: MediaEntry, { code, message }: TransportError): Promise<void> {
    const at = this.engine.clock.now();
    await this.write(async (transaction) => {
      const entry = await transaction.get('media', [id]);
      if (entry === undefined) return;
      await transaction.put('media', { ...entry, state: 'refused', lastError: code });
      await transaction.put('rejected', { type: 'media', id, code, message, at });
    });
    this.engine.log('media refused', { id, code });
    this.engine.changed();
  }

  /** Changes the entry as it is now. @returns false when it was dropped meanwhile, which stays so */
  private change(id: string, fields: (entry: MediaEntry) => Partial<MediaEntry>): Promise<boolean> {
    return this.write(async (transaction) => {
      const entry = await transaction.get('media', [id]);
      if (entry !== undefined) await transaction.put('media', { ...entry, ...fields(entry) });
      return entry !== undefined;
    });
  }

  private write<T>(body: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.engine.store.transaction('write', UPLOAD_TABLES, body);
  }
}

/** A file that a step works on. */
interface Taken {
  entry: MediaEntry;
  /** Whether no request was made for it before. */
  isFirst: boolean;
}
