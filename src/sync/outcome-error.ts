import { ApiError, ErrorCode } from '../graphql/errors.js';
import type { WriteOutcome } from './outcome.js';
import { publicFields } from './resource.js';
import type { Row } from './row.js';

/** The error of a write that conflicts, with the row as it is now; null if there is none. */
export function changedSince(row: Row | null): ApiError {
  return new ApiError(ErrorCode.CONFLICT, 'The row has changed since', { current: row && publicFields(row) });
}

/** The error that a rejected mutation is where it is the only one of its request. */
export function errorOf({ code, message, fields, limit }: WriteOutcome): ApiError {
  return new ApiError(code ?? ErrorCode.INTERNAL, message ?? '', {
    ...(fields && { fields }),
    ...(limit && { limit }),
  });
}
