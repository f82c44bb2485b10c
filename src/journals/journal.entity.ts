import { Field, ID, ObjectType } from '@nestjs/graphql';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { limits } from '../config.js';
import { ChangesOf } from '../sync/changes.js';
import { text } from '../sync/field-rules.js';
import { SyncedResource } from '../sync/resource.js';
import { Row, SyncedTable } from '../sync/row.js';
import { Tombstone } from '../sync/tombstone.js';

@SyncedResource({
  key: ['id'],
  body: {
    title: text({ characters: limits.titleCharacters }),
    description: text({ characters: limits.descriptionCharacters }),
  },
  tombstone: Tombstone,
  ids: { id: 'journals.id' },
})
@SyncedTable('journals')
@Entity('journals')
@Index('journals_id', ['id'])
@ObjectType({ implements: () => [Row], description: 'A journal: a name under which entries are gathered.' })
export class Journal extends Row {
  @Field(() => ID, { description: 'Uuid made by the device.' })
  @PrimaryColumn('uuid')
  id!: string;

  @Field(() => String, { description: `At most ${limits.titleCharacters} characters.` })
  @Column('text')
  title!: string;

  @Field(() => String, { description: `At most ${limits.descriptionCharacters} characters.` })
  @Column('text')
  description!: string;
}

@ObjectType({ description: 'One page of the feed of journals.' })
export class JournalChanges extends ChangesOf(Journal, Tombstone) {}
