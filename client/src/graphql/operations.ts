// Every operation that a device sends for words. What it asks of rows follows from RESOURCES; a test holds each of them
// against schema.gql.
import { RESOURCES, ROW_TYPES, type RowType } from '../resources.js';
import type { PullRequest } from '../transport.js';
import type { Introspection } from './schema-types.js';
import type { Operation } from './typed-operation.js';

/** An object as it was answered: nothing of it is believed. */
export type Answered = Readonly<Record<string, unknown>>;
/** One write as the schema has it. */
export type MutationInput = Answered;
/** Codes that the server gives. */
export type ServerErrorCode = Introspection['types']['ErrorCode']['enumValues'];

const STAMP = 'serverVersion updatedAt deviceId mutationId';

function liveOf(type: RowType): string {
  const { key, fields } = RESOURCES[type];
  return `${key} ${fields.join(' ')} clientUpdatedAt ${STAMP}`;
}

function tombstoneOf(type: RowType): string {
  return `${RESOURCES[type].key} deletedAt ${STAMP}`;
}

type PullOperation = Operation<
  Readonly<Record<RowType, Answered>>,
  { limit: number; withDeletions: boolean } & PullRequest['since']
>;

/** One page of each feed that is asked for, in one request. */
export function pullOf(types: readonly RowType[]): PullOperation {
  const feeds = types.map(
    (type) => `${type}: ${RESOURCES[type].feed}(since: $${type}, limit: $limit, withDeletions: $withDeletions) {
    changes { ${liveOf(type)} } deletions { ${tombstoneOf(type)} }
    lastTimestamp hasMore remaining epoch serverTime
  }`,
  );
  const cursors = types.map((type) => `$${type}: Millis!`);
  return `query Pull($limit: Int!, $withDeletions: Boolean!, ${cursors.join(' ')}) { ${feeds.join(' ')} }` as PullOperation;
}

/** The outbox of a device. */
export const PUSH = `mutation Push($input: PushInput!) {
  push(input: $input) {
    outcomes {
      mutationId status serverVersion updatedAt code message
      current {
        ${ROW_TYPES.map((type) => `... on ${RESOURCES[type].name} { ${liveOf(type)} }`).join(' ')}
        ... on Tombstone { ${tombstoneOf('content')} }
        ... on AssociationTombstone { ${tombstoneOf('association')} }
      }
    }
    epoch serverTime
  }
}` as Operation<{ push: { outcomes: readonly Answered[]; epoch: unknown; serverTime: unknown } }, { input: Answered }>;
