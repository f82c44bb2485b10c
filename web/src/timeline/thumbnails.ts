// Small pictures of photos. They are made one at a time: a list must not fill the memory, nor the network.
import type { Entry, MediaBody } from '@logdate/client';
import type { Journal } from '../journal/open-journal.js';

/** Pixels: twice what a card shows, for sharp screens. */
const HEIGHT = 176;
/** A larger picture is not read for a small one; in bytes. */
const LARGEST = 30e6;
/** So many stay in memory, the last that were asked for. */
const KEPT = 200;
/** How long the network may take for one picture, in milliseconds. */
const PATIENCE = 20_000;

/** Addresses of pictures, by media id, the last that was asked for at the end. */
const made = new Map<string, string>();

let turn: Promise<unknown> = Promise.resolve();

/**
 * The address of a small picture of the photo.
 * @throws where it cannot be had now, or is none that this browser shows; an aborted signal takes it out of the queue
 */
export function thumbnailOf(journal: Journal, photo: Entry<MediaBody>, signal: AbortSignal): Promise<string> {
  const make = async (): Promise<string> => {
    signal.throwIfAborted();
    const kept = made.get(photo.id);
    const url = kept ?? URL.createObjectURL(await shrunk(await read(journal, photo, signal)));
    keep(photo.id, url);
    return url;
  };
  const mine = turn.then(make);
  turn = mine.catch(() => undefined);
  return mine;
}

async function read(
  journal: Journal,
  { id, sizeBytes, mimeType, status }: Entry<MediaBody>,
  leaving: AbortSignal,
): Promise<Blob> {
  const canCome = status === 'READY' && journal.status.peek().phase !== 'waiting';
  if (sizeBytes > LARGEST || !(canCome || (await isHere(journal, id)))) throw new Error('Not read for a small picture');
  const signal = AbortSignal.any([leaving, AbortSignal.timeout(PATIENCE)]);
  const pieces: BlobPart[] = [];
  for await (const piece of journal.db.media.read(id, { signal })) pieces.push(new Uint8Array(piece));
  return new Blob(pieces, { type: mimeType });
}

/** Whether at least the beginning of the file is on this device. */
async function isHere({ store }: Journal, id: string): Promise<boolean> {
  return store.transaction('read', ['blobs'], async (transaction) => {
    return (await transaction.get('blobs', [id, 0])) !== undefined;
  });
}

async function shrunk(photo: Blob): Promise<Blob> {
  const picture = await createImageBitmap(photo, { resizeHeight: HEIGHT, resizeQuality: 'medium' });
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  canvas.getContext('2d')?.drawImage(picture, 0, 0);
  picture.close();
  return canvas.convertToBlob({ type: 'image/webp', quality: 0.8 });
}

function keep(id: string, url: string): void {
  made.delete(id);
  made.set(id, url);
  for (const [oldest, address] of made) {
    if (made.size <= KEPT) return;
    made.delete(oldest);
    URL.revokeObjectURL(address);
  }
}
