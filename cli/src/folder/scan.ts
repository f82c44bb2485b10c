// What lies in a folder of Markdown and pictures: names, times, digests and texts. Reads only, and only what changed.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FILES_FOLDER } from '@logdate/formats/markdown/restored-files';
import { mediaTypeOf, UNKNOWN_TYPE } from '@logdate/formats/media-types';

/** A file of the folder as it is now. */
export interface FolderFile {
  /** From the folder, with `/`. */
  path: string;
  mtimeMs: number;
  size: number;
  sha256: string;
  /** Of a Markdown file; undefined of every other one. */
  text: string | undefined;
}

/** The files of a folder, ordered by path, and what could not be read. */
export interface Scan {
  files: FolderFile[];
  broken: string[];
  /** Files that are there and could not be read: they are not gone. */
  unreadable: string[];
}

/** What was read before: a digest stands as long as time and size are the same. */
export type Cache = Map<string, Omit<FolderFile, 'path'>>;

/** Larger Markdown files are no diary entries; the server's limit is the same. */
const LARGEST_TEXT_BYTES = 1024 * 1024 + 16 * 1024;

/** Whether a file of this name is read as an entry. */
export function isMarkdown(path: string): boolean {
  return /\.(md|markdown)$/i.test(path);
}

/** Markdown, pictures, films, recordings, and whatever `restore` put beside an entry. */
export function isBackedUp(path: string): boolean {
  return isMarkdown(path) || mediaTypeOf(path) !== UNKNOWN_TYPE || path.split('/').at(-2) === FILES_FOLDER;
}

/** Whether a path is passed over: hidden files, and what editors and sync programs leave lying about. */
export function isIgnored(path: string): boolean {
  return path
    .split('/')
    .some((part) => part.startsWith('.') || part === '__MACOSX' || part === 'node_modules' || part.endsWith('~'));
}

/** Reads the folder. `cache` is used and brought up to date. Throws when the folder itself is not there. */
export async function scanFolder(folder: string, cache: Cache = new Map()): Promise<Scan> {
  const paths = await pathsIn(folder);
  const scan: Scan = { files: [], broken: [], unreadable: [] };
  for (const path of paths) {
    try {
      const file = await readOne(folder, path, cache.get(path));
      if (file) scan.files.push({ path, ...file });
      if (file) cache.set(path, file);
    } catch (error) {
      scan.unreadable.push(path);
      scan.broken.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const present = new Set(paths);
  for (const path of cache.keys()) if (!present.has(path)) cache.delete(path);
  return scan;
}

async function pathsIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((one) => one.isFile())
    .map((one) =>
      join(one.parentPath, one.name)
        .slice(folder.length + 1)
        .split('\\')
        .join('/'),
    )
    .filter((path) => !isIgnored(path) && isBackedUp(path))
    .sort();
}

async function readOne(
  folder: string,
  path: string,
  cached: Omit<FolderFile, 'path'> | undefined,
): Promise<Omit<FolderFile, 'path'> | undefined> {
  const whole = join(folder, path);
  // A file may go between the listing and here: the next scan sees it gone.
  const found = await stat(whole).catch(() => undefined);
  if (!found) return undefined;
  const { mtimeMs, size } = found;
  if (cached?.mtimeMs === mtimeMs && cached.size === size && (!isMarkdown(path) || cached.text !== undefined))
    return cached;
  if (!isMarkdown(path)) return { mtimeMs, size, sha256: await digestOf(whole), text: undefined };
  if (size > LARGEST_TEXT_BYTES) throw new Error(`larger than ${LARGEST_TEXT_BYTES} bytes`);
  const bytes = await readFile(whole);
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  if (text.includes('\0')) throw new Error('it is not a text: it holds a zero byte');
  return { mtimeMs, size, sha256: createHash('sha256').update(bytes).digest('hex'), text };
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
