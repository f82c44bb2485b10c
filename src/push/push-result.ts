import { createUnionType, Field, ID, ObjectType } from '@nestjs/graphql';
import { Association, AssociationTombstone } from '../associations/association.entity.js';
import { Content } from '../content/content.entity.js';
import { ErrorCode } from '../graphql/errors.js';
import { Millis, Version } from '../graphql/scalars.js';
import { Journal } from '../journals/journal.entity.js';
import { Media } from '../media/media.entity.js';
import { OutcomeStatus, type WriteOutcome } from '../sync/outcome.js';
import { graphqlTypeOf } from '../sync/resource.js';
import type { Row } from '../sync/row.js';
import { Tombstone } from '../sync/tombstone.js';

const SyncedRow = createUnionType({
  name: 'SyncedRow',
  description: 'A row as it is now, live or deleted.',
  types: () => [Journal, Content, Association, Media, Tombstone, AssociationTombstone] as const,
  resolveType: (row: Row) => graphqlTypeOf(row),
});

@ObjectType({ description: 'What became of one mutation. Each has its own: one bad item never stops the others.' })
export class Outcome implements WriteOutcome {
  @Field(() => ID, { description: 'As it was sent, or made by the server.' })
  mutationId!: string;

  @Field(() => OutcomeStatus, {
    description: 'APPLIED and DUPLICATE are done; CONFLICT and REJECTED were not written.',
  })
  status!: OutcomeStatus;

  @Field(() => Version, {
    nullable: true,
    description: 'APPLIED, DUPLICATE: the version that this mutation gave the row.',
  })
  serverVersion?: number;

  @Field(() => Millis, { nullable: true, description: 'APPLIED, DUPLICATE: the place of this mutation in the feed.' })
  updatedAt?: number;

  @Field(() => ErrorCode, { nullable: true, description: 'REJECTED: why.' })
  code?: ErrorCode;

  @Field(() => String, { nullable: true, description: 'REJECTED: why, in words that name the field.' })
  message?: string;

  @Field(() => SyncedRow, {
    nullable: true,
    description: 'DUPLICATE, CONFLICT: the row as it is now, null if there is none.',
  })
  current?: Row | null;
}

@ObjectType({ description: 'The answer to a push.' })
export class PushResult {
  @Field(() => [Outcome], { description: 'One for each mutation, in order.' })
  outcomes!: WriteOutcome[];

  @Field(() => Millis, { description: 'The largest stamp given: news, never a cursor.' })
  headTimestamp!: number;

  @Field(() => ID, { description: 'Changes when the database was restored.' })
  epoch!: string;

  @Field(() => Millis, { description: 'The server’s clock. Never a cursor.' })
  serverTime!: number;
}
