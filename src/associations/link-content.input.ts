import { Field, ID, InputType } from '@nestjs/graphql';
import { SaveInput, WriteInput } from '../sync/inputs.js';

@InputType({ description: 'Puts an entry into a journal.' })
export class LinkContentInput extends SaveInput {
  @Field(() => ID, { description: 'Uuid of the journal; it need not have arrived yet.' })
  journalId!: string;

  @Field(() => ID, { description: 'Uuid of the entry; it need not have arrived yet.' })
  contentId!: string;
}

@InputType({ description: 'Takes an entry out of a journal.' })
export class UnlinkContentInput extends WriteInput {
  @Field(() => ID, { description: 'Uuid of the journal.' })
  journalId!: string;

  @Field(() => ID, { description: 'Uuid of the entry.' })
  contentId!: string;
}
