import type { ByteRange } from './blob-store.js';

const KEY = /^[A-Za-z0-9._/-]{1,900}$/;
/** What one name of a file system holds. */
const MAX_SEGMENT = 255;

/** The parts of a key between its slashes. @throws RangeError for a key that could leave the store's folder or bucket */
export function segmentsOf(key: string): string[] {
  const segments = key.split('/');
  const isBad = (segment: string): boolean =>
    segment === '' || segment === '.' || segment === '..' || segment.length > MAX_SEGMENT;
  if (!KEY.test(key) || segments.some(isBad)) throw new RangeError(`${JSON.stringify(key)} is no key of a blob`);
  return segments;
}

/** @throws RangeError for a range that no object has; one that ends behind the object's last byte is none of them */
export function checkRange({ start, end }: ByteRange): void {
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end < start) {
    throw new RangeError(`${start}-${end} is no range of bytes`);
  }
}
