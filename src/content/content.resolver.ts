import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../auth/caller.js';
import { CurrentUser } from '../auth/current-user.js';
import { ChangesArgs } from '../sync/changes.js';
import { DeleteInput } from '../sync/inputs.js';
import { SyncedRows } from '../sync/synced-rows.js';
import { Tombstone } from '../sync/tombstone.js';
import { Content, ContentChanges } from './content.entity.js';
import { SaveContentInput } from './save-content.input.js';

@Resolver(() => Content)
export class ContentResolver {
  constructor(private readonly rows: SyncedRows) {}

  @Query(() => Content, { description: 'One entry.' })
  content(
    @CurrentUser() user: Caller,
    @Args('id', { type: () => ID, description: 'Uuid of the entry.' }) id: string,
  ): Promise<Content> {
    return this.rows.find(Content, user.id, id);
  }

  @Query(() => ContentChanges, { description: 'Entries written or deleted after `since`, in the server’s order.' })
  contentChanges(@CurrentUser() user: Caller, @Args() feed: ChangesArgs): Promise<ContentChanges> {
    return this.rows.changes(Content, user.id, feed);
  }

  @Mutation(() => Content, { description: 'Creates or replaces an entry.' })
  saveContent(
    @CurrentUser() user: Caller,
    @Args('input', { description: 'The entry as it shall be.' }) input: SaveContentInput,
  ): Promise<Content> {
    return this.rows.save(Content, user, input);
  }

  @Mutation(() => Tombstone, { description: 'Deletes an entry; its links and media stay.' })
  deleteContent(
    @CurrentUser() user: Caller,
    @Args('input', { description: 'Which entry, and what is known of it.' }) input: DeleteInput,
  ): Promise<Tombstone> {
    return this.rows.delete(Content, user, input);
  }

  @Mutation(() => Content, { description: 'Brings a deleted entry back, within 30 days.' })
  restoreContent(
    @CurrentUser() user: Caller,
    @Args('input', { description: 'Which entry, and what is known of it.' }) input: DeleteInput,
  ): Promise<Content> {
    return this.rows.restore(Content, user, input);
  }
}
