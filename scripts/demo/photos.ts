// Photos on their way: B reads each from the server and compares its digest with the file of the export.
import { createHash } from 'node:crypto';
import type { OpenDevice } from 'logdate/device';
import type { FileItem } from '@logdate/formats/import/items';
import type { Report } from './report.js';

/** Entries that show the same file share its bytes on the server. */
export async function comparePhotos(b: OpenDevice, files: readonly FileItem[], report: Report): Promise<void> {
  if (files.length === 0) return;
  const sizes = new Map<string, number>();
  let equal = 0;
  for (const file of files) {
    const original = await file.read();
    const digest = sha256Of(original);
    sizes.set(digest, original.length);
    const arrived: Uint8Array[] = [];
    for await (const bytes of b.db.media.read(file.id)) arrived.push(bytes);
    if (sha256Of(Buffer.concat(arrived)) === digest) equal += 1;
  }
  report.check(
    'photos: digests on device B',
    `${files.length} of ${files.length} equal`,
    `${equal} of ${files.length} equal`,
  );
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const { storageBytes, media } = await b.totals();
  report.check(
    'photos: the same file stored once',
    `${files.length} rows, ${bytes} bytes`,
    `${media} rows, ${storageBytes} bytes`,
  );
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
