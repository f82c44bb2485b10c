import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, ApiResponse, type ApiResponseExamples } from '@nestjs/swagger';
import { ErrorCode, HTTP_STATUS } from '../graphql/errors.js';
import { Long, Said } from './answer-fields.js';
import { CONTENT_ID, CREATED_AT, LAST_UPDATED, SERVER_VERSION, STAMPED_AT } from './examples.js';

/** The inner of the two shapes of an error. */
class InnerError {
  @Said('As outside.', 'CONFLICT')
  code!: string;

  @Said('As outside.', 'The row has changed since')
  message!: string;
}

/** What is answered with every status from 400 on. Act on the status, and on the code; the message is for people. */
export class ErrorAnswer {
  @Said('Why it was refused.', 'CONFLICT')
  code!: string;

  @Said('The same in words.', 'The row has changed since')
  message!: string;

  @Long('The server’s clock.', STAMPED_AT)
  timestamp!: number;

  @ApiProperty({ type: InnerError, description: 'Code and message again, for apps that look for them here.' })
  error!: InnerError;

  @ApiPropertyOptional({
    type: [String],
    description: '400, 422: the fields that are wrong.',
    example: ['lastUpdated'],
  })
  fields?: string[];

  @ApiPropertyOptional({
    type: Object,
    nullable: true,
    description:
      '409: the row as it is now, `null` if there is none. Its `serverVersion` is what the next write knows.',
    example: {
      id: CONTENT_ID,
      type: 'TEXT',
      content: 'It rained.',
      mediaUri: null,
      durationMs: 0,
      createdAt: CREATED_AT,
      lastUpdated: LAST_UPDATED,
      serverVersion: SERVER_VERSION,
      isDeleted: false,
    },
  })
  current?: object | null;

  @ApiPropertyOptional({
    type: Object,
    description: '402: the storage, in bytes.',
    example: { reason: 'STORAGE', limit: 100, current: 90 },
  })
  details?: object;

  @ApiPropertyOptional({ type: 'integer', description: '413: the limit, in bytes.', example: 4194304 })
  limit?: number;
}

const MESSAGES: Partial<Record<ErrorCode, string>> = {
  UNAUTHENTICATED: 'No token, or one that is expired or not valid.',
  FORBIDDEN: 'The id belongs to another user.',
  NOT_FOUND: 'There is no such row, or it is deleted.',
  BAD_USER_INPUT: 'Something of the request is missing or wrong.',
  CONFLICT: 'The row has changed since, or is deleted: `current` is the row as it is now.',
  DIGEST_MISMATCH: 'Other bytes arrived than were declared.',
  TOO_LARGE: 'The body, a text or the file is over its limit.',
  QUOTA_EXCEEDED: 'The storage for photos and recordings is full; text still goes.',
  UNAVAILABLE: 'The database or the store cannot be reached just now: try again after `Retry-After` seconds.',
};

/** Documents the errors of an operation, or of all operations of a controller. */
export function Errors(...codes: ErrorCode[]): MethodDecorator & ClassDecorator {
  return applyDecorators(...codes.map(answerOf));
}

function answerOf(code: ErrorCode): MethodDecorator & ClassDecorator {
  const message = MESSAGES[code] ?? code;
  const value = { code, message, timestamp: STAMPED_AT, error: { code, message } };
  const examples: Record<string, ApiResponseExamples> = { [code]: { summary: message, value } };
  return ApiResponse({ status: HTTP_STATUS[code], description: message, type: ErrorAnswer, examples });
}
