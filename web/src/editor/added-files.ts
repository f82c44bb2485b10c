// Files that the person gave, while their bytes are copied into the journal. That goes on when the editor is left.
import { signal } from '@preact/signals';
import type { Journal } from '../journal/open-journal.js';
import type { Draft } from './draft.js';
import { typeOf, whyNotAdded, whyNotCopied } from './file-words.js';

/** A file that is being copied, or could not be. */
export interface AddedFile {
  key: string;
  contentId: string;
  name: string;
  size: number;
  /** Bytes that are in the journal. */
  copied: number;
  /** Why it is not in the journal, in words; null while it is being copied. */
  problem: string | null;
}

/** The longest name that the server takes, in characters. */
const NAME_CHARACTERS = 255;
/** How much of a file is in memory at once, in bytes. */
const SLICE_BYTES = 2 ** 20;

/** All of them, in the order in which they were given; one that is in the journal is not here any more. */
export const addedFiles = signal<readonly AddedFile[]>([]);

/** One after the other: two films at once would fill the memory. */
let underWay: Promise<void> = Promise.resolve();

/** Adds files to an entry, which is saved first. Never throws: what went wrong stands beside the file. */
export function addFiles({ db }: Journal, draft: Draft, files: readonly File[]): void {
  const begun = files.map((file) => ({ file, added: begin(draft.id, file) }));
  addedFiles.value = [...addedFiles.peek(), ...begun.map(({ added }) => added)];
  const copyAll = async (): Promise<void> => {
    for (const { file, added } of begun) {
      if (added.problem === null) await copy(db, draft, file, added.key);
    }
  };
  underWay = underWay.then(copyAll);
}

/** Takes the words about a file that was not added off the screen. */
export function forgetProblem(key: string): void {
  addedFiles.value = addedFiles.peek().filter((added) => added.key !== key);
}

function begin(contentId: string, file: File): AddedFile {
  const { name, size } = file;
  return { key: crypto.randomUUID(), contentId, name, size, copied: 0, problem: whyNotAdded(file) };
}

async function copy({ media }: Journal['db'], draft: Draft, file: File, key: string): Promise<void> {
  try {
    await draft.ensureSaved();
    const fileName = shortened(file.name);
    const bytes = slices(file, (copied) => change(key, { copied }));
    await media.add({ contentId: draft.id, fileName, mimeType: typeOf(file), createdAt: file.lastModified, bytes });
    forgetProblem(key);
  } catch (error) {
    change(key, { problem: whyNotCopied(error) });
  }
}

async function* slices(file: File, onCopied: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.size; at += SLICE_BYTES) {
    yield new Uint8Array(await file.slice(at, at + SLICE_BYTES).arrayBuffer());
    onCopied(Math.min(at + SLICE_BYTES, file.size));
  }
}

function change(key: string, fields: Partial<AddedFile>): void {
  addedFiles.value = addedFiles.peek().map((added) => (added.key === key ? { ...added, ...fields } : added));
}

/** Keeps the ending, which says what the file is. */
function shortened(name: string): string {
  if (name.length <= NAME_CHARACTERS) return name === '' ? 'file' : name;
  const ending = /\.[^.]{1,10}$/.exec(name)?.[0] ?? '';
  return name.slice(0, NAME_CHARACTERS - ending.length) + ending;
}

addEventListener('beforeunload', (event) => {
  if (addedFiles.peek().some(({ problem }) => problem === null)) event.preventDefault();
});
