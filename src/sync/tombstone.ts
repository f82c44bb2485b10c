import { Field, ID, ObjectType } from '@nestjs/graphql';
import { Millis, Version } from '../graphql/scalars.js';

/** The fields that every tombstone has besides its key. */
@ObjectType({ isAbstract: true })
export abstract class TombstoneFields {
  @Field(() => Millis, { description: 'When it was deleted, by the server’s clock; equal to `updatedAt`.' })
  deletedAt!: number;

  @Field(() => Version, { description: 'The version of the delete.' })
  serverVersion!: number;

  @Field(() => Millis, { description: 'The place of the delete in the feed.' })
  updatedAt!: number;

  @Field(() => ID, { description: 'The device that deleted it.' })
  deviceId!: string;

  @Field(() => ID, { description: 'The mutation that deleted it.' })
  mutationId!: string;
}

@ObjectType({ description: 'A deleted journal, content or media row.' })
export class Tombstone extends TombstoneFields {
  @Field(() => ID, { description: 'The id of the deleted row.' })
  id!: string;
}
