// Starts the worker and hears of it.
import { effect } from '@preact/signals';
import type { Journal } from '../journal/open-journal.js';
import { storeNameOf } from '../journal/store-name.js';
import { shown } from '../journal/shown-journal.js';
import type { FromWorker, JournalPlace, ToWorker, Work } from './journal-work.js';

/** What a worker tells before its end, and at last. */
export type WorkNews = Extract<FromWorker, { told: 'progress' | 'from-cloud' }>;
export type WorkEnd = Exclude<FromWorker, WorkNews>;

/** Work that goes on in a worker. */
export interface StartedWork {
  /** What the worker told last. */
  ended: Promise<WorkEnd>;
  /** Asks the worker to end between two steps. */
  cancel: () => void;
}

/** Starts a worker of its own for the work; it is gone when the work has ended. */
export function startWork(work: Work, onNews: (news: WorkNews) => void): StartedWork {
  const worker = new Worker(new URL('./journal-worker.ts', import.meta.url), { type: 'module' });
  const send = (message: ToWorker): void => worker.postMessage(message);
  const ended = new Promise<WorkEnd>((resolve) => {
    worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
      if (data.told === 'progress' || data.told === 'from-cloud') onNews(data);
      else resolve(data);
    });
    // The worker could not even be fetched, or broke in a place of its own.
    worker.addEventListener('error', () => resolve({ told: 'failed', failure: { code: 'failed' } }));
  });
  send(work);
  return { ended: ended.finally(() => worker.terminate()), cancel: () => send({ do: 'cancel' }) };
}

/** Ends the work when its journal is left: another account's may take its place. */
export async function unlessLeft(journal: Journal, work: StartedWork): Promise<WorkEnd> {
  const stop = effect(() => {
    const now = shown.value;
    if (now.state !== 'open' || now.journal !== journal) work.cancel();
  });
  return work.ended.finally(stop);
}

/** Where the worker finds a journal that is open here. */
export function placeOf({ account, db }: Journal): JournalPlace {
  return { storeName: storeNameOf(account), deviceId: db.deviceId, userId: account?.id ?? null };
}
