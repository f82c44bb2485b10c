import { chmodSync, closeSync, openSync, rmSync } from 'node:fs';

/** Only the owner reads and writes; SQLite gives the files beside the database the same mode. */
const PRIVATE = 0o600;

/** Makes the file of a database, or closes an existing one to other users. */
export function makePrivate(path: string): void {
  closeSync(openSync(path, 'a', PRIVATE));
  chmodSync(path, PRIVATE);
}

/** Removes a database that no one of this process has open. */
export function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
}
