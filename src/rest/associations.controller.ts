import { Body, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation } from '@nestjs/swagger';
import type { Caller } from '../auth/caller.js';
import { CurrentUser } from '../auth/current-user.js';
import { ErrorCode } from '../graphql/errors.js';
import { LinkDeletes, LinkPut, LinkUploads } from './association-bodies.js';
import { checked } from './body.js';
import { AssociationPage } from './changes.js';
import { Errors } from './error-answers.js';
import { FeedQuery, FeedQueryPipe } from './feed-query.js';
import { Deletes, ReadsPage, Uploads } from './operations.js';
import { RestController } from './rest-controller.js';
import { RestFeeds } from './rest-feeds.js';
import { RestLinks, UploadedLinks } from './rest-links.js';

/** Links as resources. */
@RestController('associations', 'Links')
export class AssociationsController {
  constructor(
    private readonly links: RestLinks,
    private readonly feeds: RestFeeds,
  ) {}

  @Get()
  @ReadsPage('Links made or removed after `since`', AssociationPage)
  changes(@CurrentUser() user: Caller, @Query(FeedQueryPipe) query: FeedQuery): Promise<AssociationPage> {
    return this.feeds.associations(user, query);
  }

  @Post()
  @Uploads('Puts entries into journals', UploadedLinks)
  upload(@CurrentUser() user: Caller, @Body(checked) { associations }: LinkUploads): Promise<UploadedLinks> {
    return this.links.save(user, associations);
  }

  @Delete()
  @Deletes('Takes entries out of journals; both stay', 204)
  deleteMany(@CurrentUser() user: Caller, @Body(checked) { associations }: LinkDeletes): Promise<void> {
    return this.links.delete(user, associations);
  }

  @Put(':journalId/:contentId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Puts an entry into a journal' })
  @ApiNoContentResponse({ description: 'The link is there.' })
  @Errors(ErrorCode.BAD_USER_INPUT, ErrorCode.FORBIDDEN, ErrorCode.CONFLICT, ErrorCode.TOO_LARGE)
  async put(
    @CurrentUser() user: Caller,
    @Param('journalId') journalId: string,
    @Param('contentId') contentId: string,
    @Body(checked) body: LinkPut,
  ): Promise<void> {
    await this.links.save(user, [{ ...body, journalId, contentId }]);
  }

  @Delete(':journalId/:contentId')
  @Deletes('Takes an entry out of a journal; both stay', 204)
  delete(
    @CurrentUser() user: Caller,
    @Param('journalId') journalId: string,
    @Param('contentId') contentId: string,
  ): Promise<void> {
    return this.links.delete(user, [{ journalId, contentId }]);
  }
}
