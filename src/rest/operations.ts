/** What the kinds of operations have in common: status, description and errors. */
import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ErrorCode } from '../graphql/errors.js';
import { Errors } from './error-answers.js';

const { BAD_USER_INPUT, CONFLICT, FORBIDDEN, NOT_FOUND, TOO_LARGE } = ErrorCode;

/** Reads a page of a feed. */
export function ReadsPage(summary: string, answer: Type<unknown>): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary }),
    ApiOkResponse({ type: answer, description: 'Live rows and tombstones, cut to one page together.' }),
    Errors(BAD_USER_INPUT),
  );
}

/** Reads one row, or something of it. */
export function ReadsRow(summary: string, answer: Type<unknown>): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary }),
    ApiOkResponse({ type: answer, description: 'As it is now.' }),
    Errors(BAD_USER_INPUT, FORBIDDEN, NOT_FOUND),
  );
}

/** Writes whole rows; answered with 200 by POST. */
export function Uploads(summary: string, answer: Type<unknown>): MethodDecorator {
  return applyDecorators(
    HttpCode(200),
    ApiOperation({ summary }),
    ApiOkResponse({ type: answer, description: 'It is stored.' }),
    Errors(BAD_USER_INPUT, FORBIDDEN, CONFLICT, TOO_LARGE),
  );
}

/** Writes a whole row under its id: 201 where it is new. */
export function Puts(summary: string, answer: Type<unknown>): MethodDecorator {
  return applyDecorators(
    Uploads(summary, answer),
    ApiCreatedResponse({
      type: answer,
      description: 'It is stored, and there was no such row before.',
      headers: { Location: { description: 'Its address.', schema: { type: 'string' } } },
    }),
  );
}

/** Changes fields of a row that is there. */
export function Updates(summary: string, answer: Type<unknown>): MethodDecorator {
  return applyDecorators(Uploads(summary, answer), Errors(NOT_FOUND));
}

/** Deletes; a row that is deleted already, or was never there, is no error. Answered with nothing. */
export function Deletes(summary: string, status: 200 | 204): MethodDecorator {
  const description = 'It is deleted. Sent again, it changes nothing.';
  return applyDecorators(
    HttpCode(status),
    ApiOperation({ summary }),
    status === 204 ? ApiNoContentResponse({ description }) : ApiOkResponse({ description }),
    Errors(BAD_USER_INPUT, FORBIDDEN),
  );
}
