// The worker of an import or an export: a ZIP is read, hashed and written here, never where a person types.
import { StoreFullError } from '@logdate/client';
import { httpMediaTransport } from '@logdate/client/media';
import { ImportError } from '@logdate/formats/import/export-files';
import { SERVER, session } from '../journal/session.js';
import { ExportFileError, exportToZip, type ExportTools } from './export-to-zip.js';
import { importJournal } from './import-journal.js';
import type { FromWorker, ToWorker, Work, WorkFailure, WorkProgress } from './journal-work.js';
import { openWorkerJournal } from './worker-journal.js';

/** Between two news of one bar, in milliseconds: a page shows no more. */
const PROGRESS_MS = 100;

const cancelling = new AbortController();

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.do === 'cancel') cancelling.abort();
  else answer(data).catch(reportError);
});

async function answer(work: Work): Promise<void> {
  try {
    tell(await done(work));
  } catch (error) {
    tell({ told: 'failed', failure: failureOf(error) });
  }
}

async function done(work: Work): Promise<FromWorker> {
  const { signal } = cancelling;
  const { place } = work;
  if (work.do === 'export') {
    const onFromCloud = (files: number): void => tell({ told: 'from-cloud', files });
    const { target } = work;
    const auth = await session();
    const cloud = httpMediaTransport({ url: SERVER, auth, ...(place.userId !== null && { userId: place.userId }) });
    const download: ExportTools['download'] = (...asked) => cloud.download(...asked);
    const tools = { target, download, onProgress: progressTeller(), onFromCloud, signal };
    return { told: 'exported', exported: await exportToZip(place, tools) };
  }
  const journal = await openWorkerJournal(place);
  try {
    const imported = await importJournal(work.file, { ...journal, ...place }, progressTeller(), signal);
    return { told: 'imported', imported };
  } finally {
    await journal.close();
  }
}

function failureOf(error: unknown): WorkFailure {
  if (error instanceof ImportError) return { code: 'unreadable', message: error.message };
  if (error instanceof ExportFileError) return { code: 'file-missing', fileName: error.fileName, why: error.why };
  if (error instanceof StoreFullError || isFull(error)) return { code: 'device-full' };
  if (cancelling.signal.aborted) return { code: 'cancelled' };
  reportError(error);
  return { code: 'failed' };
}

/** The disk, or what this browser gives a site. */
function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError';
}

/** Tells the first and the last of each bar, and of what is between as much as a person sees. */
function progressTeller(): (progress: WorkProgress) => void {
  let toldAt = 0;
  return (progress) => {
    const now = performance.now();
    if (progress.done > 0 && progress.done < progress.total && now - toldAt < PROGRESS_MS) return;
    toldAt = now;
    tell({ told: 'progress', progress });
  };
}

function tell(news: FromWorker): void {
  postMessage(news);
}
