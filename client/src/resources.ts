// The synced resources, one entry each: a fifth one is one more entry here.

export type RowType = 'journal' | 'content' | 'association' | 'media';

/** What a person wrote, by field. Times are milliseconds since 1970 and may be negative. */
export type Body = Readonly<Record<string, string | number | null>>;

export interface JournalBody {
  title: string;
  description: string;
  createdAt: number;
}

export interface ContentBody {
  type: 'TEXT' | 'IMAGE' | 'VIDEO' | 'AUDIO';
  content: string | null;
  mediaUri: string | null;
  durationMs: number;
  createdAt: number;
}

export interface AssociationBody {
  journalId: string;
  contentId: string;
  createdAt: number;
}

/** As the server has it; made by the media queue and never edited. */
export interface MediaBody {
  contentId: string;
  fileName: string;
  mimeType: string;
  sizeBytes: number;
  sha256: string;
  status: 'PENDING' | 'READY';
  createdAt: number;
}

/** A row as the server has it, in a feed page or as `current` of an outcome. */
export interface RemoteRow {
  type: RowType;
  /** Uuid; of a link `journalId:contentId`. */
  id: string;
  status: 'live' | 'deleted';
  /** Null of a tombstone. */
  body: Body | null;
  /** `serverVersion`. */
  version: number;
  /** The place in the feed. */
  updatedAt: number;
  /** Of a tombstone the time of the delete, by the server's clock. */
  clientUpdatedAt: number;
  deviceId: string;
  mutationId: string;
}

export interface Resource {
  /** Its name in the schema. */
  name: string;
  /** The fields that name a row, in the schema. */
  key: string;
  /** The query that reads its feed. */
  feed: string;
  /** The mutation of a push that writes a row; null where an upload alone does. */
  save: string | null;
  remove: string;
  /** Fields of the body. */
  fields: readonly string[];
  /** The field that is prose: two edits of different sentences merge. */
  prose?: string;
  /** What a new row holds where the person gave nothing; `createdAt` is then the time of the device. */
  blank: Body;
}

export const RESOURCES: Readonly<Record<RowType, Resource>> = {
  journal: {
    name: 'Journal',
    key: 'id',
    feed: 'journalChanges',
    save: 'saveJournal',
    remove: 'deleteJournal',
    fields: ['title', 'description', 'createdAt'],
    prose: 'description',
    blank: { title: '', description: '' },
  },
  content: {
    name: 'Content',
    key: 'id',
    feed: 'contentChanges',
    save: 'saveContent',
    remove: 'deleteContent',
    fields: ['type', 'content', 'mediaUri', 'durationMs', 'createdAt'],
    prose: 'content',
    blank: { type: 'TEXT', content: null, mediaUri: null, durationMs: 0 },
  },
  association: {
    name: 'Association',
    key: 'journalId contentId',
    feed: 'associationChanges',
    save: 'linkContent',
    remove: 'unlinkContent',
    fields: ['journalId', 'contentId', 'createdAt'],
    blank: {},
  },
  media: {
    name: 'Media',
    key: 'id',
    feed: 'mediaChanges',
    save: null,
    remove: 'deleteMedia',
    fields: ['contentId', 'fileName', 'mimeType', 'sizeBytes', 'sha256', 'status', 'createdAt'],
    blank: {},
  },
};

export const ROW_TYPES = Object.keys(RESOURCES) as RowType[];

/** The id of the link between a journal and an entry. */
export function associationId(journalId: string, contentId: string): string {
  return `${journalId}:${contentId}`;
}

/** Whether two bodies say the same, as the server judges it: without times. */
export function sameBody(type: RowType, one: Body | null, other: Body | null): boolean {
  if (one === null || other === null) return one === other;
  return RESOURCES[type].fields.every((field) => field === 'createdAt' || one[field] === other[field]);
}
