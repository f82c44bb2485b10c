// The bytes of files for the screen: read one file after the other, as an address that the browser shows.
import { TransportError, type Entry, type MediaBody } from '@logdate/client';
import type { Journal } from '../journal/open-journal.js';
import { safeType } from './file-words.js';

let reading: Promise<unknown> = Promise.resolve();

/**
 * An object URL of the whole file, from this device or from LogDate Cloud. Revoke it.
 * @throws TransportError, and the reason of the signal
 */
export function fileUrl({ db, store }: Journal, file: Entry<MediaBody>, signal: AbortSignal): Promise<string> {
  const read = async (): Promise<string> => {
    signal.throwIfAborted();
    if (!navigator.onLine && !(await isHere(store, file.id))) throw new TransportError('NO_ANSWER', 'Offline');
    // The browser may lay a part that is a Blob onto the disk; arrays would all stay in memory.
    const parts: Blob[] = [];
    for await (const bytes of db.media.read(file.id, { signal })) parts.push(new Blob([new Uint8Array(bytes)]));
    return URL.createObjectURL(new Blob(parts, { type: safeType(file.mimeType) }));
  };
  const url = reading.then(read);
  reading = url.catch(() => undefined);
  return url;
}

function isHere(store: Journal['store'], id: string): Promise<boolean> {
  return store.transaction('read', ['blobs'], async (blobs) => (await blobs.count('blobs', { prefix: [id] })) > 0);
}
