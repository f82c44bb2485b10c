import { chmodSync, closeSync, existsSync, openSync, rmSync } from 'node:fs';

/** Only the owner reads and writes; SQLite gives the files beside the database the same mode. */
const PRIVATE = 0o600;

/** What Windows says of a file that is open. */
const KEPT_OPEN = ['EBUSY', 'EPERM'];

/**
 * Makes the file of a database, or closes an existing one to other users. An existing one is never opened here: closing
 * it again would drop the locks of every other connection that this process has to it, and SQLite then corrupts it.
 */
export function makePrivate(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'a', PRIVATE));
  chmodSync(path, PRIVATE);
}

/** Removes the files of a closed and emptied database. Where a system keeps files that are still open, empty ones stay. */
export function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) {
    try {
      rmSync(path + suffix, { force: true });
    } catch (error) {
      if (!KEPT_OPEN.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
}
