import type { Config } from '../config.js';
import { downloadUrlOf } from '../media/download-url.js';
import type { Media } from '../media/media.entity.js';
import { Id, Long, Said } from './answer-fields.js';
import { CONTENT_ID, MEDIA_ID, STAMPED_AT } from './examples.js';

const DOWNLOAD_URL = `https://logdate.example/sync/media/${MEDIA_ID}`;

/** A photo, film or recording as an entry shows it. */
export class MediaOfContent {
  @Id('The photo, film or recording.', MEDIA_ID)
  mediaId!: string;

  @Said('Its type, as the bytes show it.', 'image/jpeg')
  mimeType!: string;

  @Long('Bytes.', 48213)
  sizeBytes!: number;

  @Said('Where the bytes are read, with the token; null while they have not arrived.', DOWNLOAD_URL, true)
  downloadUrl!: string | null;
}

/** A photo, film or recording by itself. */
export class MediaMetadata extends MediaOfContent {
  @Id('The entry that it belongs to.', CONTENT_ID)
  contentId!: string;

  @Said('Name of the file on the device.', 'beans.jpg')
  fileName!: string;

  @Said(
    'SHA-256 of the bytes, in hexadecimal digits.',
    '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  )
  sha256!: string;

  @Long('When it was stored, by the server’s clock.', STAMPED_AT)
  uploadedAt!: number;
}

/** What became of an upload. */
export class UploadedMedia {
  @Id('The entry that it belongs to.', CONTENT_ID)
  contentId!: string;

  @Id('Its id: the one that was sent, else one that the same upload gets again.', MEDIA_ID)
  mediaId!: string;

  @Said('Where the bytes are read, with the token.', DOWNLOAD_URL)
  downloadUrl!: string | null;

  @Long('When it was stored, by the server’s clock.', STAMPED_AT)
  uploadedAt!: number;
}

export function mediaOfContent(config: Config, media: Media): MediaOfContent {
  const { id: mediaId, mimeType, sizeBytes } = media;
  return { mediaId, mimeType, sizeBytes, downloadUrl: downloadUrlOf(config, media) };
}

export function metadataOf(config: Config, media: Media): MediaMetadata {
  const { contentId, fileName, sha256, updatedAt } = media;
  return { contentId, fileName, sha256, uploadedAt: updatedAt, ...mediaOfContent(config, media) };
}

export function uploadedMediaOf(config: Config, media: Media): UploadedMedia {
  const { contentId, id: mediaId, updatedAt } = media;
  return { contentId, mediaId, downloadUrl: downloadUrlOf(config, media), uploadedAt: updatedAt };
}
