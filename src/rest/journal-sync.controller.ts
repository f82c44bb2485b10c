import { Body, Get, Param, Post, Query } from '@nestjs/common';
import type { Caller } from '../auth/caller.js';
import { CurrentUser } from '../auth/current-user.js';
import { Journal } from '../journals/journal.entity.js';
import { SyncedRows } from '../sync/synced-rows.js';
import { checked } from './body.js';
import { JournalPage } from './changes.js';
import { amendedJournal, journalOf, JournalUpdate, JournalUpload } from './journal-bodies.js';
import { FeedQuery, FeedQueryPipe } from './feed-query.js';
import { Deletes, ReadsPage, Updates, Uploads } from './operations.js';
import { RestController } from './rest-controller.js';
import { RestFeeds } from './rest-feeds.js';
import { named } from './row-address.js';
import { Updated, updatedOf, Uploaded, uploadedOf } from './write-answers.js';

/** Journals at the paths of the plan. */
@RestController('sync/journals', 'Journals')
export class JournalSyncController {
  constructor(
    private readonly rows: SyncedRows,
    private readonly feeds: RestFeeds,
  ) {}

  @Post()
  @Uploads('Creates or replaces a journal', Uploaded)
  async upload(@CurrentUser() user: Caller, @Body(checked) body: JournalUpload): Promise<Uploaded> {
    return uploadedOf(await this.rows.save(Journal, user, journalOf(body)));
  }

  @Get('changes')
  @ReadsPage('Journals written or deleted after `since`', JournalPage)
  changes(@CurrentUser() user: Caller, @Query(FeedQueryPipe) query: FeedQuery): Promise<JournalPage> {
    return this.feeds.journals(user, query);
  }

  @Post(':id')
  @Updates('Changes fields of a journal', Updated)
  async update(
    @CurrentUser() user: Caller,
    @Param('id') id: string,
    @Body(checked) body: JournalUpdate,
  ): Promise<Updated> {
    return updatedOf(await this.rows.amend(Journal, user, id, (row) => amendedJournal(row, body)));
  }

  @Post(':id/delete')
  @Deletes('Deletes a journal; its entries and links stay', 200)
  async delete(@CurrentUser() user: Caller, @Param('id') id: string): Promise<void> {
    await this.rows.delete(Journal, user, named(id));
  }
}
