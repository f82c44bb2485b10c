// Files in words: what each is, where it is on its way, and why one cannot be added.
import { StoreFullError, StoreLostError, TransportError, type MediaEntry } from '@logdate/client';
import { MAX_MEDIA_BYTES } from '@logdate/client/media';
import { mediaTypeOf } from '@logdate/formats/media-types';

/** How a file is shown: what a browser cannot show is a card with its name. */
export type FileKind = 'image' | 'video' | 'audio' | 'card';

const SHOWN = new Set([
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/bmp',
  'video/mp4',
  'video/webm',
  'video/quicktime',
  'audio/mpeg',
  'audio/mp4',
  'audio/x-m4a',
  'audio/aac',
  'audio/ogg',
  'audio/opus',
  'audio/webm',
  'audio/flac',
  'audio/wav',
]);

/** The server tells a type by the bytes, and cannot know that a film has sound only: its name does. */
export function fileKind({ mimeType, fileName }: { mimeType: string; fileName: string }): FileKind {
  const type = plainType(mimeType);
  if (!SHOWN.has(type)) return 'card';
  if (type.startsWith('image/')) return 'image';
  return type.startsWith('audio/') || /\.(weba|m4a)$/i.test(fileName) ? 'audio' : 'video';
}

/** The type that a browser may be told of bytes from elsewhere: one of those that cannot carry a script. */
export function safeType(mimeType: string): string {
  const type = plainType(mimeType);
  return SHOWN.has(type) ? type : 'application/octet-stream';
}

/** What a chosen file is; its name says it where the browser does not know. */
export function typeOf({ name, type }: Pick<File, 'name' | 'type'>): string {
  return type === '' ? mediaTypeOf(name) : plainType(type);
}

/** Why a file cannot be added, null where it can. */
export function whyNotAdded(file: Pick<File, 'name' | 'size' | 'type'>): string | null {
  if (!/^(image|video|audio)\//.test(typeOf(file))) return 'Only photos, films and recordings can be added.';
  if (file.size === 0) return 'The file is empty.';
  if (file.size > MAX_MEDIA_BYTES)
    return `It has ${sizeWords(file.size)}; at most ${sizeWords(MAX_MEDIA_BYTES)} can be added.`;
  return null;
}

/** Why a file could not be copied into the journal. */
export function whyNotCopied(error: unknown): string {
  if (error instanceof StoreFullError) return 'This device is full. Free some space and add it again.';
  if (error instanceof StoreLostError) return 'This browser has stopped saving. Reload and add it again.';
  if (error instanceof TransportError && error.code === 'TOO_LARGE') return 'It is too large.';
  return 'It could not be read to its end. Add it again.';
}

/** Where a file is on its way to LogDate Cloud. */
export interface FileState {
  text: string;
  /** Whether the person has to know, and may act. */
  asks: boolean;
  /** Only of a file of which a part has arrived: what of it has. */
  sent?: { bytes: number; of: number };
}

/**
 * @param upload its place in the queue, undefined of a file that is not on its way
 * @param goesUp false while nobody is signed in or backup is off
 */
export function fileState(upload: MediaEntry | undefined, goesUp: boolean): FileState | null {
  if (upload === undefined) return null;
  const { state, offset, size, lastError } = upload;
  if (state === 'refused')
    return { text: `Couldn't be backed up: ${refusal(lastError)} It is safe on this device.`, asks: true };
  if (state === 'quota') return { text: 'Cloud storage is full. It is safe on this device.', asks: true };
  if (!goesUp || state === 'waiting') return { text: 'Saved on this device', asks: false };
  if (offset === 0) return { text: 'Backing up', asks: false };
  const percent = Math.floor((offset / size) * 100);
  return { text: `Backing up · ${percent} %`, asks: false, sent: { bytes: offset, of: size } };
}

/** Why bytes that are not on this device cannot be shown now. */
export function whyNotShown(error: unknown): string {
  const code = error instanceof TransportError ? error.code : null;
  if (code === 'SIGNED_OUT' || code === 'UNAUTHENTICATED') return 'It is in LogDate Cloud. Sign in to see it.';
  if (code === 'NO_ANSWER' || code === 'UNAVAILABLE' || code === 'RATE_LIMITED')
    return 'It is in LogDate Cloud, which cannot be reached now.';
  if (code === 'NOT_FOUND') return 'It has not arrived from the device where it was added.';
  if (code === 'DIGEST_MISMATCH') return 'Its bytes are not those that were added.';
  return 'It could not be read.';
}

/** A size as people say it. */
export function sizeWords(bytes: number): string {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3)).toLocaleString('en')} kB`;
  const [size, unit] = bytes < 1e9 ? [bytes / 1e6, 'MB'] : [bytes / 1e9, 'GB'];
  return `${size.toFixed(1)} ${unit}`;
}

/** A duration in seconds as a clock shows it. */
export function clockWords(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), Math.floor(seconds % 60)];
  return `${minutes}:${String(rest).padStart(2, '0')}`;
}

function refusal(code: string | null): string {
  if (code === 'TOO_LARGE') return 'it is larger than LogDate Cloud takes.';
  if (code === 'DIGEST_MISMATCH') return 'its bytes changed on the way, twice.';
  return 'LogDate Cloud does not take it.';
}

/** Without parameters, as `audio/webm;codecs=opus` has. */
function plainType(mimeType: string): string {
  return (mimeType.split(';')[0] ?? '').trim().toLowerCase();
}
