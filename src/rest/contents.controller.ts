import { Body, Delete, Get, Param, Patch, Put, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../auth/caller.js';
import { CurrentUser } from '../auth/current-user.js';
import { Content } from '../content/content.entity.js';
import { SyncedRows } from '../sync/synced-rows.js';
import { checked } from './body.js';
import { ContentChange, ContentPage } from './changes.js';
import { amendedContent, contentOf, ContentUpdate, ContentUpload } from './content-bodies.js';
import { FeedQuery, FeedQueryPipe } from './feed-query.js';
import { Deletes, Puts, ReadsPage, ReadsRow, Updates } from './operations.js';
import { RestController } from './rest-controller.js';
import { RestFeeds } from './rest-feeds.js';
import { atPath, created, named } from './row-address.js';
import { Updated, updatedOf, Uploaded, uploadedOf } from './write-answers.js';

/** Entries as resources. */
@RestController('contents', 'Entries')
export class ContentsController {
  constructor(
    private readonly rows: SyncedRows,
    private readonly feeds: RestFeeds,
  ) {}

  @Get()
  @ReadsPage('Entries written or deleted after `since`', ContentPage)
  changes(@CurrentUser() user: Caller, @Query(FeedQueryPipe) query: FeedQuery): Promise<ContentPage> {
    return this.feeds.content(user, query);
  }

  @Get(':id')
  @ReadsRow('One entry', ContentChange)
  find(@CurrentUser() user: Caller, @Param('id') id: string): Promise<ContentChange> {
    return this.feeds.entry(user, id);
  }

  @Put(':id')
  @Puts('Creates or replaces an entry', Uploaded)
  async put(
    @CurrentUser() user: Caller,
    @Param('id') id: string,
    @Body(checked) body: ContentUpload,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Uploaded> {
    const { row, isNew } = await this.rows.put(Content, user, contentOf(atPath(id, body)));
    if (isNew) created(request, reply);
    return uploadedOf(row);
  }

  @Patch(':id')
  @Updates('Changes fields of an entry', Updated)
  async update(
    @CurrentUser() user: Caller,
    @Param('id') id: string,
    @Body(checked) body: ContentUpdate,
  ): Promise<Updated> {
    return updatedOf(await this.rows.amend(Content, user, id, (row) => amendedContent(row, body)));
  }

  @Delete(':id')
  @Deletes('Deletes an entry; its links and media stay', 204)
  async delete(@CurrentUser() user: Caller, @Param('id') id: string): Promise<void> {
    await this.rows.delete(Content, user, named(id));
  }
}
