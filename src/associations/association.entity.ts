import { Field, ID, ObjectType } from '@nestjs/graphql';
import { Entity, Index, PrimaryColumn } from 'typeorm';
import { ChangesOf } from '../sync/changes.js';
import { SyncedResource } from '../sync/resource.js';
import { Row, SyncedTable } from '../sync/row.js';
import { TombstoneFields } from '../sync/tombstone.js';

@ObjectType({ description: 'A deleted link.' })
export class AssociationTombstone extends TombstoneFields {
  @Field(() => ID, { description: 'Uuid of the journal.' })
  journalId!: string;

  @Field(() => ID, { description: 'Uuid of the entry.' })
  contentId!: string;
}

@SyncedResource({
  key: ['journalId', 'contentId'],
  body: {},
  tombstone: AssociationTombstone,
  ids: { journalId: 'journals.id', contentId: 'content.id' },
})
@SyncedTable('associations')
@Entity('associations')
@Index('associations_content', ['userId', 'contentId'])
@ObjectType({
  implements: () => [Row],
  description: 'A link: the entry stands in the journal. Its ends may be missing or deleted; clients tolerate that.',
})
export class Association extends Row {
  @Field(() => ID, { description: 'Uuid of the journal.' })
  @PrimaryColumn('uuid')
  journalId!: string;

  @Field(() => ID, { description: 'Uuid of the entry.' })
  @PrimaryColumn('uuid')
  contentId!: string;
}

@ObjectType({ description: 'One page of the feed of links.' })
export class AssociationChanges extends ChangesOf(Association, AssociationTombstone) {}
