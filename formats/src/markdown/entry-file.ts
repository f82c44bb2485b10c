// One entry, or one journal, as a Markdown file: what `restore` writes and `import` and `watch` read.
// Front matter that LogDate has no field for (tags, a title) stays at the head of the entry's text: nothing is lost.
import type { ContentBody } from '@logdate/client';
import { sha256Of } from '../sha256.js';
import { quoted, splitFrontMatter, writeValue, type FrontMatter } from './front-matter.js';
import { readTime, writeTime } from './times.js';

/** A Markdown file, read. What it does not say is undefined. */
export interface MarkdownFile {
  /** `journal`: it describes the journal of its folder. */
  kind: 'entry' | 'journal';
  /** The account that `id` and the ids below belong to; only files that `restore` wrote have them. */
  account: string | undefined;
  id: string | undefined;
  createdAt: number | undefined;
  editedAt: number | undefined;
  /** Whether nobody changed it since it was written. */
  untouched: boolean;
  /** Title of a journal file. */
  title: string | undefined;
  type: ContentBody['type'];
  durationMs: number;
  mediaUri: string | null;
  text: string | null;
  /** By title; an empty list for none; undefined: the journal of the folder. */
  journal: string | undefined;
  journals: { id: string; title: string; createdAt: number }[] | undefined;
  media: FileLine[];
  /** What is wrong with it, where it can be read all the same. */
  faults: string[];
}

/** A file of an entry. */
export interface FileLine {
  id: string;
  /** Path from the Markdown file. */
  file: string;
  name: string;
  type: string;
  createdAt: number;
}

/** An entry to write. */
export interface EntryToWrite extends Omit<ContentBody, 'content'> {
  account: string;
  id: string;
  clientUpdatedAt: number;
  content: string | null;
  journals: { id: string; title: string; createdAt: number }[];
  media: FileLine[];
}

const KNOWN_KEYS = new Set(
  'account id kind created date edited sha256 title type duration uri text journal journals media'.split(' '),
);
const TYPES: readonly string[] = ['TEXT', 'IMAGE', 'VIDEO', 'AUDIO'] satisfies ContentBody['type'][];

/** Writes an entry; `readMarkdown` gives the same back. */
export function writeEntry(entry: EntryToWrite): string {
  const { account, id, type, durationMs, mediaUri, journals, media } = entry;
  const text = entry.content ?? '';
  const created = writeTime(entry.createdAt);
  const lines = [
    `account: ${account}`,
    `id: ${id}`,
    `created: ${created}`,
    `edited: ${writeTime(entry.clientUpdatedAt)}`,
    ...(type === 'TEXT' ? [] : [`type: ${type}`]),
    ...(durationMs === 0 ? [] : [`duration: ${durationMs}`]),
    ...(mediaUri === null ? [] : [`uri: ${writeValue(mediaUri)}`]),
    ...(entry.content === null ? ['text: none'] : []),
    `sha256: ${sealOf(created, text)}`,
    'journals:',
    ...journals.map((journal) => listLine({ ...journal, createdAt: writeTime(journal.createdAt) })),
    ...(media.length === 0 ? [] : ['media:']),
    ...media.map((file) => listLine({ ...file, createdAt: writeTime(file.createdAt) })),
  ];
  return `---\n${lines.join('\n')}\n---\n${text}`;
}

/** Writes what describes a journal; its description is the text. */
export function writeJournal(journal: {
  account: string;
  id: string;
  title: string;
  description: string;
  createdAt: number;
  clientUpdatedAt: number;
}): string {
  const lines = [
    'kind: journal',
    `account: ${journal.account}`,
    `id: ${journal.id}`,
    `title: ${writeValue(journal.title)}`,
    `created: ${writeTime(journal.createdAt)}`,
    `edited: ${writeTime(journal.clientUpdatedAt)}`,
  ];
  return `---\n${lines.join('\n')}\n---\n${journal.description}`;
}

