import { Field, ID, InputType } from '@nestjs/graphql';
import { LinkContentInput, UnlinkContentInput } from '../associations/link-content.input.js';
import { SaveContentInput } from '../content/save-content.input.js';
import { limits } from '../config.js';
import { SaveJournalInput } from '../journals/save-journal.input.js';
import { DeleteInput } from '../sync/inputs.js';

@InputType({ isOneOf: true, description: 'One write of one row: exactly one of these.' })
export class MutationInput {
  @Field(() => SaveJournalInput, { nullable: true, description: 'As the mutation of the same name.' })
  saveJournal?: SaveJournalInput;

  @Field(() => DeleteInput, { nullable: true, description: 'As the mutation of the same name.' })
  deleteJournal?: DeleteInput;

  @Field(() => SaveContentInput, { nullable: true, description: 'As the mutation of the same name.' })
  saveContent?: SaveContentInput;

  @Field(() => DeleteInput, { nullable: true, description: 'As the mutation of the same name.' })
  deleteContent?: DeleteInput;

  @Field(() => LinkContentInput, { nullable: true, description: 'As the mutation of the same name.' })
  linkContent?: LinkContentInput;

  @Field(() => UnlinkContentInput, { nullable: true, description: 'As the mutation of the same name.' })
  unlinkContent?: UnlinkContentInput;

  @Field(() => DeleteInput, { nullable: true, description: 'As the mutation of the same name.' })
  deleteMedia?: DeleteInput;
}

@InputType({ description: 'The outbox of a device, in its order.' })
export class PushInput {
  @Field(() => ID, { description: 'The device that writes, 1 to 128 characters; an item may name another.' })
  deviceId!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The epoch that the device knows, a uuid; another one is EPOCH_CHANGED.',
  })
  epoch?: string | null;

  @Field(() => [MutationInput], {
    description: `At most ${limits.pushMutations}, and ${limits.requestBytes} bytes for the whole request; applied in order, in one transaction.`,
  })
  mutations!: MutationInput[];
}
