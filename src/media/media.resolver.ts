import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../auth/caller.js';
import { CurrentUser } from '../auth/current-user.js';
import { ChangesArgs } from '../sync/changes.js';
import { DeleteInput } from '../sync/inputs.js';
import { SyncedRows } from '../sync/synced-rows.js';
import { Tombstone } from '../sync/tombstone.js';
import { Media, MediaChanges } from './media.entity.js';

@Resolver(() => Media)
export class MediaResolver {
  constructor(private readonly rows: SyncedRows) {}

  @Query(() => Media, { description: 'One photo, film or recording.' })
  media(
    @CurrentUser() user: Caller,
    @Args('id', { type: () => ID, description: 'Uuid of the photo, film or recording.' }) id: string,
  ): Promise<Media> {
    return this.rows.find(Media, user.id, id);
  }

  @Query(() => MediaChanges, {
    description: 'Photos and recordings written or deleted after `since`, in the server’s order.',
  })
  mediaChanges(@CurrentUser() user: Caller, @Args() feed: ChangesArgs): Promise<MediaChanges> {
    return this.rows.changes(Media, user.id, feed);
  }

  @Mutation(() => Tombstone, { description: 'Deletes a photo or recording; its entry stays.' })
  deleteMedia(
    @CurrentUser() user: Caller,
    @Args('input', { description: 'Which one, and what is known of it.' }) input: DeleteInput,
  ): Promise<Tombstone> {
    return this.rows.delete(Media, user, input);
  }
}
