import { Injectable, type PipeTransform } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { ApiError, ErrorCode } from '../graphql/errors.js';

const MOST_ROWS = 500;
const USUAL_ROWS = 200;

/** A parameter of the address is wrong; REST has a code of its own for that. */
export class InvalidParameterError extends ApiError {
  readonly restCode = 'INVALID_PARAMETER';

  constructor(name: string, message: string) {
    super(ErrorCode.BAD_USER_INPUT, `${name} ${message}`, { fields: [name] });
  }
}

/** Which page of a feed is asked for. */
export class FeedQuery {
  @ApiPropertyOptional({
    description:
      'The cursor: `lastTimestamp` of the page before. One below 0, or beyond every change, is answered from 0.',
    type: 'integer',
    format: 'int64',
    default: 0,
    example: 0,
  })
  since: number = 0;

  @ApiPropertyOptional({
    description: 'Most rows of the page, live and deleted together.',
    type: 'integer',
    minimum: 1,
    maximum: MOST_ROWS,
    default: USUAL_ROWS,
    example: USUAL_ROWS,
  })
  limit: number = USUAL_ROWS;
}

/** Reads `since` and `limit`. @throws InvalidParameterError */
@Injectable()
export class FeedQueryPipe implements PipeTransform<Record<string, unknown>, FeedQuery> {
  transform({ since, limit }: Record<string, unknown>): FeedQuery {
    return {
      since: Math.max(0, integerIn('since', since, [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER], 0)),
      limit: integerIn('limit', limit, [1, MOST_ROWS], USUAL_ROWS),
    };
  }
}

function integerIn(name: string, given: unknown, [least, most]: [number, number], missing: number): number {
  if (given === undefined) return missing;
  const value = typeof given === 'string' && /^-?\d{1,16}$/.test(given) ? Number(given) : NaN;
  if (value >= least && value <= most) return value;
  throw new InvalidParameterError(name, `must be one integer from ${least} to ${most}`);
}
