// Takes a file into the store, so that it can be sent after a reload without asking the person for it again.
import type { Engine } from '../engine.js';
import type { LocalStore, Transaction } from '../store.js';
import type { MediaEntry } from '../tables.js';
import { TransportError } from '../transport.js';
import { dropUpload, NEVER_SENT, nextSeq, UPLOAD_TABLES } from './media-edits.js';
import { piecesOf, removePieces, storedPieces, type MediaBytes } from './pieces.js';
import { Sha256 } from './sha256.js';

/** The largest file that the server takes, in bytes. */
export const MAX_MEDIA_BYTES = 2 ** 31;

/** How old the mark of a copy is before the copy is taken for one that nobody goes on with, in milliseconds. */
const ABANDONED_MS = 60 * 60_000;

/** A photo, film or recording as the person gives it. */
export interface NewMedia {
  contentId: string;
  fileName: string;
  mimeType: string;
  /** Milliseconds since 1970; missing means now. */
  createdAt?: number;
  /** Missing: a new one is made. One that this device has already is left as it is. */
  id?: string;
  bytes: MediaBytes;
}

/** A copy under way: written with each piece, so that another tab leaves it alone and a later start finds it. */
interface CopyMark {
  token: string;
  at: number;
  pieces: number;
}

const markOf = (id: string): string => `copy:${id}`;

/**
 * Copies the bytes into the store and queues them, with the row that the person sees.
 * @returns the id of the media row
 * @throws TransportError TOO_LARGE, StoreFullError and what the source throws; nothing is left behind then
 */
export async function addMedia(engine: Engine, file: NewMedia): Promise<string> {
  return copyMedia(engine, file);
}

/**
 * Queues the bytes of a file under a new id: the server gave its row up, because it waited for them for too long, and
 * an id that was deleted cannot be made again.
 */
export async function renewMedia(engine: Engine, { id, size, ...file }: MediaEntry): Promise<string> {
  const { contentId, fileName, mimeType, createdAt } = file;
  return copyMedia(engine, { contentId, fileName, mimeType, createdAt, bytes: storedPieces(engine.store, id) }, id);
}

async function copyMedia(engine: Engine, file: NewMedia, replaced?: string): Promise<string> {
  const { store } = engine;
  const id = file.id ?? engine.newId();
  const token = engine.newId();
  if (!(await beginCopy(engine, id, token))) return id;
  try {
    const copied = await copyPieces(engine, file.bytes, id, token);
    await store.transaction('write', UPLOAD_TABLES, async (transaction) => {
      await checkMark(transaction, id, token);
      await transaction.delete('settings', [markOf(id)]);
      await queue(transaction, engine, { ...file, ...copied, id });
      if (replaced !== undefined) await dropUpload(transaction, replaced);
    });
  } catch (error) {
    // Where even this fails, the sweep of a later start does it.
    await forgetCopy(store, id, token).catch(() => undefined);
    throw error;
  }
  engine.changed();
  return id;
}

/** Removes what is left of copies that were cut off by a crash; called when the store is opened. */
export async function sweepCopies({ store, clock }: Engine): Promise<void> {
  await store.transaction('write', ['blobs', 'settings'], async (transaction) => {
    for (const { name, value } of await transaction.list('settings')) {
      if (!name.startsWith(markOf(''))) continue;
      const { at, pieces } = value as CopyMark;
      if (Math.abs(clock.now() - at) < ABANDONED_MS) continue;
      await removePieces(transaction, name.slice(markOf('').length), pieces);
      await transaction.delete('settings', [name]);
    }
  });
}

/** Marks the copy, over what is left of one that was cut off. @returns false when this device has the row already */
function beginCopy({ store, clock }: Engine, id: string, token: string): Promise<boolean> {
  return store.transaction('write', ['rows', 'blobs', 'settings'], async (transaction) => {
    if ((await transaction.get('rows', ['media', id])) !== undefined) return false;
    const left = await transaction.get('settings', [markOf(id)]);
    if (left !== undefined) await removePieces(transaction, id, (left.value as CopyMark).pieces);
    await putMark(transaction, id, { token, at: clock.now(), pieces: 0 });
    return true;
  });
}

async function copyPieces(
  { store, clock, newHasher = () => new Sha256() }: Engine,
  bytes: MediaBytes,
  id: string,
  token: string,
): Promise<{ size: number; sha256: string }> {
  const hasher = newHasher();
  let size = 0;
  let part = 0;
  for await (const piece of piecesOf(bytes)) {
    size += piece.length;
    if (size > MAX_MEDIA_BYTES) {
      throw new TransportError('TOO_LARGE', `A file may have at most ${MAX_MEDIA_BYTES} bytes`, {
        limit: MAX_MEDIA_BYTES,
      });
    }
    hasher.update(piece);
    await store.transaction('write', ['blobs', 'settings'], async (transaction) => {
      await checkMark(transaction, id, token);
      await putMark(transaction, id, { token, at: clock.now(), pieces: part + 1 });
      await transaction.put('blobs', { id, part, bytes: piece });
    });
    part += 1;
  }
  return { size, sha256: hasher.hex() };
}

async function queue(
  transaction: Transaction,
  { clock, newId }: Engine,
  {
    id,
    contentId,
    fileName,
    mimeType,
    size,
    sha256,
    createdAt,
  }: Omit<NewMedia, 'bytes'> & {
    id: string;
    size: number;
    sha256: string;
  },
): Promise<void> {
  const now = clock.now();
  const seq = await nextSeq(transaction);
  const common = { contentId, fileName, mimeType, sha256, createdAt: createdAt ?? now };
  await transaction.put('media', { ...common, ...NEVER_SENT, id, seq, size, mutationId: newId() });
  await transaction.put('rows', {
    type: 'media',
    id,
    body: { ...common, sizeBytes: size, status: 'PENDING' },
    status: 'live',
    localRev: 1,
    clientUpdatedAt: now,
    base: null,
    theirs: null,
    generation: 0,
  });
}

async function forgetCopy(store: LocalStore, id: string, token: string): Promise<void> {
  await store.transaction('write', ['blobs', 'settings'], async (transaction) => {
    const { pieces } = await checkMark(transaction, id, token);
    await removePieces(transaction, id, pieces);
    await transaction.delete('settings', [markOf(id)]);
  });
}

/** Another tab may have begun the same copy anew, or a sweep removed one that stood still for too long. */
async function checkMark(transaction: Transaction, id: string, token: string): Promise<CopyMark> {
  const mark = (await transaction.get('settings', [markOf(id)]))?.value as CopyMark | undefined;
  if (mark?.token !== token) throw new Error(`The copy of ${id} was given up by another one`);
  return mark;
}

function putMark(transaction: Transaction, id: string, value: CopyMark): Promise<void> {
  return transaction.put('settings', { name: markOf(id), value });
}
