import type { ContentBody } from '@logdate/client';

/** What a file is whose name says nothing. */
export const UNKNOWN_TYPE = 'application/octet-stream';

const TYPES: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.heic': 'image/heic',
  '.heif': 'image/heif',
  '.avif': 'image/avif',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.bmp': 'image/bmp',
  '.svg': 'image/svg+xml',
  '.mp4': 'video/mp4',
  '.m4v': 'video/x-m4v',
  '.mov': 'video/quicktime',
  '.webm': 'video/webm',
  '.m4a': 'audio/mp4',
  '.aac': 'audio/aac',
  '.mp3': 'audio/mpeg',
  '.wav': 'audio/wav',
  '.ogg': 'audio/ogg',
  '.flac': 'audio/flac',
  '.pdf': 'application/pdf',
};

/** The media type that the name of a file says; the server looks at the bytes. */
export function mediaTypeOf(name: string): string {
  return TYPES[/\.[^./\\]+$/.exec(name)?.[0].toLowerCase() ?? ''] ?? UNKNOWN_TYPE;
}

/** Whether the name is that of a picture, film or recording, which can be an entry of its own. */
export function isMediaName(name: string): boolean {
  return /^(image|video|audio)\//.test(mediaTypeOf(name));
}

/** What an entry is that consists of one such file. */
export function contentTypeOf(name: string): ContentBody['type'] {
  const [kind] = mediaTypeOf(name).split('/');
  if (kind === 'video') return 'VIDEO';
  return kind === 'audio' ? 'AUDIO' : 'IMAGE';
}
