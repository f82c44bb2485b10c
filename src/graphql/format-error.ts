import { unwrapResolverError } from '@apollo/server/errors';
import type { GraphQLFormattedError } from 'graphql';
import { ErrorCode, isDatabaseAway } from './errors.js';

/** Seconds after which a client may try again when the database is away. */
export const RETRY_AFTER_SECONDS = 2;

/** What GraphQL and Apollo refuse themselves, before a resolver is asked. */
const REFUSED_BY_GRAPHQL = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

/** Every error leaves with a code of the catalogue; what no one foresaw is masked. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { code, http: _, stacktrace: __, ...extensions } = formatted.extensions ?? {};
  const cause = unwrapResolverError(error);
  if (isDatabaseAway(cause)) {
    const message = 'The database cannot be reached just now; nothing was half written';
    return { ...formatted, message, extensions: { code: ErrorCode.UNAVAILABLE, retryAfter: RETRY_AFTER_SECONDS } };
  }
  if (typeof code === 'string' && code in ErrorCode) return { ...formatted, extensions: { code, ...extensions } };
  if (typeof code === 'string' && REFUSED_BY_GRAPHQL.has(code)) {
    return { ...formatted, extensions: { code: ErrorCode.BAD_USER_INPUT, ...extensions } };
  }
  if (isUploadMissing(cause)) {
    return { ...formatted, extensions: { code: ErrorCode.BAD_USER_INPUT, fields: ['file'] } };
  }
  return { ...formatted, message: 'The server failed to do this', extensions: { code: ErrorCode.INTERNAL } };
}

/** A multipart request that promised a file and ended without it: known when the arguments are awaited, before a resolver is asked. */
function isUploadMissing(cause: unknown): boolean {
  return cause instanceof Error && 'expose' in cause && cause.expose === true;
}
