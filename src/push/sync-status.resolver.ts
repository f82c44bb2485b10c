import { Field, ID, Int, ObjectType, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../auth/caller.js';
import { CurrentUser } from '../auth/current-user.js';
import { Millis } from '../graphql/scalars.js';
import { Association } from '../associations/association.entity.js';
import { Content } from '../content/content.entity.js';
import { Journal } from '../journals/journal.entity.js';
import { MediaUsage } from '../media/media-usage.js';
import { SyncedRows } from '../sync/synced-rows.js';

@ObjectType({ description: 'What the server holds of this account.' })
export class SyncStatus {
  @Field(() => Int, { description: 'Live journals.' })
  journalCount!: number;

  @Field(() => Int, { description: 'Live entries.' })
  contentCount!: number;

  @Field(() => Int, { description: 'Live links.' })
  associationCount!: number;

  @Field(() => Int, { description: 'Live photos and recordings.' })
  mediaCount!: number;

  @Field(() => Int, { description: 'Photos and recordings whose bytes have not arrived yet.' })
  pendingUploads!: number;

  @Field(() => Millis, { description: 'Bytes of photos and recordings.' })
  storageBytes!: number;

  @Field(() => Millis, { description: 'The largest stamp given: news, never a cursor.' })
  headTimestamp!: number;

  @Field(() => ID, { description: 'Changes when the database was restored.' })
  epoch!: string;

  @Field(() => Millis, { description: 'The server’s clock. Never a cursor.' })
  serverTime!: number;
}

@Resolver(() => SyncStatus)
export class SyncStatusResolver {
  constructor(
    private readonly rows: SyncedRows,
    private readonly media: MediaUsage,
  ) {}

  @Query(() => SyncStatus, { description: 'Counts and the head of the feeds.' })
  async syncStatus(@CurrentUser() { id }: Caller): Promise<SyncStatus> {
    const { ms, epoch } = await this.rows.clock(id);
    return {
      journalCount: await this.rows.count(Journal, id),
      contentCount: await this.rows.count(Content, id),
      associationCount: await this.rows.count(Association, id),
      ...(await this.media.of(id)),
      headTimestamp: ms,
      epoch,
      serverTime: Date.now(),
    };
  }
}
