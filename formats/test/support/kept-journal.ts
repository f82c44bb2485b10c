// A journal in a store, to export.
import type { LocalRow, LocalStore, LogDate } from '@logdate/client';
import { memoryStore } from '@logdate/client/memory';

/** The body of an entry of 1660. */
export const ENTRY = {
  type: 'TEXT',
  content: 'A robin.',
  mediaUri: null,
  durationMs: 0,
  createdAt: -9_781_700_400_000,
};

/** The body of a photo of the entry `e`; `mediaOf('bytes')` gives as many bytes. */
export const PHOTO = {
  contentId: 'e',
  fileName: 'robin.png',
  mimeType: 'image/png',
  sizeBytes: 5,
  sha256: '',
  status: 'READY',
  createdAt: 1,
};

/** A store that holds these rows. */
export async function storeOf(rows: readonly LocalRow[]): Promise<LocalStore> {
  const store = memoryStore();
  await store.transaction('write', ['rows'], async (transaction) => {
    for (const row of rows) await transaction.put('rows', row);
  });
  return store;
}

/** Media whose bytes come in these pieces, or end in this error. */
export function mediaOf(...pieces: (string | Error)[]): Pick<LogDate, 'media'> {
  async function* read(): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) {
      if (piece instanceof Error) throw piece;
      yield new TextEncoder().encode(piece);
    }
  }
  return { media: { read } as unknown as LogDate['media'] };
}

/** Collects what is written. */
export function collector(): { writable: WritableStream<Uint8Array>; bytes: () => Uint8Array } {
  const pieces: Uint8Array[] = [];
  return {
    writable: new WritableStream({ write: (piece) => void pieces.push(piece.slice()) }),
    bytes: () => new Uint8Array(Buffer.concat(pieces)),
  };
}
