import { Inject, Injectable, type Type } from '@nestjs/common';
import { Association, type AssociationTombstone } from '../associations/association.entity.js';
import type { Caller } from '../auth/caller.js';
import { CONFIG, type Config } from '../config.js';
import { Content } from '../content/content.entity.js';
import { ApiError, ErrorCode } from '../graphql/errors.js';
import { Journal } from '../journals/journal.entity.js';
import { Media, MediaStatus } from '../media/media.entity.js';
import type { ChangePage } from '../sync/changes.js';
import type { Row } from '../sync/row.js';
import { SyncedRows } from '../sync/synced-rows.js';
import type { Tombstone } from '../sync/tombstone.js';
import {
  associationChangeOf,
  contentChangeOf,
  journalChangeOf,
  type AssociationPage,
  type ContentChange,
  type ContentPage,
  type JournalPage,
} from './changes.js';
import type { FeedQuery } from './feed-query.js';
import { mediaOfContent, type MediaOfContent } from './media-answers.js';

/** What apps read: pages of the feeds, and one entry. */
@Injectable()
export class RestFeeds {
  constructor(
    private readonly rows: SyncedRows,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async content(caller: Caller, query: FeedQuery): Promise<ContentPage> {
    const page = await this.page<Content, Tombstone>(Content, caller, query);
    return { changes: await this.withMedia(caller, page.changes), ...endOf(page), deletions: deletionsIn(page) };
  }

  async journals(caller: Caller, query: FeedQuery): Promise<JournalPage> {
    const page = await this.page<Journal, Tombstone>(Journal, caller, query);
    return { changes: page.changes.map(journalChangeOf), ...endOf(page), deletions: deletionsIn(page) };
  }

  async associations(caller: Caller, query: FeedQuery): Promise<AssociationPage> {
    const page = await this.page<Association, AssociationTombstone>(Association, caller, query);
    const deletions = page.deletions.map(({ journalId, contentId, deletedAt }) => ({
      journalId,
      contentId,
      deletedAt,
    }));
    return { changes: page.changes.map(associationChangeOf), ...endOf(page), deletions };
  }

  /** One live entry. @throws as `SyncedRows.find` */
  async entry(caller: Caller, id: string): Promise<ContentChange> {
    const [entry] = await this.withMedia(caller, [await this.rows.find(Content, caller.id, id)]);
    return entry as ContentChange;
  }

  /** REST has no epoch: an app whose cursor lies beyond every change reads from the start. */
  private async page<R extends Row, T>(entity: Type<R>, caller: Caller, query: FeedQuery): Promise<ChangePage<R, T>> {
    try {
      return await this.rows.changes<R, T>(entity, caller.id, { ...query, withDeletions: true });
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== ErrorCode.EPOCH_CHANGED) throw error;
      return this.rows.changes<R, T>(entity, caller.id, { ...query, since: 0, withDeletions: true });
    }
  }

  /** One query for all of a page. */
  private async withMedia(caller: Caller, entries: Content[]): Promise<ContentChange[]> {
    const media = await this.rows.findLiveBy(
      Media,
      caller.id,
      'contentId',
      entries.map(({ id }) => id),
    );
    const byContent = new Map(entries.map(({ id }) => [id, [] as MediaOfContent[]]));
    for (const one of media) {
      if (one.status === MediaStatus.READY) byContent.get(one.contentId)?.push(mediaOfContent(this.config, one));
    }
    return entries.map((entry) => contentChangeOf(entry, byContent.get(entry.id) ?? []));
  }
}

function endOf({ lastTimestamp, hasMore }: ChangePage<unknown, unknown>): { lastTimestamp: number; hasMore: boolean } {
  return { lastTimestamp, hasMore };
}

function deletionsIn({ deletions }: ChangePage<unknown, Tombstone>): { id: string; deletedAt: number }[] {
  return deletions.map(({ id, deletedAt }) => ({ id, deletedAt }));
}
