// Leaving an account on this device: what would be left behind, and what becomes of it.
import type { LogDate, SyncStatus } from '@logdate/client';
import { forgetAccount } from '../journal/session.js';
import { listed } from './in-words.js';

/** What is on this device and not in LogDate Cloud. */
export interface LeftBehind {
  changes: number;
  /** Photos, films and recordings. */
  files: number;
}

/** Counted by the status, which follows every tab. */
export function leftBehind({ unsynced, media }: SyncStatus): LeftBehind {
  return { changes: unsynced, files: media.waiting };
}

/** "12 changes and 3 photos or recordings"; empty where everything is backed up. */
export function leftBehindWords({ changes, files }: LeftBehind): string {
  return listed([
    [changes, 'change'],
    [files, 'photo or recording', 'photos or recordings'],
  ]);
}

/** Whether the person has read of everything that would be deleted: more may have come since from another tab. */
export function isCovered(now: LeftBehind, confirmed: LeftBehind): boolean {
  return now.changes <= confirmed.changes && now.files <= confirmed.files;
}

/**
 * Sends everything, and answers once it is in LogDate Cloud. What needs the person's decision is waited for.
 * @throws the reason of the signal
 */
export async function backUpAll(db: LogDate, signal: AbortSignal): Promise<void> {
  await db.sync.syncNow();
  await db.sync.whenSynced(undefined, { signal });
}

/** Signs this browser out; the other tabs follow. The journal stays for the next sign-in of its account, or goes. */
export async function signOut(db: LogDate, journal: 'keep' | 'delete'): Promise<void> {
  await db.signOut({ unsynced: journal });
  await forgetAccount();
}
