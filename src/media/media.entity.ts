import { Field, ID, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { limits } from '../config.js';
import { Millis } from '../graphql/scalars.js';
import { ChangesOf } from '../sync/changes.js';
import { integer, oneOf, sha256, text, uuid } from '../sync/field-rules.js';
import { SyncedResource } from '../sync/resource.js';
import { Row, SyncedTable } from '../sync/row.js';
import { Tombstone } from '../sync/tombstone.js';

export enum MediaStatus {
  PENDING = 'PENDING',
  READY = 'READY',
}

registerEnumType(MediaStatus, {
  name: 'MediaStatus',
  description: 'Whether the bytes are there.',
  valuesMap: {
    PENDING: { description: 'The row is there, its bytes have not arrived yet.' },
    READY: { description: 'The bytes are stored; they never change.' },
  },
});

@SyncedResource({
  key: ['id'],
  body: {
    contentId: uuid,
    fileName: text({ characters: limits.fileNameCharacters }),
    mimeType: text({ characters: 255 }),
    sizeBytes: integer(0),
    sha256,
    blobRef: text({ characters: 1024, nullable: true }),
    status: oneOf(MediaStatus, MediaStatus.PENDING),
  },
  tombstone: Tombstone,
  ids: { id: 'media.media_id', contentId: 'content.id' },
  derived: ['mimeType', 'blobRef', 'status'],
  internal: ['blobRef'],
  stampsAnew: { table: 'content', property: 'contentId' },
})
@SyncedTable('media')
@Entity('media')
@Index('media_id', ['id'])
@Index('media_content', ['userId', 'contentId'])
@Index('media_bytes', ['userId', 'sha256'])
@Check('media_status', `status IN ('PENDING', 'READY')`)
@ObjectType({ implements: () => [Row], description: 'A photo, film or recording of an entry.' })
export class Media extends Row {
  @Field(() => ID, { description: 'Uuid made by the device.' })
  @PrimaryColumn('uuid', { name: 'media_id' })
  id!: string;

  @Field(() => ID, { description: 'Uuid of the entry that it belongs to.' })
  @Column('uuid', { nullable: true })
  contentId!: string;

  @Field(() => String, {
    description: `Name of the file on the device, at most ${limits.fileNameCharacters} characters; never a path here.`,
  })
  @Column('text')
  fileName!: string;

  @Field(() => String, { description: 'Media type, as the bytes show it.' })
  @Column('text')
  mimeType!: string;

  @Field(() => Millis, { description: 'Size in bytes.' })
  @Column('bigint')
  sizeBytes!: number;

  @Field(() => String, { description: 'SHA-256 of the bytes, 64 hexadecimal digits.' })
  @Column('text')
  sha256!: string;

  /** Where the store keeps the bytes. */
  @Column('text', { nullable: true })
  blobRef!: string | null;

  @Field(() => MediaStatus, { description: 'Whether the bytes are there.' })
  @Column('text')
  status!: MediaStatus;
}

@ObjectType({ description: 'One page of the feed of photos and recordings.' })
export class MediaChanges extends ChangesOf(Media, Tombstone) {}
