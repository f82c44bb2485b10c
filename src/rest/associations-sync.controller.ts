import { Body, Get, Post, Query } from '@nestjs/common';
import type { Caller } from '../auth/caller.js';
import { CurrentUser } from '../auth/current-user.js';
import { LinkDeletes, LinkUploads } from './association-bodies.js';
import { checked } from './body.js';
import { AssociationPage } from './changes.js';
import { FeedQuery, FeedQueryPipe } from './feed-query.js';
import { Deletes, ReadsPage, Uploads } from './operations.js';
import { RestController } from './rest-controller.js';
import { RestFeeds } from './rest-feeds.js';
import { RestLinks, UploadedLinks } from './rest-links.js';

/** Links at the paths of the plan. */
@RestController('sync/associations', 'Links')
export class AssociationsSyncController {
  constructor(
    private readonly links: RestLinks,
    private readonly feeds: RestFeeds,
  ) {}

  @Post()
  @Uploads('Puts entries into journals', UploadedLinks)
  upload(@CurrentUser() user: Caller, @Body(checked) { associations }: LinkUploads): Promise<UploadedLinks> {
    return this.links.save(user, associations);
  }

  @Post('delete')
  @Deletes('Takes entries out of journals; both stay', 200)
  delete(@CurrentUser() user: Caller, @Body(checked) { associations }: LinkDeletes): Promise<void> {
    return this.links.delete(user, associations);
  }

  @Get('changes')
  @ReadsPage('Links made or removed after `since`', AssociationPage)
  changes(@CurrentUser() user: Caller, @Query(FeedQueryPipe) query: FeedQuery): Promise<AssociationPage> {
    return this.feeds.associations(user, query);
  }
}
