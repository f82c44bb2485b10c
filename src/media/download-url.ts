import type { Config } from '../config.js';
import { MediaStatus, type Media } from './media.entity.js';

/** Where the bytes of a row are read, with the token; null while they have not arrived. */
export function downloadUrlOf(
  { publicUrl }: Pick<Config, 'publicUrl'>,
  { id, status }: Pick<Media, 'id' | 'status'>,
): string | null {
  return status === MediaStatus.READY ? `${publicUrl}/sync/media/${id}` : null;
}
