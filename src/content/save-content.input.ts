import { Field, ID, InputType } from '@nestjs/graphql';
import { limits } from '../config.js';
import { Millis } from '../graphql/scalars.js';
import { SaveInput } from '../sync/inputs.js';
import { ContentType, MEDIA_URI_CHARACTERS } from './content.entity.js';

@InputType({ description: 'The whole entry as it shall be.' })
export class SaveContentInput extends SaveInput {
  @Field(() => ID, { description: 'Uuid made by the device.' })
  id!: string;

  @Field(() => ContentType, { description: 'What the entry is.' })
  type!: ContentType;

  @Field(() => String, { nullable: true, description: `The words, at most ${limits.textBytes} bytes of UTF-8.` })
  content?: string | null;

  @Field(() => String, {
    nullable: true,
    description: `Where the device keeps the original, at most ${MEDIA_URI_CHARACTERS} characters; never opened by the server.`,
  })
  mediaUri?: string | null;

  @Field(() => Millis, { defaultValue: 0, description: 'Length of a film or recording in milliseconds, from 0.' })
  durationMs: number = 0;
}
