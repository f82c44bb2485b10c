import { Body, Get, Param, Post, Query } from '@nestjs/common';
import type { Caller } from '../auth/caller.js';
import { CurrentUser } from '../auth/current-user.js';
import { Content } from '../content/content.entity.js';
import { SyncedRows } from '../sync/synced-rows.js';
import { checked } from './body.js';
import { ContentPage } from './changes.js';
import { amendedContent, contentOf, ContentUpdate, ContentUpload } from './content-bodies.js';
import { FeedQuery, FeedQueryPipe } from './feed-query.js';
import { Deletes, ReadsPage, Updates, Uploads } from './operations.js';
import { RestController } from './rest-controller.js';
import { RestFeeds } from './rest-feeds.js';
import { named } from './row-address.js';
import { Updated, updatedOf, Uploaded, uploadedOf } from './write-answers.js';

/** Entries at the paths of the plan. */
@RestController('sync/content', 'Entries')
export class ContentSyncController {
  constructor(
    private readonly rows: SyncedRows,
    private readonly feeds: RestFeeds,
  ) {}

  @Post()
  @Uploads('Creates or replaces an entry', Uploaded)
  async upload(@CurrentUser() user: Caller, @Body(checked) body: ContentUpload): Promise<Uploaded> {
    return uploadedOf(await this.rows.save(Content, user, contentOf(body)));
  }

  @Get('changes')
  @ReadsPage('Entries written or deleted after `since`', ContentPage)
  changes(@CurrentUser() user: Caller, @Query(FeedQueryPipe) query: FeedQuery): Promise<ContentPage> {
    return this.feeds.content(user, query);
  }

  @Post(':id')
  @Updates('Changes fields of an entry', Updated)
  async update(
    @CurrentUser() user: Caller,
    @Param('id') id: string,
    @Body(checked) body: ContentUpdate,
  ): Promise<Updated> {
    return updatedOf(await this.rows.amend(Content, user, id, (row) => amendedContent(row, body)));
  }

  @Post(':id/delete')
  @Deletes('Deletes an entry; its links and media stay', 200)
  async delete(@CurrentUser() user: Caller, @Param('id') id: string): Promise<void> {
    await this.rows.delete(Content, user, named(id));
  }
}
