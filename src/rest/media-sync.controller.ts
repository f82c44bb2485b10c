import { Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../auth/caller.js';
import { CurrentUser } from '../auth/current-user.js';
import { CONFIG, type Config } from '../config.js';
import { Media } from '../media/media.entity.js';
import { MediaDownloads } from '../media/media-downloads.js';
import { SyncedRows } from '../sync/synced-rows.js';
import { prefersJson } from './accepted-answer.js';
import { metadataOf, UploadedMedia } from './media-answers.js';
import { SendsFile, TakesFile } from './media-operations.js';
import { Uploads } from './operations.js';
import { RestController } from './rest-controller.js';
import { RestMedia } from './rest-media.js';

/** Photos, films and recordings at the paths of the plan, which devices on GraphQL read too. */
@RestController('sync/media', 'Media')
export class MediaSyncController {
  constructor(
    private readonly rows: SyncedRows,
    private readonly media: RestMedia,
    private readonly downloads: MediaDownloads,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Post()
  @Uploads('Stores a photo, film or recording', UploadedMedia)
  @TakesFile()
  upload(@CurrentUser() user: Caller, @Req() request: FastifyRequest): Promise<UploadedMedia> {
    return this.media.upload(user, request);
  }

  @Get(':mediaId')
  @SendsFile('The bytes; with `Accept: application/json` what is known of them', 'or metadata')
  @ApiQuery({ name: 'redirect', required: false, enum: ['true'], description: 'Redirect to the store, where it can.' })
  async download(
    @CurrentUser() user: Caller,
    @Param('mediaId') mediaId: string,
    @Query('redirect') redirect: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const media = await this.rows.find(Media, user.id, mediaId);
    varyByAccept(reply);
    if (prefersJson(request.headers.accept, media.mimeType)) return void reply.send(metadataOf(this.config, media));
    return this.downloads.send(media, request, reply, redirect === 'true');
  }
}

/** A cache must not give one answer to who asks for the other. */
function varyByAccept(reply: FastifyReply): void {
  const others = reply.getHeader('vary');
  void reply.header('vary', others === undefined ? 'Accept' : `${String(others)}, Accept`);
}
