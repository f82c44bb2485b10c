// How far the files are, from the first that waits until none does.
import type { FilesPart } from '../files-part.js';
import { getSetting } from '../sync-settings.js';
import type { MediaEntry } from '../tables.js';

/** What was seen of the files since none waited last. */
export interface MediaProgress {
  /** Bytes of each file by its id, also of those that are done or were given up. */
  seen: ReadonlyMap<string, number>;
  waiting: number;
  sentBytes: number;
  totalBytes: number;
}

export const NO_MEDIA: MediaProgress = { seen: new Map(), waiting: 0, sentBytes: 0, totalBytes: 0 };

const QUEUED_STATES = ['sending', 'waiting', 'quota'] as const;

/** Counts the queued files, again and again, as a person may be told, in a transaction over `media` and `settings`. */
export function mediaCounter(): FilesPart['count'] {
  let progress = NO_MEDIA;
  return async (transaction) => {
    const queued = [];
    for (const state of QUEUED_STATES) {
      queued.push(...(await transaction.list('media', { index: 'inOrder', prefix: [state] })));
    }
    progress = mediaProgress(progress, queued);
    const { seen, ...counted } = progress;
    return {
      ...counted,
      file: queued.length === 0 ? 0 : seen.size - queued.length + 1,
      files: seen.size,
      quotaFull: queued.some(({ state }) => state === 'quota'),
      paused: (await getSetting(transaction, 'media-paused')) ?? false,
    };
  };
}

/** Bytes of a file that has left the queue count as sent; an upload that starts anew takes nothing back. */
export function mediaProgress(before: MediaProgress, queued: readonly MediaEntry[]): MediaProgress {
  if (queued.length === 0) return NO_MEDIA;
  const seen = new Map(before.seen);
  for (const { id, size } of queued) seen.set(id, size);
  const totalBytes = [...seen.values()].reduce((sum, size) => sum + size, 0);
  const leftBytes = queued.reduce((sum, { size, offset }) => sum + size - offset, 0);
  const sentBytes = Math.min(totalBytes, Math.max(before.sentBytes, totalBytes - leftBytes));
  return { seen, waiting: queued.length, sentBytes, totalBytes };
}
