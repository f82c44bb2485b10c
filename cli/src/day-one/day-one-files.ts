// Finds the journals of a Day One export, a ZIP or the folder it unpacks to: the .json files, photos untouched.
// Nothing is written to disk.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ZipArchive, ZipError } from './zip-archive.js';

/** Bytes of JSON in one export. 712 long entries are 1.2 MB, so this is a diary of several lifetimes. */
const LARGEST_JSON_BYTES = 256 * 1024 * 1024;

/** Bytes of one photo or recording: what is held in memory at once. */
const LARGEST_MEDIA_BYTES = 512 * 1024 * 1024;

/** Where an export keeps what its entries show. */
const MEDIA_FOLDERS = ['photos', 'videos', 'audios', 'pdfs'];

/** One JSON file of the export; `name` is its path inside the export. */
export interface JournalFile {
  name: string;
  bytes: Buffer;
}

/** An export that cannot be read; the message names the file, and the entry where there is one. */
export class DayOneError extends Error {}

/** The JSON files of the export at `path`, at least one. Throws DayOneError. */
export async function readJournalFiles(path: string): Promise<JournalFile[]> {
  const kind = await stat(path).catch(() => undefined);
  if (!kind) throw new DayOneError(`${path}: there is no such file or folder`);
  const files = kind.isDirectory() ? await filesInFolder(path) : await filesInZip(path);
  if (files.length === 0) {
    throw new DayOneError(`${path}: no .json file inside; a Day One export has one for each journal`);
  }
  return files;
}

/** Photos and recordings of an export, found by the start of their path: `photos/<md5>.`, whatever the file's ending. */
export interface MediaFiles {
  /** The whole path inside the export of the file that begins so; undefined when there is none. */
  find(start: string): string | undefined;
  /** The bytes of a file that `find` named. */
  read(name: string): Promise<Buffer>;
  close(): Promise<void>;
}

/** Opens the export at `path`, a ZIP or a folder, to read its photos and recordings one by one. */
export async function openMediaFiles(path: string): Promise<MediaFiles> {
  if ((await stat(path)).isDirectory()) return mediaInFolder(path);
  const archive = await ZipArchive.open(path);
  const members = new Map(archive.members.map((member) => [withoutRoot(member.name), member]));
  return {
    find: finder([...members.keys()]),
    async read(name) {
      const member = members.get(name);
      if (!member) throw new DayOneError(`${path}: ${name} is not in the export`);
      return archive.read(member, LARGEST_MEDIA_BYTES);
    },
    close: () => archive.close(),
  };
}

async function mediaInFolder(path: string): Promise<MediaFiles> {
  const folders = await Promise.all(
    MEDIA_FOLDERS.map(async (folder) => {
      const names = await readdir(join(path, folder)).catch(() => []);
      return names.map((name) => `${folder}/${name}`);
    }),
  );
  return {
    find: finder(folders.flat()),
    read: (name) => readFile(join(path, name)),
    close: async () => {},
  };
}

function finder(names: string[]): (start: string) => string | undefined {
  const byStart = new Map(names.map((name) => [name.slice(0, name.lastIndexOf('.') + 1).toLowerCase(), name]));
  return (start) => byStart.get(start.toLowerCase());
}

// An export that was unpacked and packed again has everything in one more folder.
function withoutRoot(name: string): string {
  return name.split('/').slice(-2).join('/');
}

async function filesInFolder(path: string): Promise<JournalFile[]> {
  const names = (await readdir(path)).filter(isJournalFile).sort();
  const files: JournalFile[] = [];
  let room = LARGEST_JSON_BYTES;
  for (const name of names) {
    const { size } = await stat(join(path, name));
    room -= size;
    if (room < 0) throw tooLarge(join(path, name));
    files.push({ name, bytes: await readFile(join(path, name)) });
  }
  return files;
}

async function filesInZip(path: string): Promise<JournalFile[]> {
  try {
    const archive = await ZipArchive.open(path);
    try {
      return await journalsInArchive(archive, path);
    } finally {
      await archive.close();
    }
  } catch (error) {
    if (error instanceof ZipError) throw new DayOneError(`${path}: ${error.message}`);
    throw error;
  }
}

async function journalsInArchive(archive: ZipArchive, path: string): Promise<JournalFile[]> {
  const outside = archive.members.find((member) => pointsOutside(member.name));
  if (outside) throw new DayOneError(`${path}: it names a file outside itself: ${outside.name}`);
  const members = archive.members.filter((member) => isJournalFile(member.name));
  const files: JournalFile[] = [];
  let room = LARGEST_JSON_BYTES;
  for (const member of members) {
    room -= member.size;
    if (room < 0) throw tooLarge(`${path}: ${member.name}`);
    files.push({ name: member.name, bytes: await archive.read(member, LARGEST_JSON_BYTES) });
  }
  return files;
}

// macOS adds a folder __MACOSX and files that begin with a dot; they are no journals.
function isJournalFile(name: string): boolean {
  const parts = name.split('/');
  const hidden = parts.some((part) => part.startsWith('.') || part === '__MACOSX');
  return !hidden && name.toLowerCase().endsWith('.json');
}

// Nothing is unpacked to disk, but a name like that says that the archive is not an honest export.
function pointsOutside(name: string): boolean {
  return /^([/\\]|[a-z]:)/i.test(name) || name.split(/[/\\]/).includes('..');
}

function tooLarge(name: string): DayOneError {
  return new DayOneError(`${name}: the JSON of one export is limited to ${LARGEST_JSON_BYTES} bytes`);
}
