import { Field, InputType } from '@nestjs/graphql';
import { Version } from '../graphql/scalars.js';
import type { Fault } from './field-rules.js';
import type { Row } from './row.js';

@InputType({
  isOneOf: true,
  description:
    'What the device believes of the row before it writes. Exactly one; a Boolean alternative must be true. Missing means `none`.',
})
export class VersionConstraint {
  @Field(() => Version, { nullable: true, description: 'The row still has this `serverVersion`; else CONFLICT.' })
  known?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'There is no such row yet; a live row with the same body is applied too.',
  })
  absent?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Write whatever is there: the last write wins.' })
  none?: boolean | null;
}

/**
 * Of a face whose clients do not say that a row is to come back: whatever is there, but no tombstone. GraphQL has no
 * word for it.
 */
export interface UnlessDeleted {
  unlessDeleted: true;
}

/** What a write may carry, whichever way it came. */
export type WriteConstraint = VersionConstraint | UnlessDeleted;

/** What is wrong with the constraint itself. */
export function faultOfConstraint(constraint: WriteConstraint | null | undefined): Fault {
  if (isUnlessDeleted(constraint)) return undefined;
  if (constraint?.absent === false || constraint?.none === false) return { message: 'must be true or left out' };
  return undefined;
}

/** `write` it, it is there `already` (applied, nothing to write), or `conflict`. */
export type Verdict = 'write' | 'already' | 'conflict';

/** The table of the protocol: constraint against the row as it is now. */
export function judgeSave(
  constraint: WriteConstraint | null | undefined,
  current: Row | undefined,
  hasSameBody: () => boolean,
): Verdict {
  if (isUnlessDeleted(constraint)) return current?.deleted ? 'conflict' : 'write';
  if (constraint?.absent) {
    if (current === undefined) return 'write';
    return !current.deleted && hasSameBody() ? 'already' : 'conflict';
  }
  // Not equal, never less than: after a restore a larger known version is just as stale.
  if (typeof constraint?.known === 'number') return current?.serverVersion === constraint.known ? 'write' : 'conflict';
  return 'write';
}

/** As for a save, but deleting a tombstone is applied and changes nothing. */
export function judgeDelete(constraint: WriteConstraint | null | undefined, current: Row | undefined): Verdict {
  if (current?.deleted) return 'already';
  return judgeSave(constraint, current, () => false);
}

function isUnlessDeleted(constraint: WriteConstraint | null | undefined): constraint is UnlessDeleted {
  return constraint != null && 'unlessDeleted' in constraint;
}
