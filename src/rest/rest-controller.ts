import { applyDecorators, Controller } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { ErrorCode } from '../graphql/errors.js';
import { Errors } from './error-answers.js';

/** Where newer apps find every path, beside the root. */
export const NEWER_MOUNT = 'api/v1';

/** A controller whose paths lie at `/` and at `/api/v1`. */
export function RestController(path: string, subject: string): ClassDecorator {
  return applyDecorators(
    Controller([path, `${NEWER_MOUNT}/${path}`]),
    ApiTags(subject),
    ApiBearerAuth(),
    Errors(ErrorCode.UNAUTHENTICATED, ErrorCode.UNAVAILABLE),
  );
}
