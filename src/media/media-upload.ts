import { Field, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Millis } from '../graphql/scalars.js';
import { Media } from './media.entity.js';

export enum UploadMethod {
  ALREADY_STORED = 'ALREADY_STORED',
  TUS = 'TUS',
  SIGNED = 'SIGNED',
}

registerEnumType(UploadMethod, {
  name: 'UploadMethod',
  description: 'How the bytes are to be sent.',
  valuesMap: {
    ALREADY_STORED: { description: 'Not at all: the same bytes of this user are stored, and the row is READY.' },
    TUS: {
      description: 'To `url` by tus 1.0 with the bearer token: HEAD tells how much has arrived, PATCH sends more.',
    },
    SIGNED: {
      description: 'By PUT to `url`, or each part to the URL of its own, straight to the store and without the token.',
    },
  },
});

@ObjectType({ description: 'A header that a signed request must carry.' })
export class UploadHeader {
  @Field(() => String, { description: 'Name of the header.' })
  name!: string;

  @Field(() => String, { description: 'Its value.' })
  value!: string;
}

@ObjectType({ description: 'One part of a signed upload.' })
export class UploadPart {
  @Field(() => Int, { description: 'From 1, in the order of the bytes.' })
  number!: number;

  @Field(() => String, { description: 'PUT the bytes of this part here.' })
  url!: string;

  @Field(() => [UploadHeader], { description: 'Headers that the request must carry.' })
  headers!: UploadHeader[];
}

@ObjectType({ description: 'How to send the bytes of a photo, film or recording. Then call `completeMediaUpload`.' })
export class MediaUpload {
  @Field(() => UploadMethod, { description: 'How the bytes are to be sent.' })
  method!: UploadMethod;

  @Field(() => String, {
    nullable: true,
    description: 'TUS: the upload itself, made already. SIGNED: where the whole is PUT.',
  })
  url?: string | null;

  @Field(() => Millis, { nullable: true, description: 'SIGNED in parts: bytes of each part but the last.' })
  partSize?: number | null;

  @Field(() => [UploadPart], { description: 'SIGNED in parts: one for each; else empty.' })
  parts!: UploadPart[];

  @Field(() => Millis, { nullable: true, description: 'When the URLs end; the same call then gives new ones.' })
  expiresAt?: number | null;

  @Field(() => Media, { description: 'The row, PENDING until the upload is completed.' })
  media!: Media;
}
