import { Field, ID, InputType } from '@nestjs/graphql';
import { limits } from '../config.js';
import { SaveInput } from '../sync/inputs.js';

@InputType({ description: 'The whole journal as it shall be.' })
export class SaveJournalInput extends SaveInput {
  @Field(() => ID, { description: 'Uuid made by the device.' })
  id!: string;

  @Field(() => String, { description: `At most ${limits.titleCharacters} characters.` })
  title!: string;

  @Field(() => String, { defaultValue: '', description: `At most ${limits.descriptionCharacters} characters.` })
  description: string = '';
}
