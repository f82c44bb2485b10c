import { All, Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../auth/caller.js';
import { CurrentUser } from '../auth/current-user.js';
import { ApiError, ErrorCode } from '../graphql/errors.js';
import { publicFields } from '../sync/resource.js';
import { SyncedRows } from '../sync/synced-rows.js';
import { Media, MediaStatus } from './media.entity.js';
import { TUS_PATH, TusUploads, UPLOAD_ID_HEADER, uploadIdOf } from './tus-uploads.js';

/**
 * Resumable uploads by tus 1.0 (creation, termination). The upload of a row lies at `/media/uploads/{mediaId}`; it can
 * also be made by POST to `/media/uploads` with `mediaId` in `Upload-Metadata`.
 */
@Controller()
export class TusController {
  constructor(
    private readonly rows: SyncedRows,
    private readonly uploads: TusUploads,
  ) {}

  @All([TUS_PATH, `${TUS_PATH}/*`])
  async handle(@CurrentUser() user: Caller, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (request.method !== 'OPTIONS') {
      const media = await this.rows.find(Media, user.id, mediaIdOf(request));
      if (media.status !== MediaStatus.PENDING) {
        throw new ApiError(ErrorCode.CONFLICT, 'This upload is completed already', { current: publicFields(media) });
      }
      if (request.method === 'POST' && Number(request.headers['upload-length']) !== media.sizeBytes) {
        const message = `Upload-Length must be the declared size, ${media.sizeBytes}`;
        throw new ApiError(ErrorCode.BAD_USER_INPUT, message, { fields: ['Upload-Length'] });
      }
      request.raw.headers[UPLOAD_ID_HEADER] = uploadIdOf(user.id, media.id);
    }
    reply.hijack();
    await this.uploads.server.handle(request.raw, reply.raw);
  }
}

/** From the path, or for a creation from the metadata. */
function mediaIdOf({ url, headers }: FastifyRequest): string {
  const [path = ''] = url.split('?');
  const last = decodeURIComponent(path.slice(TUS_PATH.length + 1));
  if (last !== '') return last;
  const pairs = String(headers['upload-metadata'] ?? '')
    .split(',')
    .map((pair) => pair.trim().split(' '));
  const encoded = pairs.find(([name]) => name === 'mediaId')?.[1];
  if (encoded === undefined) {
    throw new ApiError(ErrorCode.BAD_USER_INPUT, 'Upload-Metadata must name the mediaId', {
      fields: ['Upload-Metadata'],
    });
  }
  return Buffer.from(encoded, 'base64').toString();
}
