import type { Row } from '../sync/row.js';
import { Id, Long } from './answer-fields.js';
import { CONTENT_ID, SERVER_VERSION, STAMPED_AT } from './examples.js';

/** What became of a whole row that was sent. */
export class Uploaded {
  @Id('The row.', CONTENT_ID)
  id!: string;

  @Long('Its version now; an update sends it back as known.', SERVER_VERSION)
  serverVersion!: number;

  @Long('Its place in the feed, by the server’s clock.', STAMPED_AT)
  uploadedAt!: number;
}

/** What became of an update. */
export class Updated {
  @Id('The row.', CONTENT_ID)
  id!: string;

  @Long('Its version now.', SERVER_VERSION)
  serverVersion!: number;

  @Long('Its place in the feed, by the server’s clock.', STAMPED_AT)
  updatedAt!: number;
}

export function uploadedOf({ id, serverVersion, updatedAt }: Row & { id: string }): Uploaded {
  return { id, serverVersion, uploadedAt: updatedAt };
}

export function updatedOf({ id, serverVersion, updatedAt }: Row & { id: string }): Updated {
  return { id, serverVersion, updatedAt };
}
