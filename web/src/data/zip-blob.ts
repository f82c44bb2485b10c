/** Pieces are put together from this size on: a browser keeps large Blobs on the disk, single pieces in memory. */
const PART_BYTES = 16 * 1024 * 1024;

/** Collects a ZIP where no file can be written to; `zip` gives what was written. */
export function zipBlob(): { writable: WritableStream<Uint8Array>; zip: () => Blob } {
  const parts: Blob[] = [];
  let pieces: Uint8Array<ArrayBuffer>[] = [];
  let held = 0;
  const putTogether = (): void => {
    parts.push(new Blob(pieces));
    pieces = [];
    held = 0;
  };
  const writable = new WritableStream<Uint8Array>({
    write(piece) {
      // The writer may use its buffer again.
      pieces.push(piece.slice());
      held += piece.length;
      if (held >= PART_BYTES) putTogether();
    },
    close: putTogether,
  });
  return { writable, zip: () => new Blob(parts, { type: 'application/zip' }) };
}