/** Reads a Markdown file, with front matter or without. */
export function readMarkdown(written: string): MarkdownFile {
  // The mark that some editors put at the head of a file is none of the text.
  const whole = written.startsWith('\uFEFF') ? written.slice(1) : written;
  const front = splitFrontMatter(whole);
  if (!front) return { ...PLAIN, faults: [], media: [], text: whole };
  const { fields } = front;
  const faults: string[] = [];
  const kind = fields.get('kind') === 'journal' ? 'journal' : 'entry';
  const text = kind === 'journal' ? front.body : withUnknownLines(front);
  const type = fields.get('type')?.toUpperCase() ?? 'TEXT';
  if (!TYPES.includes(type)) faults.push(`type "${type}" is none of ${TYPES.join(', ')}`);
  return {
    kind,
    account: fields.get('account'),
    id: fields.get('id'),
    createdAt: timeIn(fields, 'created', faults) ?? timeIn(fields, 'date', faults),
    editedAt: timeIn(fields, 'edited', faults),
    untouched: fields.get('sha256') === sealOf(fields.get('created') ?? '', front.body),
    title: fields.get('title'),
    type: (TYPES.includes(type) ? type : 'TEXT') as ContentBody['type'],
    durationMs: Number(fields.get('duration') ?? 0) || 0,
    mediaUri: fields.get('uri') ?? null,
    text: text === '' && fields.get('text') === 'none' ? null : text,
    journal: fields.get('journal'),
    journals: journalsIn(front, faults),
    media: mediaIn(front, faults),
    faults,
  };
}

const PLAIN: Omit<MarkdownFile, 'text' | 'faults' | 'media'> = {
  kind: 'entry',
  account: undefined,
  id: undefined,
  createdAt: undefined,
  editedAt: undefined,
  untouched: false,
  title: undefined,
  type: 'TEXT',
  durationMs: 0,
  mediaUri: null,
  journal: undefined,
  journals: undefined,
};

/** Tells whether text or date of a written file were changed by hand since. */
export function sealOf(created: string, text: string): string {
  return sha256Of(`${created}\n${text}`);
}

// A title belongs to a journal; at an entry there is no field for it.
function withUnknownLines({ lines, body }: FrontMatter): string {
  const unknown = [...lines].filter(([key]) => key === 'title' || !KNOWN_KEYS.has(key)).flatMap(([, own]) => own);
  return unknown.length === 0 ? body : `---\n${unknown.join('\n')}\n---\n${body}`;
}

function timeIn(fields: Map<string, string>, key: string, faults: string[]): number | undefined {
  const written = fields.get(key);
  if (written === undefined) return undefined;
  const time = readTime(written);
  if (time === undefined) faults.push(`${key} "${written}" is not a date`);
  return time;
}

// Spaces after colons and commas make it a mapping for a reader of YAML too.
function listLine(item: object): string {
  const pairs = Object.entries(item).map(([key, value]) => `${quoted(key)}: ${quoted(value)}`);
  return `  - {${pairs.join(', ')}}`;
}

function journalsIn({ fields, lists }: FrontMatter, faults: string[]): MarkdownFile['journals'] {
  if (fields.get('journal') === 'none') return [];
  const lines = lists.get('journals');
  // A hand-written list of titles is no list of ours, and no reason to take an entry out of its folder's journal.
  if (lines === undefined || !fields.has('account')) return undefined;
  return lines.flatMap((line) => {
    const { id, title, createdAt } = parse(line);
    const time = typeof createdAt === 'string' ? readTime(createdAt) : undefined;
    if (typeof id === 'string' && typeof title === 'string' && time !== undefined) {
      return [{ id, title, createdAt: time }];
    }
    faults.push(`this line of "journals" cannot be read: ${line}`);
    return [];
  });
}

function mediaIn({ fields, lists }: FrontMatter, faults: string[]): FileLine[] {
  if (!fields.has('account')) return [];
  return (lists.get('media') ?? []).flatMap((line) => {
    const { id, file, name, type, createdAt } = parse(line);
    const time = typeof createdAt === 'string' ? readTime(createdAt) : undefined;
    const isWhole = [id, file, name, type].every((value) => typeof value === 'string') && time !== undefined;
    if (isWhole) return [{ id, file, name, type, createdAt: time } as FileLine];
    faults.push(`this line of "media" cannot be read: ${line}`);
    return [];
  });
}

function parse(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
