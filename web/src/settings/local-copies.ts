// Photos and recordings that are on this device although LogDate Cloud has them too.
import type { LocalStore } from '@logdate/client';

/** How many copies can leave this device, and their bytes. */
export interface LocalCopies {
  files: number;
  bytes: number;
}

/** Counts what `freeLocalCopies` would remove. */
export function countLocalCopies(store: LocalStore): Promise<LocalCopies> {
  return store.transaction('read', ['rows', 'media', 'blobs'], async (transaction) => {
    const copies = { files: 0, bytes: 0 };
    for (const { id, base, body } of await transaction.list('rows', { prefix: ['media'] })) {
      if (base?.body?.['status'] !== 'READY') continue;
      if ((await transaction.get('media', [id])) !== undefined) continue;
      if ((await transaction.count('blobs', { prefix: [id] })) === 0) continue;
      copies.files += 1;
      copies.bytes += Number(body?.['sizeBytes'] ?? 0);
    }
    return copies;
  });
}
