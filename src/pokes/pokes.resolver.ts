import { Field, ID, ObjectType, Resolver, Subscription } from '@nestjs/graphql';
import type { Caller } from '../auth/caller.js';
import { CurrentUser } from '../auth/current-user.js';
import { Millis } from '../graphql/scalars.js';
import type { Written } from '../sync/synced-rows.js';
import { Pokes } from './pokes.js';

@ObjectType({ description: 'No data, only a reason to pull.' })
export class Poke {
  @Field(() => Millis, { description: 'The largest stamp given: news, never a cursor.' })
  headTimestamp!: number;

  @Field(() => ID, { nullable: true, description: 'The device that wrote.' })
  deviceId!: string | null;
}

@Resolver(() => Poke)
export class PokesResolver {
  constructor(private readonly pokes: Pokes) {}

  @Subscription(() => Poke, {
    description: 'Told after each write of another device of the same user. Token in `connectionParams.authorization`.',
    filter(poke: Written, _: unknown, { req }: { req: { user: Caller } }) {
      return poke.deviceId !== req.user.deviceId;
    },
    resolve: ({ headTimestamp, deviceId }: Written): Poke => ({ headTimestamp, deviceId }),
  })
  changed(@CurrentUser() user: Caller): AsyncIterableIterator<Written> {
    return this.pokes.of(user);
  }
}
