// What a Day One export becomes: journals, entries, links, photos and recordings, under ids that depend only on the
// user and the export, so that a second import meets the rows of the first.
import { uuidV5 } from '@logdate/client';
import type { FileItem, ImportItems } from '../import/items.js';
import { mediaTypeOf } from '@logdate/formats/media-types';
import { DayOneError, openMediaFiles, type MediaFiles } from './day-one-files.js';
import { countUnmappedFields, readDayOne, type DayOneEntry, type DayOneJournal } from './day-one.js';

/** The lists of an entry that name files, and the folder of the export where those lie. */
const MEDIA_LISTS = { photos: 'photos', videos: 'videos', audios: 'audios', pdfAttachments: 'pdfs' } as const;

/** An import that is open: its files are read while it is. */
export interface DayOneImport {
  items: ImportItems;
  close: () => Promise<void>;
}

/**
 * Reads the export at `path`, a ZIP or a folder, for a user.
 * @throws DayOneError when nothing can be read at all
 */
export async function openDayOne(path: string, userId: string): Promise<DayOneImport> {
  const broken: string[] = [];
  const journals = await readDayOne(path, (error) => broken.push(error.message));
  const media = await openMediaFiles(path);
  const entries = journals.flatMap((journal) => journal.entries);
  const files = entries.flatMap((entry) => filesOf(entry, userId, media, broken));
  const items = { ...rowsOf(journals, userId), files, broken, leftOut: countUnmappedFields(journals) };
  return { items, close: () => media.close() };
}

function rowsOf(journals: DayOneJournal[], userId: string): Pick<ImportItems, 'journals' | 'entries' | 'links'> {
  return {
    journals: journals.map(({ title, entries }) => ({
      id: uuidV5(userId, title),
      title,
      description: '',
      // The format gives a journal no times of its own; an empty one gets 1970.
      createdAt: entries.reduce((first, { createdAt }) => Math.min(first, createdAt), entries[0]?.createdAt ?? 0),
      clientUpdatedAt: entries.reduce(
        (last, { modifiedAt }) => Math.max(last, modifiedAt),
        entries[0]?.modifiedAt ?? 0,
      ),
    })),
    entries: journals.flatMap(({ entries }) =>
      entries.map((entry) => ({
        id: uuidV5(userId, entry.uuid),
        type: 'TEXT' as const,
        content: entry.text,
        mediaUri: null,
        durationMs: 0,
        createdAt: entry.createdAt,
        clientUpdatedAt: entry.modifiedAt,
      })),
    ),
    links: journals.flatMap(({ title, entries }) =>
      entries.map(({ uuid, createdAt }) => ({
        journalId: uuidV5(userId, title),
        contentId: uuidV5(userId, uuid),
        createdAt,
      })),
    ),
  };
}

function filesOf(entry: DayOneEntry, userId: string, media: MediaFiles, broken: string[]): FileItem[] {
  return Object.entries(MEDIA_LISTS).flatMap(([list, folder]) => {
    const named = entry.otherFields[list];
    const items = Array.isArray(named) ? (named as unknown[]) : [];
    return items.flatMap((item) => {
      try {
        return [fileOf(entry, { item, folder }, userId, media)];
      } catch (error) {
        if (!(error instanceof DayOneError)) throw error;
        broken.push(error.message);
        return [];
      }
    });
  });
}

function fileOf(
  entry: DayOneEntry,
  { item, folder }: { item: unknown; folder: string },
  userId: string,
  media: MediaFiles,
): FileItem {
  const { md5, identifier } = (item ?? {}) as Record<string, unknown>;
  if (typeof md5 !== 'string') throw new DayOneError(`entry ${entry.uuid}: a file in ${folder} without md5`);
  const source = media.find(`${folder}/${md5}.`);
  if (source === undefined) throw new DayOneError(`entry ${entry.uuid}: ${folder}/${md5} is not in the export`);
  return {
    id: uuidV5(userId, `${entry.uuid} ${typeof identifier === 'string' ? identifier : md5}`),
    contentId: uuidV5(userId, entry.uuid),
    fileName: source.slice(source.lastIndexOf('/') + 1),
    mimeType: mediaTypeOf(source),
    createdAt: entry.createdAt,
    source,
    read: () => media.read(source),
  };
}
