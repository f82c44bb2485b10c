// What the runs of all tabs keep in `settings`, each under one name.
import type { RetryState } from './retry.js';
import type { LocalStore, Transaction } from './store.js';
import type { SyncStatus } from './sync-status.js';
import type { Directions } from './text-run.js';

/** How the last runs of any tab ended. */
export interface LastRun {
  /** In milliseconds since 1970, null before the first one. */
  completedAt: number | null;
  /** Whether all feeds were read to their end once. */
  firstDownloadDone: boolean;
  /** Null once a run completed after it. */
  error: SyncStatus['lastError'];
}

/** The names and their values. */
export interface SyncSettings {
  /** False: the person wants this journal on this device only. Missing means on. */
  backup: boolean;
  paused: boolean;
  /** Files wait; words do not. */
  'media-paused': boolean;
  'retry:text': RetryState;
  'retry:media': RetryState;
  'last-run': LastRun;
}

/** Reads one setting within a transaction over `settings`. */
export async function getSetting<N extends keyof SyncSettings>(
  transaction: Transaction,
  name: N,
): Promise<SyncSettings[N] | undefined> {
  const setting = await transaction.get('settings', [name]);
  // Written by putSetting alone.
  return setting?.value as SyncSettings[N] | undefined;
}

/** Writes one setting, or removes it. */
export function putSetting<N extends keyof SyncSettings>(
  store: LocalStore,
  name: N,
  value: SyncSettings[N] | undefined,
): Promise<void> {
  return store.transaction('write', ['settings'], (transaction) =>
    value === undefined ? transaction.delete('settings', [name]) : transaction.put('settings', { name, value }),
  );
}

/** What the person chose: whether backup is on, and whether it pauses. */
export function readChoices(store: LocalStore): Promise<{ backupOn: boolean; paused: boolean }> {
  return store.transaction('read', ['settings'], async (transaction) => ({
    backupOn: (await getSetting(transaction, 'backup')) ?? true,
    paused: (await getSetting(transaction, 'paused')) ?? false,
  }));
}

/** No run has ended yet. */
export const NO_RUN_YET: LastRun = { completedAt: null, firstDownloadDone: false, error: null };

/** Keeps that a run completed, or what stopped it. */
export function rememberRun(
  store: LocalStore,
  at: number,
  run: { done: Directions } | { error: NonNullable<LastRun['error']> },
): Promise<void> {
  return store.transaction('write', ['settings'], async (transaction) => {
    const before = (await getSetting(transaction, 'last-run')) ?? NO_RUN_YET;
    const value: LastRun =
      'error' in run
        ? { ...before, error: run.error }
        : {
            completedAt: run.done === 'both' ? at : before.completedAt,
            firstDownloadDone: before.firstDownloadDone || run.done !== 'up',
            error: null,
          };
    await transaction.put('settings', { name: 'last-run', value });
  });
}
