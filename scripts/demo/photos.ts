// Photos on their way: each is sent with its entry by device A, and device B compares the digests of what it fetches.
import { createHash, randomUUID } from 'node:crypto';
import { DayOneError, readMediaFile } from './day-one-files.js';
import type { DayOneJournal } from './day-one.js';
import type { Device } from './device.js';
import { showProgress, type Report } from './report.js';
import { uuidV5 } from './rows.js';

/** One photo of one entry; two entries may show the same file. */
interface Photo {
  id: string;
  contentId: string;
  /** Name inside the export. */
  file: string;
  createdAt: number;
}

/** The photos of an export under ids that depend only on the user and the export. */
export function photosOf(journals: DayOneJournal[], userId: string): Photo[] {
  return journals
    .flatMap((journal) => journal.entries)
    .flatMap(({ uuid, createdAt, otherFields }) => {
      const photos = Array.isArray(otherFields['photos']) ? (otherFields['photos'] as Record<string, unknown>[]) : [];
      return photos.map(({ identifier, md5, type }) => {
        if (typeof md5 !== 'string' || typeof type !== 'string')
          throw new DayOneError(`entry ${uuid}: a photo without md5 or type`);
        const id = uuidV5(userId, `${uuid} ${typeof identifier === 'string' ? identifier : md5}`);
        return { id, contentId: uuidV5(userId, uuid), file: `photos/${md5}.${type}`, createdAt };
      });
    });
}

/** A sends every photo; B fetches each by its row and compares. Entries that share a file share its bytes on the server. */
export async function sendPhotos(a: Device, b: Device, path: string, photos: Photo[], report: Report): Promise<void> {
  if (photos.length === 0) return;
  const digests = new Map<string, string>();
  const sizes = new Map<string, number>();
  const progress = showProgress('Device A photos ', photos.length);
  for (const [index, photo] of photos.entries()) {
    const bytes = await readMediaFile(path, photo.file);
    if (bytes === undefined) throw new DayOneError(`${path}: ${photo.file} is not in the export`);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    digests.set(photo.id, sha256);
    sizes.set(sha256, bytes.length);
    await a.uploadMedia({ ...photo, mutationId: randomUUID(), sha256, sizeBytes: bytes.length }, bytes);
    progress.update(index + 1);
  }
  progress.stop();

  const rows = await b.media();
  let equal = 0;
  for (const { id, downloadUrl } of rows) {
    const arrived = createHash('sha256')
      .update(await b.download(downloadUrl))
      .digest('hex');
    if (arrived === digests.get(id)) equal += 1;
  }
  report.check(
    'photos: digests on device B',
    `${photos.length} of ${photos.length} equal`,
    `${equal} of ${rows.length} equal`,
  );
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const stored = await b.storageBytes();
  report.check(
    'photos: the same file stored once',
    `${sizes.size} files, ${bytes} bytes`,
    `${new Set(rows.map(({ sha256 }) => sha256)).size} files, ${stored} bytes`,
  );
}
