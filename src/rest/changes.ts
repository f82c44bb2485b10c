/** Rows and pages of the feeds in the words of the apps. */
import { ApiProperty } from '@nestjs/swagger';
import type { Association } from '../associations/association.entity.js';
import { ContentType, type Content } from '../content/content.entity.js';
import type { Journal } from '../journals/journal.entity.js';
import type { Row } from '../sync/row.js';
import { Id, Long, Said } from './answer-fields.js';
import { CONTENT_ID, CREATED_AT, JOURNAL_ID, LAST_UPDATED, SERVER_VERSION, STAMPED_AT } from './examples.js';
import { MediaOfContent } from './media-answers.js';

/** What every row of a feed has. */
abstract class Change {
  @Long('When it was created, by the device’s clock.', CREATED_AT)
  createdAt!: number;

  @Long('Its version.', SERVER_VERSION)
  serverVersion!: number;
}

/** What every row with words has besides. */
abstract class WrittenChange extends Change {
  @Long('When it was edited, by the device’s clock.', LAST_UPDATED)
  lastUpdated!: number;

  @Said('Always false: deleted rows are told as deletions.', false)
  isDeleted!: boolean;
}

export class ContentChange extends WrittenChange {
  @Id('The entry.', CONTENT_ID)
  id!: string;

  @ApiProperty({ enum: ContentType, description: 'What the entry is.', example: ContentType.TEXT })
  type!: ContentType;

  @Said('The words.', 'It rained, and the beans came up.', true)
  content!: string | null;

  @Said('Where the device keeps the original.', null, true)
  mediaUri!: string | null;

  @Long('Length of a film or recording in milliseconds, else 0.', 0)
  durationMs!: number;

  @ApiProperty({ type: [MediaOfContent], description: 'Photos, films and recordings whose bytes are stored.' })
  media!: MediaOfContent[];
}

export class JournalChange extends WrittenChange {
  @Id('The journal.', JOURNAL_ID)
  id!: string;

  @Said('Its title.', 'Garden')
  title!: string;

  @Said('What it is about.', 'What grows, and when.')
  description!: string;
}

export class AssociationChange extends Change {
  @Id('The journal.', JOURNAL_ID)
  journalId!: string;

  @Id('The entry.', CONTENT_ID)
  contentId!: string;
}

export class Deletion {
  @Id('The deleted row.', CONTENT_ID)
  id!: string;

  @Long('When it was deleted, by the server’s clock.', STAMPED_AT)
  deletedAt!: number;
}

export class AssociationDeletion {
  @Id('The journal.', JOURNAL_ID)
  journalId!: string;

  @Id('The entry.', CONTENT_ID)
  contentId!: string;

  @Long('When the link was removed, by the server’s clock.', STAMPED_AT)
  deletedAt!: number;
}

abstract class Page {
  @Long('The next `since`; store it together with the rows of this page.', STAMPED_AT)
  lastTimestamp!: number;

  @Said('Whether the next page holds something already.', false)
  hasMore!: boolean;
}

export class ContentPage extends Page {
  @ApiProperty({ type: [ContentChange], description: 'Live entries, oldest stamp first.' })
  changes!: ContentChange[];

  @ApiProperty({ type: [Deletion], description: 'Deleted entries, oldest stamp first.' })
  deletions!: Deletion[];
}

export class JournalPage extends Page {
  @ApiProperty({ type: [JournalChange], description: 'Live journals, oldest stamp first.' })
  changes!: JournalChange[];

  @ApiProperty({ type: [Deletion], description: 'Deleted journals, oldest stamp first.' })
  deletions!: Deletion[];
}

export class AssociationPage extends Page {
  @ApiProperty({ type: [AssociationChange], description: 'Live links, oldest stamp first.' })
  changes!: AssociationChange[];

  @ApiProperty({ type: [AssociationDeletion], description: 'Removed links, oldest stamp first.' })
  deletions!: AssociationDeletion[];
}

export function contentChangeOf(row: Content, media: MediaOfContent[]): ContentChange {
  const { id, type, content, mediaUri, durationMs } = row;
  return { id, type, content, mediaUri, durationMs, ...writtenOf(row), media };
}

export function journalChangeOf(row: Journal): JournalChange {
  const { id, title, description } = row;
  return { id, title, description, ...writtenOf(row) };
}

export function associationChangeOf(row: Association): AssociationChange {
  const { journalId, contentId, createdAt, serverVersion } = row;
  return { journalId, contentId, createdAt, serverVersion };
}

function writtenOf({ createdAt, clientUpdatedAt, serverVersion }: Row): WrittenChange {
  return { createdAt, lastUpdated: clientUpdatedAt, serverVersion, isDeleted: false };
}
