import { fileTypeFromBuffer } from 'file-type';

/** How many bytes from the front tell what a file is. */
export const HEAD_BYTES = 4100;

export const UNLISTED_TYPE = 'application/octet-stream';

/** Pictures, films and recordings that are kept under their own type; none of them can carry a script. */
const LISTED = new Set([
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/heic',
  'image/heif',
  'image/tiff',
  'image/bmp',
  'video/mp4',
  'video/quicktime',
  'video/webm',
  'video/matroska',
  'video/3gpp',
  'video/mpeg',
  'audio/mpeg',
  'audio/mp4',
  'audio/x-m4a',
  'audio/aac',
  'audio/ogg',
  'audio/opus',
  'audio/flac',
  'audio/wav',
  'audio/amr',
  'audio/aiff',
]);

/** The media type by the bytes themselves, whatever the device said; what is not listed is kept as plain bytes. */
export async function mediaTypeOf(head: Uint8Array): Promise<string> {
  const type = (await fileTypeFromBuffer(head))?.mime ?? UNLISTED_TYPE;
  return LISTED.has(type) ? type : UNLISTED_TYPE;
}
