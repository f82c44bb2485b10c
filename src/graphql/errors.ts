import { GraphQLError } from 'graphql';
import { registerEnumType } from '@nestjs/graphql';
import { QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';

/** Every code a client can meet in `extensions.code`, and the HTTP status that goes with it. */
export enum ErrorCode {
  /** Cause: no token, or one that is expired, forged or of an ended session. Remedy: refresh the session or sign in. */
  UNAUTHENTICATED = 'UNAUTHENTICATED',
  /** Cause: the row belongs to another user. Remedy: none; make a new id. */
  FORBIDDEN = 'FORBIDDEN',
  /** Cause: this user has no such row, or it is deleted. Remedy: pull, then look again. */
  NOT_FOUND = 'NOT_FOUND',
  /** Cause: a field is missing, too long or of the wrong type. Remedy: mend what `extensions.fields` names. */
  BAD_USER_INPUT = 'BAD_USER_INPUT',
  /** Cause: the row changed since the version that the request knew. Remedy: merge with `extensions.current`, send again. */
  CONFLICT = 'CONFLICT',
  /** Cause: the database was restored from an older copy. Remedy: reconcile, reading every feed from 0. */
  EPOCH_CHANGED = 'EPOCH_CHANGED',
  /** Cause: the bytes differ from the declared size or digest. Remedy: hash again and send from the start. */
  DIGEST_MISMATCH = 'DIGEST_MISMATCH',
  /** Cause: one item, file or request is over `extensions.limit` bytes. Remedy: send less at once, or shorten the item. */
  TOO_LARGE = 'TOO_LARGE',
  /** Cause: the storage plan is full. Remedy: free space; text still goes. */
  QUOTA_EXCEEDED = 'QUOTA_EXCEEDED',
  /** Cause: too many requests. Remedy: wait for the seconds in `Retry-After`. */
  RATE_LIMITED = 'RATE_LIMITED',
  /** Cause: database or store cannot be reached; nothing was half written. Remedy: try again after `Retry-After`. */
  UNAVAILABLE = 'UNAVAILABLE',
  /** Cause: a fault of the server. Remedy: report `extensions.requestId`; the same request may be sent again. */
  INTERNAL = 'INTERNAL',
}

registerEnumType(ErrorCode, {
  name: 'ErrorCode',
  description: 'Why something was refused; `extensions.code` of an error and `code` of an outcome.',
  valuesMap: {
    UNAUTHENTICATED: { description: 'No token, or one that is expired, forged or of an ended session (HTTP 401).' },
    FORBIDDEN: { description: 'The row belongs to another user (HTTP 403).' },
    NOT_FOUND: { description: 'This user has no such row, or it is deleted (HTTP 404).' },
    BAD_USER_INPUT: {
      description: 'A field is missing, too long or of the wrong type; `extensions.fields` names each (HTTP 400).',
    },
    CONFLICT: { description: 'The row changed since; `extensions.current` is the row as it is now (HTTP 409).' },
    EPOCH_CHANGED: { description: 'The database was restored from an older copy: read every feed from 0 (HTTP 409).' },
    DIGEST_MISMATCH: { description: 'The bytes differ from the declared size or digest (HTTP 422).' },
    TOO_LARGE: { description: 'One item, file or request is over `extensions.limit` bytes (HTTP 413).' },
    QUOTA_EXCEEDED: { description: 'The storage plan is full; text still goes (HTTP 402).' },
    RATE_LIMITED: { description: 'Too many requests: wait for the seconds in `Retry-After` (HTTP 429).' },
    UNAVAILABLE: { description: 'Database or store cannot be reached; nothing was half written (HTTP 503).' },
    INTERNAL: { description: 'A fault of the server; `extensions.requestId` finds it in the log (HTTP 500).' },
  },
});

export const HTTP_STATUS: Readonly<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_USER_INPUT: 400,
  CONFLICT: 409,
  EPOCH_CHANGED: 409,
  DIGEST_MISMATCH: 422,
  TOO_LARGE: 413,
  QUOTA_EXCEEDED: 402,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
  INTERNAL: 500,
};

interface ErrorDetails {
  /** Names of the fields that are wrong. */
  fields?: string[];
  /** The row as it is now, `null` if there is none. */
  current?: unknown;
  /** The limit that was passed, in the unit of the field. */
  limit?: number;
  /** How much of the limit is taken. */
  used?: number;
  /** Seconds until the request may be sent again. */
  retryAfter?: number;
}

/** The one error that this server throws for what a client can act on. */
export class ApiError extends GraphQLError {
  constructor(
    readonly code: ErrorCode,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(message, { extensions: { code, ...details } });
  }
}

const CONNECTION_ERRORS = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH']);
/**
 * SQLSTATE classes and codes of a database that is away or too busy: 08 connection, 53 resources, 57P0x shutting down;
 * while it is restored: 28 no such role yet, 3D000 no such database yet, 55000 nobody may connect.
 */
const UNAVAILABLE_STATES = /^(08|28|3D000|53|55000|57P0|55P03|57014|25P0[34]|40001|40P01)/;
/** What TypeORM says when a connection was lost between two statements of a transaction. */
const LOST_IN_TRANSACTION = [QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError];

/** Whether an error of `pg` or TypeORM says that the database cannot be reached just now. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, driverError } = error as Error & { code?: unknown; driverError?: unknown };
  if (typeof code === 'string' && (CONNECTION_ERRORS.has(code) || UNAVAILABLE_STATES.test(code))) return true;
  if (LOST_IN_TRANSACTION.some((lost) => error instanceof lost)) return true;
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  // pg gives no code when its own time limit ends or a connection closes under a query.
  if (
    /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout)/.test(
      error.message,
    )
  ) {
    return true;
  }
  return driverError !== undefined && driverError !== error && isDatabaseAway(driverError);
}
