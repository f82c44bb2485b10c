import { Field, ID, InputType } from '@nestjs/graphql';
import { Millis } from '../graphql/scalars.js';
import type { ChangeInput } from './change.js';
import { VersionConstraint } from './version-constraint.js';

/** What every write may carry. */
@InputType({ isAbstract: true })
export abstract class WriteInput implements ChangeInput {
  @Field(() => Millis, { nullable: true, description: 'When it was edited, by the device’s clock; missing means now.' })
  clientUpdatedAt?: number | null;

  @Field(() => VersionConstraint, { nullable: true, description: 'Missing means `none`.' })
  version?: VersionConstraint | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Uuid chosen once by the device and kept for every retry; missing means no protection on retry.',
  })
  mutationId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'The device that writes, 1 to 128 characters; missing means the header `X-Device-Id`, else the device of the token.',
  })
  deviceId?: string | null;
}

/** What every save carries besides its body. */
@InputType({ isAbstract: true })
export abstract class SaveInput extends WriteInput {
  @Field(() => Millis, { description: 'When it was created, by the device’s clock; may lie before 1970.' })
  createdAt!: number;
}

@InputType({ description: 'Names one row to delete or to restore.' })
export class DeleteInput extends WriteInput {
  @Field(() => ID, { description: 'Uuid of the row.' })
  id!: string;
}
