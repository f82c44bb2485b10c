import { ErrorCode, type ApiError } from '../graphql/errors.js';
import { InvalidParameterError } from './feed-query.js';

/** An error as apps in the field read it: some look for code and message outside, others in `error`. */
export function restBodyOf(error: ApiError, now: number = Date.now()): Record<string, unknown> {
  const code = error instanceof InvalidParameterError ? error.restCode : error.code;
  const { message } = error;
  const { fields, current, limit, used } = error.extensions as Record<string, unknown>;
  return {
    code,
    message,
    timestamp: now,
    error: { code, message },
    ...(fields !== undefined && { fields }),
    ...(current !== undefined && { current: current === null ? null : changeOf(current) }),
    ...(error.code === ErrorCode.QUOTA_EXCEEDED && { details: { reason: 'STORAGE', limit, current: used } }),
    ...(error.code === ErrorCode.TOO_LARGE && { limit }),
  };
}

/** The row of a conflict in the words of the feeds; without its media, which no conflict is about. */
function changeOf(current: object): Record<string, unknown> {
  const {
    __typename: kind,
    clientUpdatedAt,
    updatedAt: _,
    deviceId: __,
    mutationId: ___,
    ...row
  } = current as Record<string, unknown>;
  return {
    ...row,
    ...(kind === 'Media' && { mediaId: row['id'] }),
    ...(clientUpdatedAt !== undefined && { lastUpdated: clientUpdatedAt }),
    isDeleted: row['deletedAt'] !== undefined,
  };
}
