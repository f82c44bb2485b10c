import { Field, ID, InputType } from '@nestjs/graphql';
import { limits } from '../config.js';
import { Millis } from '../graphql/scalars.js';

@InputType({ isAbstract: true })
abstract class MediaInput {
  @Field(() => ID, { description: 'Uuid made by the device.' })
  id!: string;

  @Field(() => ID, { description: 'Uuid of the entry; it need not have arrived yet.' })
  contentId!: string;

  @Field(() => String, { description: `Name of the file, at most ${limits.fileNameCharacters} characters; data only.` })
  fileName!: string;

  @Field(() => String, {
    description: 'What the device takes it for, of any length; the type that is kept is told by the bytes.',
  })
  mimeType!: string;

  @Field(() => Millis, { description: 'When it was taken, by the device’s clock; may lie before 1970.' })
  createdAt!: number;

  @Field(() => ID, { nullable: true, description: 'Uuid chosen once by the device and kept for every retry.' })
  mutationId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The device that writes, 1 to 128 characters, as in every other write.',
  })
  deviceId?: string | null;
}

@InputType({ description: 'A photo, film or recording whose bytes come with the request.' })
export class UploadMediaInput extends MediaInput {
  @Field(() => Millis, {
    nullable: true,
    description: `Bytes, at most ${limits.mediaBytes}; when given, other ones are DIGEST_MISMATCH.`,
  })
  sizeBytes?: number | null;

  @Field(() => String, { nullable: true, description: 'SHA-256, 64 hexadecimal digits; when given, it is compared.' })
  sha256?: string | null;
}

@InputType({ description: 'A photo, film or recording whose bytes are sent afterwards.' })
export class CreateMediaUploadInput extends MediaInput {
  @Field(() => Millis, { description: `Bytes, at most ${limits.mediaBytes}.` })
  sizeBytes!: number;

  @Field(() => String, { description: 'SHA-256 of the bytes, 64 hexadecimal digits.' })
  sha256!: string;
}
