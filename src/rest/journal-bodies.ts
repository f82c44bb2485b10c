import type { Journal } from '../journals/journal.entity.js';
import type { SaveJournalInput } from '../journals/save-journal.input.js';
import type { WriteConstraint } from '../sync/version-constraint.js';
import { OptionalText, Text, Time, Uuid } from './body-fields.js';
import { CREATED_AT, JOURNAL_ID, LAST_UPDATED } from './examples.js';
import { constraintOf, deviceIn, WrittenVersion } from './written-version.js';

/** A whole journal. */
export class JournalUpload extends WrittenVersion {
  @Uuid('Uuid made by the device.', JOURNAL_ID)
  id!: string;

  @Text('Its title.', 'Garden')
  title!: string;

  @Text('What it is about.', 'What grows, and when.')
  description!: string;

  @Time('When it was created, by the device’s clock, epoch milliseconds.', CREATED_AT)
  createdAt!: number;

  @Time('When it was edited, by the device’s clock, epoch milliseconds.', LAST_UPDATED)
  lastUpdated!: number;
}

/** Some fields of a journal. What is missing, or `null`, stays as it is. */
export class JournalUpdate extends WrittenVersion {
  @OptionalText('Its title.', 'Garden')
  title?: string | null;

  @OptionalText('What it is about.', 'What grows, and when.')
  description?: string | null;

  @Time('When it was edited, by the device’s clock, epoch milliseconds.', LAST_UPDATED)
  lastUpdated!: number;
}

type WrittenJournal = Omit<SaveJournalInput, 'version'> & { version: WriteConstraint };

/** The journal as an upload wants it. */
export function journalOf(body: JournalUpload): WrittenJournal {
  const { id, title, description, createdAt, lastUpdated } = body;
  const fields = { id, title, description, createdAt, clientUpdatedAt: lastUpdated };
  return { ...fields, version: constraintOf(body), ...deviceIn(body) };
}

/** The journal as it is, with what an update says. */
export function amendedJournal(row: Journal, body: JournalUpdate): WrittenJournal {
  return {
    id: row.id,
    title: body.title ?? row.title,
    description: body.description ?? row.description,
    createdAt: row.createdAt,
    clientUpdatedAt: body.lastUpdated,
    version: constraintOf(body),
    ...deviceIn(body),
  };
}
