// The journal as the worker opens it: to read and write, while the tabs see to its backup.
import { openLogDate, TransportError, type LocalStore, type LogDate, type Transport } from '@logdate/client';
import { indexedDbStore } from '@logdate/client/indexeddb';
import { sendFiles, type MediaTransport } from '@logdate/client/media';
import { openedHere } from '../journal/journal-tabs.js';
import { nobody } from '../journal/nobody.js';
import type { JournalPlace } from './journal-work.js';

/** A journal that is open in this worker. */
export interface WorkerJournal {
  db: LogDate;
  store: LocalStore;
  close: () => Promise<void>;
}

/**
 * Opens the journal of a tab. Nothing is sent from here; the tabs are told of each change.
 * @param download gives the bytes of files that are not on this device
 */
export async function openWorkerJournal(
  { storeName: name, deviceId }: JournalPlace,
  download: MediaTransport['download'] = sendsNothing,
): Promise<WorkerJournal> {
  const closedHere = await openedHere(name);
  const store = indexedDbStore(name);
  try {
    const db = await openLogDate({
      name,
      store,
      deviceId,
      auth: nobody,
      transport: NO_TRANSPORT,
      files: sendFiles({ transport: { ...NO_FILES_SENT, download } }),
      automatic: false,
    });
    return { db, store, close: () => db.close().finally(closedHere) };
  } catch (error) {
    closedHere();
    throw error;
  }
}

async function sendsNothing(): Promise<never> {
  throw new TransportError('SIGNED_OUT', 'This worker sends nothing');
}

const NO_TRANSPORT: Transport = { push: sendsNothing, pull: sendsNothing };

const NO_FILES_SENT: Omit<MediaTransport, 'download'> = {
  uploadWhole: sendsNothing,
  begin: sendsNothing,
  arrived: sendsNothing,
  append: sendsNothing,
  put: sendsNothing,
  complete: sendsNothing,
  row: sendsNothing,
};
