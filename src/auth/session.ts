import { Field, ObjectType } from '@nestjs/graphql';
import { Millis } from '../graphql/scalars.js';
import { User } from './user.entity.js';

@ObjectType({ description: 'What a device needs to act for its user.' })
export class Session {
  @Field(() => String, { description: 'JWT for `Authorization: Bearer …`.' })
  accessToken!: string;

  @Field(() => String, {
    description: 'Opaque, for one `refreshSession`; its predecessor stays valid until this one is first used.',
  })
  refreshToken!: string;

  @Field(() => Millis, { description: 'When the access token ends.' })
  expiresAt!: number;

  @Field(() => User, { description: 'The account.' })
  user!: User;
}
