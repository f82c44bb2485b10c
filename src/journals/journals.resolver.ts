import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../auth/caller.js';
import { CurrentUser } from '../auth/current-user.js';
import { ChangesArgs } from '../sync/changes.js';
import { DeleteInput } from '../sync/inputs.js';
import { SyncedRows } from '../sync/synced-rows.js';
import { Tombstone } from '../sync/tombstone.js';
import { Journal, JournalChanges } from './journal.entity.js';
import { SaveJournalInput } from './save-journal.input.js';

@Resolver(() => Journal)
export class JournalsResolver {
  constructor(private readonly rows: SyncedRows) {}

  @Query(() => Journal, { description: 'One journal.' })
  journal(
    @CurrentUser() user: Caller,
    @Args('id', { type: () => ID, description: 'Uuid of the journal.' }) id: string,
  ): Promise<Journal> {
    return this.rows.find(Journal, user.id, id);
  }

  @Query(() => JournalChanges, { description: 'Journals written or deleted after `since`, in the server’s order.' })
  journalChanges(@CurrentUser() user: Caller, @Args() feed: ChangesArgs): Promise<JournalChanges> {
    return this.rows.changes(Journal, user.id, feed);
  }

  @Mutation(() => Journal, { description: 'Creates or replaces a journal.' })
  saveJournal(
    @CurrentUser() user: Caller,
    @Args('input', { description: 'The journal as it shall be.' }) input: SaveJournalInput,
  ): Promise<Journal> {
    return this.rows.save(Journal, user, input);
  }

  @Mutation(() => Tombstone, { description: 'Deletes a journal; its entries and links stay.' })
  deleteJournal(
    @CurrentUser() user: Caller,
    @Args('input', { description: 'Which journal, and what is known of it.' }) input: DeleteInput,
  ): Promise<Tombstone> {
    return this.rows.delete(Journal, user, input);
  }

  @Mutation(() => Journal, { description: 'Brings a deleted journal back, within 30 days.' })
  restoreJournal(
    @CurrentUser() user: Caller,
    @Args('input', { description: 'Which journal, and what is known of it.' }) input: DeleteInput,
  ): Promise<Journal> {
    return this.rows.restore(Journal, user, input);
  }
}
