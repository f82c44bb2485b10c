import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Caller } from './caller.js';
import { requestOf } from './request.js';

/** The caller, put there by the guard. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { user } = requestOf(context);
  if (user === undefined) throw new Error('@CurrentUser() on an operation that no guard protects');
  return user;
});
