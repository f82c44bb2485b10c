import { Field, ID, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { limits } from '../config.js';
import { Millis } from '../graphql/scalars.js';
import { ChangesOf } from '../sync/changes.js';
import { integer, oneOf, text } from '../sync/field-rules.js';
import { SyncedResource } from '../sync/resource.js';
import { Row, SyncedTable } from '../sync/row.js';
import { Tombstone } from '../sync/tombstone.js';

export enum ContentType {
  TEXT = 'TEXT',
  IMAGE = 'IMAGE',
  VIDEO = 'VIDEO',
  AUDIO = 'AUDIO',
}

registerEnumType(ContentType, {
  name: 'ContentType',
  description: 'What an entry is.',
  valuesMap: {
    TEXT: { description: 'A note: its words are in `content`.' },
    IMAGE: { description: 'A photo; `content` may hold its caption.' },
    VIDEO: { description: 'A film; `durationMs` is its length.' },
    AUDIO: { description: 'A recording; `durationMs` is its length.' },
  },
});

/** How long the address of an original on its device may be. */
export const MEDIA_URI_CHARACTERS = 2048;

@SyncedResource({
  key: ['id'],
  body: {
    type: oneOf(ContentType, ContentType.TEXT),
    content: text({ bytes: limits.textBytes, nullable: true }),
    mediaUri: text({ characters: MEDIA_URI_CHARACTERS, nullable: true }),
    durationMs: integer(0),
  },
  tombstone: Tombstone,
  ids: { id: 'content.id' },
})
@SyncedTable('content')
@Entity('content')
@Index('content_id', ['id'])
@Check('content_type', `type IN ('TEXT', 'IMAGE', 'VIDEO', 'AUDIO')`)
@ObjectType({ implements: () => [Row], description: 'An entry: a note, photo, film or recording.' })
export class Content extends Row {
  @Field(() => ID, { description: 'Uuid made by the device.' })
  @PrimaryColumn('uuid')
  id!: string;

  @Field(() => ContentType, { description: 'What the entry is.' })
  @Column('text')
  type!: ContentType;

  @Field(() => String, { nullable: true, description: `The words, at most ${limits.textBytes} bytes of UTF-8.` })
  @Column('text', { nullable: true })
  content!: string | null;

  @Field(() => String, {
    nullable: true,
    description: `Where the device keeps the original, at most ${MEDIA_URI_CHARACTERS} characters; the server never opens it.`,
  })
  @Column('text', { nullable: true })
  mediaUri!: string | null;

  @Field(() => Millis, { description: 'Length of a film or recording in milliseconds, else 0.' })
  @Column('bigint', { default: 0 })
  durationMs!: number;
}

@ObjectType({ description: 'One page of the feed of entries.' })
export class ContentChanges extends ChangesOf(Content, Tombstone) {}
