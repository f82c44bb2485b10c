import type { Type } from '@nestjs/common';
import { ArgsType, Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { limits } from '../config.js';
import { Millis } from '../graphql/scalars.js';

@ArgsType()
export class ChangesArgs {
  @Field(() => Millis, { defaultValue: 0, description: 'The cursor: `lastTimestamp` of the page before, 0 at first.' })
  since: number = 0;

  @Field(() => Int, {
    defaultValue: 500,
    description: `Most rows of the page, live and deleted together, 1 to ${limits.pageRows}.`,
  })
  limit: number = 500;

  @Field(() => Boolean, { defaultValue: true, description: 'False only for a device that holds nothing yet.' })
  withDeletions: boolean = true;
}

/** One page of a feed: rows and tombstones cut together, in stamp order. */
export interface ChangePage<R, T> {
  changes: R[];
  deletions: T[];
  lastTimestamp: number;
  hasMore: boolean;
  /** A getter: counted only when a client selects it. */
  remaining: number | Promise<number>;
  epoch: string;
  serverTime: number;
}

/** The GraphQL type of a page of one resource. */
export function ChangesOf<R, T>(row: Type<R>, tombstone: Type<T>): abstract new () => ChangePage<R, T> {
  @ObjectType({ isAbstract: true })
  abstract class Changes implements ChangePage<R, T> {
    @Field(() => [row], { description: 'Rows that were written, oldest stamp first.' })
    changes!: R[];

    @Field(() => [tombstone], { description: 'Rows that were deleted, oldest stamp first.' })
    deletions!: T[];

    @Field(() => Millis, { description: 'The next `since`; store it together with the rows of this page.' })
    lastTimestamp!: number;

    @Field(() => Boolean, { description: 'Whether the next page holds something already.' })
    hasMore!: boolean;

    @Field(() => Int, { description: 'Rows after this page. Counted only when it is asked for.' })
    remaining!: number | Promise<number>;

    @Field(() => ID, {
      description: 'Changes when the database was restored; do not apply a page that carries a new one.',
    })
    epoch!: string;

    @Field(() => Millis, { description: 'The server’s clock. Never a cursor.' })
    serverTime!: number;
  }
  return Changes;
}
