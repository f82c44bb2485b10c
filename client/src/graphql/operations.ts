// Every operation that a device sends for words. schema.gql gives their types; a test checks them too.
import { operation, type ResultOf, type VariablesOf } from './typed-operation.js';

const STAMP = 'serverVersion updatedAt deviceId mutationId';
const ROW = `createdAt clientUpdatedAt ${STAMP}`;
const JOURNAL = 'id title description';
const CONTENT = 'id type content mediaUri durationMs';
const LINK = 'journalId contentId';
const MEDIA = 'id contentId fileName mimeType sizeBytes sha256 status';
const DELETED = `deletedAt ${STAMP}`;
const PAGE = 'lastTimestamp hasMore remaining epoch serverTime';

/** One page of each feed that is asked for, in one request. */
export const PULL = operation(`query Pull(
  $limit: Int!, $withDeletions: Boolean!
  $journal: Boolean!, $journalSince: Millis!, $content: Boolean!, $contentSince: Millis!
  $association: Boolean!, $associationSince: Millis!, $media: Boolean!, $mediaSince: Millis!
) {
  journal: journalChanges(since: $journalSince, limit: $limit, withDeletions: $withDeletions) @include(if: $journal) {
    changes { ${JOURNAL} ${ROW} } deletions { id ${DELETED} } ${PAGE}
  }
  content: contentChanges(since: $contentSince, limit: $limit, withDeletions: $withDeletions) @include(if: $content) {
    changes { ${CONTENT} ${ROW} } deletions { id ${DELETED} } ${PAGE}
  }
  association: associationChanges(since: $associationSince, limit: $limit, withDeletions: $withDeletions) @include(if: $association) {
    changes { ${LINK} ${ROW} } deletions { ${LINK} ${DELETED} } ${PAGE}
  }
  media: mediaChanges(since: $mediaSince, limit: $limit, withDeletions: $withDeletions) @include(if: $media) {
    changes { ${MEDIA} ${ROW} } deletions { id ${DELETED} } ${PAGE}
  }
}`);

/** The outbox of a device. */
export const PUSH = operation(`mutation Push($input: PushInput!) {
  push(input: $input) {
    outcomes {
      mutationId status serverVersion updatedAt code message
      current {
        ... on Row { ${ROW} }
        ... on Journal { ${JOURNAL} }
        ... on Content { ${CONTENT} }
        ... on Association { ${LINK} }
        ... on Media { ${MEDIA} }
        ... on Tombstone { id ${DELETED} }
        ... on AssociationTombstone { ${LINK} ${DELETED} }
      }
    }
    epoch serverTime
  }
}`);

/** What the server holds of the account. */
export const STATUS = operation(`query Status {
  syncStatus { journalCount contentCount associationCount mediaCount pendingUploads storageBytes epoch }
}`);

/** Told when another device of the user wrote. */
export const POKES = operation('subscription Pokes { changed { headTimestamp } }');

/** One write as the schema has it. */
export type MutationInput = VariablesOf<typeof PUSH>['input']['mutations'][number];
export type PullResult = ResultOf<typeof PULL>;
export type PushedOutcome = ResultOf<typeof PUSH>['push']['outcomes'][number];

// A compile error names the row here when one of its fields is not in the schema.
type Feed = NonNullable<PullResult['journal' | 'content' | 'association' | 'media']>;
/** A row or a tombstone of any feed. */
export type FeedRow = Feed['changes'][number] | Feed['deletions'][number];
/** Codes that the server gives. */
export type ServerErrorCode = NonNullable<PushedOutcome['code']>;
