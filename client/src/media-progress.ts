// How far the files are, from the first that waits until none does.
import type { MediaEntry } from './tables.js';

/** What was seen of the files since none waited last. */
export interface MediaProgress {
  /** Bytes of each file by its id, also of those that are done or were given up. */
  seen: ReadonlyMap<string, number>;
  waiting: number;
  sentBytes: number;
  totalBytes: number;
}

export const NO_MEDIA: MediaProgress = { seen: new Map(), waiting: 0, sentBytes: 0, totalBytes: 0 };

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
