import { ApiProperty } from '@nestjs/swagger';
import { IsEnum } from 'class-validator';
import { ContentType, type Content } from '../content/content.entity.js';
import type { SaveContentInput } from '../content/save-content.input.js';
import { Count, OptionalText, Time, Uuid } from './body-fields.js';
import { CONTENT_ID, CREATED_AT, LAST_UPDATED } from './examples.js';
import { constraintOf, deviceIn, WrittenVersion } from './written-version.js';
import type { WriteConstraint } from '../sync/version-constraint.js';

/** A whole entry. */
export class ContentUpload extends WrittenVersion {
  @Uuid('Uuid made by the device.', CONTENT_ID)
  id!: string;

  @ApiProperty({ enum: ContentType, description: 'What the entry is.', example: ContentType.TEXT })
  @IsEnum(ContentType)
  type!: ContentType;

  @OptionalText('The words.', 'It rained, and the beans came up.')
  content?: string | null;

  @OptionalText('Where the device keeps the original; never opened by the server.', 'content://media/photo/17')
  mediaUri?: string | null;

  @Count('Length of a film or recording in milliseconds.', 0)
  durationMs?: number | null;

  @Time('When it was created, by the device’s clock, epoch milliseconds.', CREATED_AT)
  createdAt!: number;

  @Time('When it was edited, by the device’s clock, epoch milliseconds.', LAST_UPDATED)
  lastUpdated!: number;
}

/** Some fields of an entry. What is missing stays as it is, and so does what has its default: `null`, or 0. */
export class ContentUpdate extends WrittenVersion {
  @OptionalText('The words.', 'It rained, and the beans came up.')
  content?: string | null;

  @OptionalText('Where the device keeps the original.', 'content://media/photo/17')
  mediaUri?: string | null;

  @Count('Length of a film or recording in milliseconds; 0 leaves it as it is.', 61000)
  durationMs?: number | null;

  @Time('When it was edited, by the device’s clock, epoch milliseconds.', LAST_UPDATED)
  lastUpdated!: number;
}

type WrittenContent = Omit<SaveContentInput, 'version'> & { version: WriteConstraint };

/** The entry as an upload wants it. */
export function contentOf(body: ContentUpload): WrittenContent {
  const { id, type, content = null, mediaUri = null, durationMs, createdAt, lastUpdated } = body;
  const fields = { id, type, content, mediaUri, durationMs: durationMs ?? 0, createdAt };
  return { ...fields, clientUpdatedAt: lastUpdated, version: constraintOf(body), ...deviceIn(body) };
}

/** The entry as it is, with what an update says. */
export function amendedContent(row: Content, body: ContentUpdate): WrittenContent {
  const { id, type, createdAt } = row;
  return {
    id,
    type,
    createdAt,
    content: body.content ?? row.content,
    mediaUri: body.mediaUri ?? row.mediaUri,
    // 0 is what a missing one means, and an app may send either: a recording does not lose its length by it.
    durationMs: body.durationMs || row.durationMs,
    clientUpdatedAt: body.lastUpdated,
    version: constraintOf(body),
    ...deviceIn(body),
  };
}
