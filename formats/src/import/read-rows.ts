// Reads logdate.json of an export of LogDate back: under their own ids for the account that made it, as copies for
// every other one.
import { uuidV5, type ContentBody } from '@logdate/client';
import { ROWS_FILE, ROWS_FORMAT } from '../export/rows.js';
import { ImportError, readMedia, type ExportFile, type ExportFiles } from './export-files.js';
import type { EntryItem, FileItem, ImportItems, JournalItem, LinkItem } from './items.js';

/** Bytes of logdate.json: the words of several lifetimes. */
const LARGEST_ROWS_BYTES = 256 * 1024 * 1024;
const TYPES: readonly unknown[] = ['TEXT', 'IMAGE', 'VIDEO', 'AUDIO'] satisfies ContentBody['type'][];

type Fields = Record<string, unknown>;

/** logdate.json among the files of an export, also where it was unpacked and packed again with a folder around it. */
export function findRows({ files }: ExportFiles): ExportFile | undefined {
  return files.find(({ path }) => path === ROWS_FILE || /^[^/]+\/logdate\.json$/.test(path));
}

/**
 * Everything of an export of LogDate, for a user. Files are read when they are written: close `from` after that.
 * @param rows what `findRows` found
 * @throws ImportError when it is no such export; single rows that cannot be read are named in `broken`
 */
export async function readRowItems(from: ExportFiles, rows: ExportFile, userId: string): Promise<ImportItems> {
  const document = await readDocument(from, rows);
  const isOwn = document['account'] === userId;
  const reading: Reading = {
    id: (fields) => {
      const id = text(fields, 'id');
      return isOwn ? id : uuidV5(userId, id);
    },
    idIn: (fields, key) => (isOwn ? text(fields, key) : uuidV5(userId, text(fields, key))),
    from,
    files: new Map(from.files.map((file) => [file.path, file])),
    folder: rows.path.slice(0, -ROWS_FILE.length),
  };
  const broken: string[] = [];
  const all = <T>(list: string, read: (fields: Fields, reading: Reading) => T): T[] =>
    rowsOf(document, list).flatMap((fields, index) => {
      try {
        return [read(fields, reading)];
      } catch (error) {
        if (!(error instanceof ImportError)) throw error;
        broken.push(`${rows.path}, ${list} ${index + 1}: ${error.message}`);
        return [];
      }
    });
  return {
    journals: all('journals', journalOf),
    entries: all('content', entryOf),
    links: all('associations', linkOf),
    files: all('media', fileOf),
    broken,
    leftOut: [],
  };
}

/** What rows are read with. */
interface Reading {
  id: (fields: Fields) => string;
  idIn: (fields: Fields, key: string) => string;
  from: ExportFiles;
  files: ReadonlyMap<string, ExportFile>;
  /** Where the export lies in its ZIP; empty at the top. */
  folder: string;
}

function journalOf(fields: Fields, { id }: Reading): JournalItem {
  return {
    id: id(fields),
    title: text(fields, 'title'),
    description: text(fields, 'description'),
    createdAt: time(fields, 'createdAt'),
    clientUpdatedAt: time(fields, 'clientUpdatedAt'),
  };
}

function entryOf(fields: Fields, { id }: Reading): EntryItem {
  const { type } = fields;
  if (!TYPES.includes(type)) throw new ImportError(`type is none of ${TYPES.join(', ')}`);
  return {
    id: id(fields),
    type: type as ContentBody['type'],
    content: fields['content'] === null ? null : text(fields, 'content'),
    mediaUri: fields['mediaUri'] === null ? null : text(fields, 'mediaUri'),
    durationMs: time(fields, 'durationMs'),
    createdAt: time(fields, 'createdAt'),
    clientUpdatedAt: time(fields, 'clientUpdatedAt'),
  };
}

function linkOf(fields: Fields, { idIn }: Reading): LinkItem {
  return {
    journalId: idIn(fields, 'journalId'),
    contentId: idIn(fields, 'contentId'),
    createdAt: time(fields, 'createdAt'),
  };
}

function fileOf(fields: Fields, { id, idIn, from, files, folder }: Reading): FileItem {
  const path = folder + text(fields, 'file');
  const file = files.get(path);
  if (file === undefined) throw new ImportError(`${path} is not in the export`);
  return {
    id: id(fields),
    contentId: idIn(fields, 'contentId'),
    fileName: text(fields, 'fileName'),
    mimeType: text(fields, 'mimeType'),
    createdAt: time(fields, 'createdAt'),
    source: path,
    read: () => readMedia(from, file),
  };
}

async function readDocument(from: ExportFiles, { path, size }: ExportFile): Promise<Fields> {
  if (size > LARGEST_ROWS_BYTES) throw new ImportError(`${from.name}: ${path}: more than ${LARGEST_ROWS_BYTES} bytes`);
  const bytes = await from.read(path);
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new ImportError(`${path}: not valid JSON: ${(error as Error).message}`, { cause: error });
  }
  if (!isFields(document) || document['format'] !== ROWS_FORMAT.format) {
    throw new ImportError(`${path}: not an export of LogDate`);
  }
  if (document['formatVersion'] !== ROWS_FORMAT.formatVersion) {
    throw new ImportError(`${path}: written by another release of LogDate, in a form that this one does not know`);
  }
  return document;
}

function rowsOf(document: Fields, list: string): Fields[] {
  const rows = document[list];
  if (!Array.isArray(rows)) throw new ImportError(`${ROWS_FILE}: no list "${list}"`);
  return rows.map((row: unknown) => (isFields(row) ? row : {}));
}

function text(fields: Fields, key: string): string {
  const value = fields[key];
  if (typeof value !== 'string') throw new ImportError(`${key} is not a text`);
  return value;
}

/** A time or length in milliseconds. */
function time(fields: Fields, key: string): number {
  const value = fields[key];
  if (!Number.isSafeInteger(value)) throw new ImportError(`${key} is not a whole number`);
  return value as number;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
