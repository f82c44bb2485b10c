// What this device knows of the files that it has backed up: which entry each is, and what was in it then.
// Kept in the local store beside the rows, so that changes made while nobody watched are noticed at the next start.
import { createHash } from 'node:crypto';
import type { LocalStore } from '@logdate/client';

/** A file as it was backed up last. */
export interface KnownFile {
  path: string;
  sha256: string;
  mtimeMs: number;
  size: number;
  /** Null of a picture that belongs to the entries of other files, and of a file that describes a journal. */
  entry: KnownEntry | null;
}

/** The entry that a file is. */
export interface KnownEntry {
  id: string;
  /** The words that were saved from the file: a row with other words was edited on a device. */
  content: string | null;
  journals: string[];
  media: { id: string; sha256: string }[];
}

/** The records of one folder. */
export interface KnownFiles {
  read(): Promise<KnownFile[]>;
  write(changes: { keep: readonly KnownFile[]; forget: readonly string[] }): Promise<void>;
}

const PREFIX = 'file ';

/** The records of the folder at an absolute path. */
export function knownFiles(store: LocalStore, folder: string): KnownFiles {
  // Keys are ASCII: a path may be anything.
  const nameOf = (path: string) => PREFIX + createHash('sha256').update(`${folder}\0${path}`).digest('hex');
  return {
    async read() {
      const settings = await store.transaction('read', ['settings'], (transaction) => transaction.list('settings'));
      return settings
        .filter(({ name }) => name.startsWith(PREFIX))
        .map(({ value }) => value as { folder: string; file: KnownFile })
        .filter((record) => record.folder === folder)
        .map(({ file }) => file);
    },
    async write({ keep, forget }) {
      if (keep.length + forget.length === 0) return;
      await store.transaction('write', ['settings'], async (transaction) => {
        for (const path of forget) await transaction.delete('settings', [nameOf(path)]);
        for (const file of keep)
          await transaction.put('settings', { name: nameOf(file.path), value: { folder, file } });
      });
    },
  };
}
