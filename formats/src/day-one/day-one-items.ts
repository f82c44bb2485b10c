// What a Day One export becomes: journals, entries, links, photos and recordings, under ids that depend only on the
// user and the export, so that a second import meets the rows of the first.
import { uuidV5 } from '@logdate/client';
import { ImportError, readMedia, type ExportFile, type ExportFiles } from '../import/export-files.js';
import type { FileItem, ImportItems } from '../import/items.js';
import { mediaTypeOf } from '../media-types.js';
import { lastPart } from '../paths.js';
import { countUnmappedFields, readDayOne, type DayOneEntry, type DayOneJournal } from './day-one.js';
import { mediaFinder } from './journal-files.js';

/** The lists of an entry that name files, and the folder of the export where those lie. */
const MEDIA_LISTS = { photos: 'photos', videos: 'videos', audios: 'audios', pdfAttachments: 'pdfs' } as const;

/** Finds the file of the export whose path begins so. */
type FindMedia = (start: string) => ExportFile | undefined;

/**
 * Reads a Day One export for a user. Photos are read when they are written: close `from` after that.
 * @throws ImportError when nothing can be read at all
 */
export async function readDayOneItems(from: ExportFiles, userId: string): Promise<ImportItems> {
  const broken: string[] = [];
  const journals = await readDayOne(from, (error) => broken.push(error.message));
  const find = mediaFinder(from);
  const files = journals
    .flatMap(({ entries }) => entries)
    .flatMap((entry) => filesOf(entry, { userId, find, from }, broken));
  return { ...rowsOf(journals, userId), files, broken, leftOut: countUnmappedFields(journals) };
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

/** What the files of an entry are made with. */
interface Export {
  userId: string;
  find: FindMedia;
  from: ExportFiles;
}

function filesOf(entry: DayOneEntry, of: Export, broken: string[]): FileItem[] {
  return Object.entries(MEDIA_LISTS).flatMap(([list, folder]) => {
    const named = entry.otherFields[list];
    const items = Array.isArray(named) ? (named as unknown[]) : [];
    return items.flatMap((item) => {
      try {
        return [fileOf(entry, { item, folder }, of)];
      } catch (error) {
        if (!(error instanceof ImportError)) throw error;
        broken.push(error.message);
        return [];
      }
    });
  });
}

function fileOf(
  entry: DayOneEntry,
  { item, folder }: { item: unknown; folder: string },
  { userId, find, from }: Export,
): FileItem {
  const { md5, identifier } = (item ?? {}) as Record<string, unknown>;
  if (typeof md5 !== 'string') throw new ImportError(`entry ${entry.uuid}: a file in ${folder} without md5`);
  const file = find(`${folder}/${md5}.`);
  if (file === undefined) throw new ImportError(`entry ${entry.uuid}: ${folder}/${md5} is not in the export`);
  return {
    id: uuidV5(userId, `${entry.uuid} ${typeof identifier === 'string' ? identifier : md5}`),
    contentId: uuidV5(userId, entry.uuid),
    fileName: lastPart(file.path),
    mimeType: mediaTypeOf(file.path),
    createdAt: entry.createdAt,
    source: file.path,
    read: () => readMedia(from, file),
  };
}
