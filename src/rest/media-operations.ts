import { applyDecorators } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiExtraModels,
  ApiHeader,
  ApiOperation,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import { ErrorCode } from '../graphql/errors.js';
import { Errors } from './error-answers.js';
import { MediaMetadata } from './media-answers.js';
import { MediaUpload, MediaUploadForm } from './media-bodies.js';

/** Takes in bytes with the request, as a form of any size or as JSON within the limit of bodies. */
export function TakesFile(): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(MediaUpload, MediaUploadForm),
    ApiConsumes('multipart/form-data', 'application/json'),
    ApiBody({ schema: { oneOf: [{ $ref: getSchemaPath(MediaUploadForm) }, { $ref: getSchemaPath(MediaUpload) }] } }),
    Errors(ErrorCode.QUOTA_EXCEEDED, ErrorCode.DIGEST_MISMATCH),
  );
}

/** Answers with bytes, and at one address also with metadata. */
export function SendsFile(summary: string, also?: 'or metadata'): MethodDecorator {
  const bytes = { 'application/octet-stream': { schema: { type: 'string' as const, format: 'binary' } } };
  const json = also && { 'application/json': { schema: { $ref: getSchemaPath(MediaMetadata) } } };
  return applyDecorators(
    ApiExtraModels(MediaMetadata),
    ApiOperation({ summary }),
    ApiHeader({
      name: 'Range',
      required: false,
      description: 'One range of bytes.',
      schema: { type: 'string', example: 'bytes=0-1023' },
    }),
    ApiResponse({
      status: 200,
      description: 'The bytes, under their own type; `ETag` is their SHA-256.',
      content: { ...bytes, ...json },
    }),
    ApiResponse({ status: 206, description: 'The range of them.', content: bytes }),
    ApiResponse({ status: 304, description: '`If-None-Match` names them.' }),
    ApiResponse({ status: 416, description: 'There are not so many bytes.' }),
    Errors(ErrorCode.BAD_USER_INPUT, ErrorCode.FORBIDDEN, ErrorCode.NOT_FOUND),
  );
}
