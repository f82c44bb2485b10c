// The export itself: it runs in a worker, and what it writes goes to a file piece by piece.
import { TransportError, type LogDate } from '@logdate/client';
import type { MediaTransport } from '@logdate/client/media';
import { exportJournal } from '@logdate/formats/export/export-journal';
import type { Exported, FileTrouble, JournalPlace, WorkProgress } from './journal-work.js';
import { openWorkerJournal } from './worker-journal.js';
import { zipBlob } from './zip-blob.js';

/** A photo or recording that cannot be read; no ZIP was made. */
export class ExportFileError extends Error {
  constructor(
    readonly fileName: string,
    readonly why: FileTrouble,
    options: ErrorOptions,
  ) {
    super(`${fileName} cannot be read`, options);
  }
}

/** What an export needs beside the journal. */
export interface ExportTools {
  /** The file that the person chose; null: into a Blob. */
  target: FileSystemFileHandle | null;
  /** Gives the bytes of files that are not on this device. */
  download: MediaTransport['download'];
  onProgress: (progress: WorkProgress) => void;
  /** Told how many files were read from the cloud so far. */
  onFromCloud: (files: number) => void;
  /** Ends the export; nothing of the ZIP is kept. */
  signal: AbortSignal;
}

/** Writes everything into one ZIP. @throws ExportFileError */
export async function exportToZip(place: JournalPlace, tools: ExportTools): Promise<Exported> {
  const { target, download, onProgress, onFromCloud, signal } = tools;
  const fromCloud = new Set<string>();
  const { db, store, close } = await openWorkerJournal(place, (id, ...rest) => {
    // Trying again and again would only keep the person waiting.
    if (!navigator.onLine) return Promise.reject(new OfflineError());
    onFromCloud(fromCloud.add(id).size);
    return download(id, ...rest);
  });
  try {
    const blob = zipBlob();
    const source = { store, db: { media: withNames(db.media, signal) }, userId: place.userId ?? place.deviceId };
    const writable = (await target?.createWritable()) ?? blob.writable;
    const counts = await exportJournal(source, writable, (progress) => {
      onProgress(progress);
      signal.throwIfAborted();
    });
    return { ...counts, fromCloud: fromCloud.size, zip: target === null ? blob.zip() : null };
  } finally {
    await close();
  }
}

/** Says of a file that cannot be read which one it is. */
function withNames(media: LogDate['media'], signal: AbortSignal): LogDate['media'] {
  return {
    ...media,
    async *read(id) {
      try {
        yield* media.read(id, { signal });
      } catch (error) {
        signal.throwIfAborted();
        const why = troubleOf(error);
        if (why === undefined) throw error;
        throw new ExportFileError((await media.get(id))?.fileName ?? id, why, { cause: error });
      }
    },
  };
}

class OfflineError extends Error {}

/** Undefined where it is not the bytes that cannot be had. */
function troubleOf(error: unknown): FileTrouble | undefined {
  if (error instanceof OfflineError) return 'no-answer';
  if (!(error instanceof TransportError)) return undefined;
  switch (error.code) {
    case 'SIGNED_OUT':
    case 'UNAUTHENTICATED':
      return 'signed-out';
    case 'NO_ANSWER':
    case 'UNAVAILABLE':
    case 'RATE_LIMITED':
    case 'INTERNAL':
      return 'no-answer';
    default:
      return 'not-there';
  }
}
