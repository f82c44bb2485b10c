// What was written in this browser while nobody was signed in.
import { indexedDbStore } from '@logdate/client/indexeddb';
import { storeNameOf } from '../journal/store-name.js';

/** How much the journal of nobody holds. */
export interface Written {
  journals: number;
  entries: number;
  media: number;
}

/** Counts what is live in the journal of nobody. @throws what the storage throws */
export async function writtenBefore(): Promise<Written> {
  const store = indexedDbStore(storeNameOf(null));
  try {
    return await store.transaction('read', ['rows'], async (transaction) => {
      const live = (type: 'journal' | 'content' | 'media'): Promise<number> =>
        transaction.count('rows', { index: 'byDate', prefix: [type, 'live'] });
      return { journals: await live('journal'), entries: await live('content'), media: await live('media') };
    });
  } finally {
    await store.close();
  }
}

/** Whether there is anything to keep. */
export function hasAny({ journals, entries, media }: Written): boolean {
  return journals + entries + media > 0;
}
