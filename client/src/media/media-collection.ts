// Files as a person adds and reads them.
import { entryOf } from '../collections.js';
import type { Engine } from '../engine.js';
import type { LocalEdits } from '../local-edits.js';
import type { Entry, Media } from '../log-date.js';
import { addMedia } from './add-media.js';
import { readMedia, type ReadMediaOptions } from './read-media.js';
import type { MediaBody } from '../resources.js';
import { putSetting } from '../sync-settings.js';
import type { Range, Transaction } from '../store.js';
import type { LocalRow } from '../tables.js';

/** @param reading how files come that are not on this device */
export function mediaCollection(engine: Engine, edits: LocalEdits, reading: Omit<ReadMediaOptions, 'signal'>): Media {
  const list = (range: Range): Promise<Entry<MediaBody>[]> =>
    inRead(engine, async (transaction) => {
      const rows = await transaction.list('rows', range);
      return Promise.all(rows.map((row) => fileOf(transaction, row)));
    });
  return {
    async add(file) {
      const id = await addMedia(engine, file);
      engine.saved();
      return id;
    },
    delete: (id) => edits.delete('media', id),
    get: (id) =>
      inRead(engine, async (transaction) => {
        const row = await transaction.get('rows', ['media', id]);
        return row?.status === 'live' ? fileOf(transaction, row) : undefined;
      }),
    ofContent: (contentId) => list({ index: 'byContent', prefix: ['media', 'live', contentId] }),
    list: ({ limit, after } = {}) =>
      list({
        index: 'byDate',
        prefix: ['media', 'live'],
        reverse: true,
        ...(limit !== undefined && { limit }),
        ...(after && { after: ['media', 'live', after.createdAt, after.id] }),
      }),
    async pause() {
      await putSetting(engine.store, 'media-paused', true);
      engine.changed();
    },
    async resume() {
      await putSetting(engine.store, 'media-paused', undefined);
      // As after a save: files go at the end of the run that it asks for.
      engine.saved();
    },
    read: (id, { signal = new AbortController().signal } = {}) => readMedia(engine, id, { ...reading, signal }),
  };
}

function inRead<T>({ store }: Engine, body: (transaction: Transaction) => Promise<T>): Promise<T> {
  return store.transaction('read', ['rows', 'outbox', 'media'], body);
}

/** A file is backed up once its bytes are: it has no outbox entry, but a place in the queue of files. */
async function fileOf(transaction: Transaction, row: LocalRow): Promise<Entry<MediaBody>> {
  const entry = await entryOf<MediaBody>(transaction, row);
  const upload = await transaction.get('media', [row.id]);
  if (upload === undefined) return entry;
  return { ...entry, backup: upload.state === 'refused' ? 'refused' : 'waiting' };
}
