import { ValidationPipe, type Type, type ValidationError } from '@nestjs/common';
import { ApiError, ErrorCode } from '../graphql/errors.js';

/**
 * Reads a JSON body as its class: unknown properties are left out, and what is wrong is said by field. Lengths and
 * characters are the business of the rows' own rules.
 */
export const checked = new ValidationPipe({
  transform: true,
  whitelist: true,
  stopAtFirstError: true,
  exceptionFactory: (faults) => refusalOf(faults),
});

/** As `checked`, for what is not the body as it came. @throws ApiError BAD_USER_INPUT */
export async function check<T extends object>(type: Type<T>, value: object): Promise<T> {
  return (await checked.transform(value, { type: 'body', metatype: type })) as T;
}

function refusalOf(faults: ValidationError[]): ApiError {
  const found = faults.flatMap((fault) => flatten(fault));
  return new ApiError(ErrorCode.BAD_USER_INPUT, found.map(({ message }) => message).join('; '), {
    fields: found.map(({ field }) => field),
  });
}

/** A fault of a nested body is named by its path, as `associations.3.journalId`. */
function flatten({ property, constraints, children = [] }: ValidationError, path = ''): Fault[] {
  // What is no object at all has no property that is wrong.
  const field = `${path}${property ?? 'body'}`;
  const own = Object.values(constraints ?? {}).map((message) => ({ field, message: `${path}${message}` }));
  return [...own, ...children.flatMap((child) => flatten(child, `${field}.`))];
}

interface Fault {
  field: string;
  message: string;
}
