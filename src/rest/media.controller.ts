import { Delete, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../auth/caller.js';
import { CurrentUser } from '../auth/current-user.js';
import { CONFIG, type Config } from '../config.js';
import { ErrorCode } from '../graphql/errors.js';
import { Media } from '../media/media.entity.js';
import { MediaDownloads } from '../media/media-downloads.js';
import { SyncedRows } from '../sync/synced-rows.js';
import { Errors } from './error-answers.js';
import { MediaMetadata, metadataOf, UploadedMedia } from './media-answers.js';
import { SendsFile, TakesFile } from './media-operations.js';
import { Deletes, ReadsRow } from './operations.js';
import { RestController } from './rest-controller.js';
import { RestMedia } from './rest-media.js';
import { created, named } from './row-address.js';

/** Photos, films and recordings as resources. */
@RestController('media', 'Media')
export class MediaController {
  constructor(
    private readonly rows: SyncedRows,
    private readonly media: RestMedia,
    private readonly downloads: MediaDownloads,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Stores a photo, film or recording' })
  @ApiCreatedResponse({
    type: UploadedMedia,
    description: 'It is stored.',
    headers: { Location: { description: 'Its address.', schema: { type: 'string' } } },
  })
  @Errors(ErrorCode.BAD_USER_INPUT, ErrorCode.FORBIDDEN, ErrorCode.CONFLICT, ErrorCode.TOO_LARGE)
  @TakesFile()
  async upload(
    @CurrentUser() user: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UploadedMedia> {
    const uploaded = await this.media.upload(user, request);
    created(request, reply, uploaded.mediaId);
    return uploaded;
  }

  @Get(':mediaId')
  @ReadsRow('What is known of a photo, film or recording', MediaMetadata)
  async find(@CurrentUser() user: Caller, @Param('mediaId') mediaId: string): Promise<MediaMetadata> {
    return metadataOf(this.config, await this.rows.find(Media, user.id, mediaId));
  }

  @Get(':mediaId/binary')
  @SendsFile('The bytes of a photo, film or recording')
  async download(
    @CurrentUser() user: Caller,
    @Param('mediaId') mediaId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const media = await this.rows.find(Media, user.id, mediaId);
    await this.downloads.send(media, request, reply, false);
  }

  @Delete(':mediaId')
  @Deletes('Deletes a photo, film or recording; its entry stays', 204)
  async delete(@CurrentUser() user: Caller, @Param('mediaId') mediaId: string): Promise<void> {
    await this.rows.delete(Media, user, named(mediaId));
  }
}
