// Reads the journals of a Day One export: one <journal>.json for each. Every error names the file and the entry.
import { ImportError, type ExportFiles } from '../import/export-files.js';
import { lastPart } from '../paths.js';
import { readJournalFiles, type JournalFile } from './journal-files.js';

const MEDIA_FIELDS = ['photos', 'videos', 'audios', 'pdfAttachments'];
const ISO_TIME = /^(\d{4}-\d\d-(\d\d))T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** One journal of the export: one JSON file, titled by the name of that file. */
export interface DayOneJournal {
  title: string;
  entries: DayOneEntry[];
}

/** One entry. Times are milliseconds since 1970, negative before. */
export interface DayOneEntry {
  uuid: string;
  createdAt: number;
  /** The creation time when the export has no modification time. */
  modifiedAt: number;
  text: string;
  /** Every field of the export that is not one of the above, as it stood there. */
  otherFields: Record<string, unknown>;
}

/** How many items of one kind, and in how many entries. */
export interface FieldCount {
  field: string;
  items: number;
  entries: number;
}

/** Takes what is wrong with one file or entry, so that the others can go on. */
export type OnBroken = (error: ImportError) => void;

/**
 * The journals of an export.
 * @param onBroken told of each file and entry that cannot be read and is left out; without it the first one throws
 * @throws ImportError when nothing can be read at all
 */
export async function readDayOne(from: ExportFiles, onBroken: OnBroken = refuse): Promise<DayOneJournal[]> {
  const files = await readJournalFiles(from);
  const journals = files.flatMap((file) => unlessBroken(() => [readJournal(file, onBroken)], onBroken) ?? []);
  return withoutDuplicates(journals, onBroken);
}

function refuse(error: ImportError): never {
  throw error;
}

function unlessBroken<T>(read: () => T, onBroken: OnBroken): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    onBroken(error);
    return undefined;
  }
}

/** Photos and other media that the entries carry, by kind; kinds that do not occur are left out. */
export function countMedia(journals: DayOneJournal[]): FieldCount[] {
  return countFields(journals).filter((count) => MEDIA_FIELDS.includes(count.field));
}

/** Fields that say something and have no place in the synced model, the most frequent first. */
export function countUnmappedFields(journals: DayOneJournal[]): FieldCount[] {
  return countFields(journals).filter((count) => !MEDIA_FIELDS.includes(count.field));
}

function readJournal({ name, bytes }: JournalFile, onBroken: OnBroken): DayOneJournal {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new ImportError(`${name}: not valid JSON: ${(error as Error).message}`);
  }
  const entries = isRecord(json) ? json['entries'] : undefined;
  if (!Array.isArray(entries)) throw new ImportError(`${name}: not a Day One journal: no list "entries"`);
  return {
    title: lastPart(name).slice(0, -'.json'.length),
    entries: entries.flatMap((entry: unknown, index) => {
      return unlessBroken(() => [readEntry(entry, `${name}, entry ${index + 1}`)], onBroken) ?? [];
    }),
  };
}

function readEntry(entry: unknown, where: string): DayOneEntry {
  if (!isRecord(entry)) throw new ImportError(`${where}: not an object`);
  const { uuid, creationDate, modifiedDate, text, ...otherFields } = entry;
  if (typeof uuid !== 'string' || uuid === '') throw new ImportError(`${where}: no uuid`);
  const named = `${where} (${uuid})`;
  if (text !== undefined && typeof text !== 'string') throw new ImportError(`${named}: text is not a text`);
  const createdAt = readTime(creationDate, `${named}: creationDate`);
  return {
    uuid,
    createdAt,
    modifiedAt: modifiedDate === undefined ? createdAt : readTime(modifiedDate, `${named}: modifiedDate`),
    text: text ?? '',
    otherFields,
  };
}

function readTime(value: unknown, where: string): number {
  if (value === undefined) throw new ImportError(`${where} is missing`);
  const millis = typeof value === 'string' ? parseTime(value) : NaN;
  if (Number.isNaN(millis)) throw new ImportError(`${where} is not a date: ${JSON.stringify(value)}`);
  return millis;
}

function parseTime(text: string): number {
  const [, date, day] = ISO_TIME.exec(text) ?? [];
  // Date.parse turns 30 February into 2 March: the day has to come back as it went in.
  const isSameDay = new Date(`${date}T00:00:00Z`).getUTCDate() === Number(day);
  return isSameDay ? Date.parse(text) : NaN;
}

// Ids are made from these, so two of the same would silently become one.
function withoutDuplicates(journals: DayOneJournal[], onBroken: OnBroken): DayOneJournal[] {
  const seen = new Map<string, string>();
  const isFirst = (id: string, where: string): boolean => {
    const first = seen.get(id);
    if (first === undefined) seen.set(id, where);
    else onBroken(new ImportError(`${where}: the same as ${first}`));
    return first === undefined;
  };
  return journals
    .filter(({ title }) => isFirst(`journal ${title}`, `${title}.json`))
    .map(({ title, entries }) => ({
      title,
      entries: entries.filter(({ uuid }, index) => isFirst(uuid, `${title}.json, entry ${index + 1} (${uuid})`)),
    }));
}

function countFields(journals: DayOneJournal[]): FieldCount[] {
  const counts = new Map<string, FieldCount>();
  for (const { otherFields } of journals.flatMap((journal) => journal.entries)) {
    for (const [field, value] of Object.entries(otherFields)) {
      if (saysNothing(value)) continue;
      const count = counts.get(field) ?? { field, items: 0, entries: 0 };
      count.items += Array.isArray(value) ? value.length : 1;
      count.entries += 1;
      counts.set(field, count);
    }
  }
  return [...counts.values()].sort((a, b) => b.entries - a.entries);
}

function saysNothing(value: unknown): boolean {
  if (value === null || value === false || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
