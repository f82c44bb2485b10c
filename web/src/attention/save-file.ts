// A file that only this browser has, taken out of it.
import type { LogDate } from '@logdate/client';

/** Offers the bytes of a file as a download. Throws where they cannot be read whole. */
export async function saveFile({ media }: LogDate, id: string, file: { name: string; type: string }): Promise<void> {
  const pieces: BlobPart[] = [];
  for await (const piece of media.read(id)) pieces.push(new Uint8Array(piece));
  const url = URL.createObjectURL(new Blob(pieces, { type: file.type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = file.name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
