import { Body, Delete, Get, Param, Patch, Put, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../auth/caller.js';
import { CurrentUser } from '../auth/current-user.js';
import { Journal } from '../journals/journal.entity.js';
import { SyncedRows } from '../sync/synced-rows.js';
import { checked } from './body.js';
import { JournalChange, journalChangeOf, JournalPage } from './changes.js';
import { amendedJournal, journalOf, JournalUpdate, JournalUpload } from './journal-bodies.js';
import { FeedQuery, FeedQueryPipe } from './feed-query.js';
import { Deletes, Puts, ReadsPage, ReadsRow, Updates } from './operations.js';
import { RestController } from './rest-controller.js';
import { RestFeeds } from './rest-feeds.js';
import { atPath, created, named } from './row-address.js';
import { Updated, updatedOf, Uploaded, uploadedOf } from './write-answers.js';

/** Journals as resources. */
@RestController('journals', 'Journals')
export class JournalsController {
  constructor(
    private readonly rows: SyncedRows,
    private readonly feeds: RestFeeds,
  ) {}

  @Get()
  @ReadsPage('Journals written or deleted after `since`', JournalPage)
  changes(@CurrentUser() user: Caller, @Query(FeedQueryPipe) query: FeedQuery): Promise<JournalPage> {
    return this.feeds.journals(user, query);
  }

  @Get(':id')
  @ReadsRow('One journal', JournalChange)
  async find(@CurrentUser() user: Caller, @Param('id') id: string): Promise<JournalChange> {
    return journalChangeOf(await this.rows.find(Journal, user.id, id));
  }

  @Put(':id')
  @Puts('Creates or replaces a journal', Uploaded)
  async put(
    @CurrentUser() user: Caller,
    @Param('id') id: string,
    @Body(checked) body: JournalUpload,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Uploaded> {
    const { row, isNew } = await this.rows.put(Journal, user, journalOf(atPath(id, body)));
    if (isNew) created(request, reply);
    return uploadedOf(row);
  }

  @Patch(':id')
  @Updates('Changes fields of a journal', Updated)
  async update(
    @CurrentUser() user: Caller,
    @Param('id') id: string,
    @Body(checked) body: JournalUpdate,
  ): Promise<Updated> {
    return updatedOf(await this.rows.amend(Journal, user, id, (row) => amendedJournal(row, body)));
  }

  @Delete(':id')
  @Deletes('Deletes a journal; its entries and links stay', 204)
  async delete(@CurrentUser() user: Caller, @Param('id') id: string): Promise<void> {
    await this.rows.delete(Journal, user, named(id));
  }
}
