// What the edits of a person do to files and their uploads. Each works inside the transaction of that edit.
import type { FileEdits } from '../files-part.js';
import type { Writer } from '../local-edits.js';
import { loadState, storeState } from '../row-state.js';
import type { LocalStore, Transaction } from '../store.js';
import type { LocalRow, MediaEntry, TableName } from '../tables.js';
import { isStored, pieceCount, removePieces } from './pieces.js';

/** The tables that a transaction must name to use what is here. */
export const UPLOAD_TABLES = ['rows', 'media', 'blobs', 'rejected', 'settings'] as const satisfies readonly TableName[];

/** What the engine does to files with the edits of rows. */
export const fileEdits: FileEdits = {
  tables: UPLOAD_TABLES,
  deleteFile,
  async deleteFilesOf(transaction, writer, contentId) {
    for (const id of await dropUnsentMedia(transaction, contentId)) await deleteFile(transaction, writer, id);
  },
  retryUpload,
  uploadAgain,
};

async function deleteFile(transaction: Transaction, writer: Writer, id: string): Promise<void> {
  const upload = await dropUpload(transaction, id);
  const before = await loadState(transaction, 'media', id);
  if (before.row === null || before.row.status === 'deleted') return;
  const gone = { row: null, entry: null, conflict: null, rejected: null };
  await storeState(transaction, before, upload === 'unsent' ? gone : writer.deleted(before, before.row));
}

/** An upload of which no request was made. */
export const NEVER_SENT = {
  state: 'waiting',
  uploadUrl: null,
  offset: 0,
  retryCount: 0,
  nextAttemptAt: 0,
  lastError: null,
} as const satisfies Partial<MediaEntry>;

/** Whether no request about this file was ever made; then the server cannot know of it. */
export function isUnsent({ state, uploadUrl, lastError }: MediaEntry): boolean {
  return state === 'waiting' || (state === 'quota' && uploadUrl === null && lastError === null);
}

/**
 * Drops the files of an entry that is dropped before it was ever sent: their rows, bytes and uploads.
 * @returns the ids of files that the server may know of already; they are left, and can be deleted as usual
 */
export async function dropUnsentMedia(transaction: Transaction, contentId: string): Promise<string[]> {
  const begun: string[] = [];
  for (const entry of await transaction.list('media', { index: 'byContent', prefix: [contentId] })) {
    if (!isUnsent(entry)) {
      begun.push(entry.id);
      continue;
    }
    await dropUpload(transaction, entry.id);
    await transaction.delete('rows', ['media', entry.id]);
  }
  return begun;
}

/**
 * Drops the upload and the bytes of a file that is deleted; its row stays as it is.
 * @returns `unsent` when the server cannot know of it, so that the row may go without a trace
 */
export async function dropUpload(transaction: Transaction, id: string): Promise<'unsent' | 'known'> {
  const entry = await transaction.get('media', [id]);
  const row = await transaction.get('rows', ['media', id]);
  await removePieces(transaction, id, pieceCount(entry?.size ?? sizeOf(row)));
  await transaction.delete('media', [id]);
  await transaction.delete('rejected', ['media', id]);
  return entry !== undefined && isUnsent(entry) ? 'unsent' : 'known';
}

/** Tries a refused file again. */
export async function retryUpload(transaction: Transaction, id: string): Promise<void> {
  const entry = await transaction.get('media', [id]);
  if (entry?.state !== 'refused') return;
  await transaction.put('media', { ...entry, state: 'sending', retryCount: 0, nextAttemptAt: 0, lastError: null });
  await transaction.delete('rejected', ['media', id]);
}

/**
 * Queues a file again whose row the server has lost, as after a restore of an older copy.
 * @returns false when its bytes are not on this device
 */
export async function uploadAgain(transaction: Transaction, id: string, mutationId: string): Promise<boolean> {
  const row = await transaction.get('rows', ['media', id]);
  if (row?.status !== 'live' || row.body === null) return false;
  const { contentId, fileName, mimeType, sha256, createdAt } = row.body;
  if ((await transaction.get('media', [id])) !== undefined) return true;
  const size = sizeOf(row);
  if (!(await isStored(transaction, id, size))) return false;
  await transaction.put('media', {
    id,
    contentId: String(contentId),
    fileName: String(fileName),
    mimeType: String(mimeType),
    createdAt: Number(createdAt),
    seq: await nextSeq(transaction),
    size,
    sha256: String(sha256),
    ...NEVER_SENT,
    // The server may know the row: it is not unsent.
    state: 'sending',
    mutationId,
  });
  return true;
}

/** The place behind every file that was queued so far. */
export async function nextSeq(transaction: Transaction): Promise<number> {
  const last = await transaction.get('settings', ['media-seq']);
  const seq = Number(last?.value ?? 0) + 1;
  await transaction.put('settings', { name: 'media-seq', value: seq });
  return seq;
}

/** Frees the room of files that the server has; they are read from there when they are wanted again. */
export async function freeLocalCopies(store: LocalStore): Promise<void> {
  for (let after: string | undefined; ;) {
    const from = after;
    const last = await store.transaction('write', UPLOAD_TABLES, async (transaction) => {
      const rows = await transaction.list('rows', {
        prefix: ['media'],
        ...(from !== undefined && { after: ['media', from] }),
        limit: 50,
      });
      for (const { id } of rows) await freeLocalCopy(transaction, id);
      return rows.at(-1)?.id;
    });
    if (last === undefined) return;
    after = last;
  }
}

/** Frees the room of one file, if the server has it. */
export async function freeLocalCopy(transaction: Transaction, id: string): Promise<void> {
  const row = await transaction.get('rows', ['media', id]);
  if (row?.base?.body?.['status'] !== 'READY') return;
  if ((await transaction.get('media', [id])) !== undefined) return;
  if ((await transaction.count('blobs', { prefix: [id] })) === 0) return;
  await removePieces(transaction, id, pieceCount(sizeOf(row)));
}

function sizeOf(row: LocalRow | undefined): number {
  return Number(row?.body?.['sizeBytes'] ?? 0);
}
