import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../auth/caller.js';
import { CurrentUser } from '../auth/current-user.js';
import { ChangesArgs } from '../sync/changes.js';
import { SyncedRows } from '../sync/synced-rows.js';
import { Association, AssociationChanges, AssociationTombstone } from './association.entity.js';
import { LinkContentInput, UnlinkContentInput } from './link-content.input.js';

@Resolver(() => Association)
export class AssociationsResolver {
  constructor(private readonly rows: SyncedRows) {}

  @Query(() => AssociationChanges, { description: 'Links made or removed after `since`, in the server’s order.' })
  associationChanges(@CurrentUser() user: Caller, @Args() feed: ChangesArgs): Promise<AssociationChanges> {
    return this.rows.changes(Association, user.id, feed);
  }

  @Mutation(() => Association, { description: 'Puts an entry into a journal.' })
  linkContent(
    @CurrentUser() user: Caller,
    @Args('input', { description: 'The two ends.' }) input: LinkContentInput,
  ): Promise<Association> {
    return this.rows.save(Association, user, input);
  }

  @Mutation(() => AssociationTombstone, { description: 'Takes an entry out of a journal; both stay.' })
  unlinkContent(
    @CurrentUser() user: Caller,
    @Args('input', { description: 'The two ends, and what is known of the link.' }) input: UnlinkContentInput,
  ): Promise<AssociationTombstone> {
    return this.rows.delete(Association, user, input);
  }
}
