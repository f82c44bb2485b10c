import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { ApiError, ErrorCode } from '../graphql/errors.js';
import { IsExactInteger, OptionalText, Text, Uuid } from './body-fields.js';
import { CONTENT_ID, MEDIA_ID } from './examples.js';

/** What is said of a photo, film or recording besides its bytes. */
export class MediaFields {
  @Uuid('The entry that it belongs to; it need not have arrived yet.', CONTENT_ID)
  contentId!: string;

  @Text('Name of the file on the device.', 'beans.jpg')
  fileName!: string;

  @Text('What the device takes it for; the type that is kept is told by the bytes.', 'image/jpeg')
  mimeType!: string;

  @ApiPropertyOptional({
    description: 'Bytes; when given, others are 422.',
    type: 'integer',
    format: 'int64',
    example: 3,
  })
  @IsOptional()
  @IsExactInteger(0)
  sizeBytes?: number | null;

  @OptionalText('The device that writes, as in every other write.', 'pixel-9')
  deviceId?: string | null;

  @OptionalText('Uuid made by the device. Missing: one that follows from user, entry, bytes and name.', MEDIA_ID)
  mediaId?: string | null;
}

/** As JSON, for small ones: the whole body is held in memory and bounded by the limit of bodies. */
export class MediaUpload extends MediaFields {
  @ApiProperty({
    description: 'The bytes in base64, or each as a number from -128 to 127 (or to 255).',
    oneOf: [
      { type: 'string', format: 'byte' },
      { type: 'array', items: { type: 'integer', minimum: -128, maximum: 255 } },
    ],
    example: '/9j/',
  })
  data!: string | number[];
}

/** As a form; parts in any order. */
export class MediaUploadForm extends MediaFields {
  @ApiProperty({ description: 'The file.', type: String, format: 'binary' })
  data!: unknown;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

/** The bytes of a JSON body. @throws ApiError BAD_USER_INPUT */
export function bytesOf(data: unknown): Buffer {
  if (typeof data === 'string' && BASE64.test(data)) return Buffer.from(data, 'base64');
  if (Array.isArray(data) && data.every(isByte)) return Buffer.from(data);
  throw new ApiError(ErrorCode.BAD_USER_INPUT, 'data must be base64, or a list of bytes', { fields: ['data'] });
}

function isByte(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= -128 && (value as number) <= 255;
}
