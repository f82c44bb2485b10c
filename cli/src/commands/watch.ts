// Keeps a folder backed up: looks at it as a whole at the start and whenever something in it changes.
// What happened while it did not run is found by the first look.
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { watch as watchFiles, type FSWatcher } from 'chokidar';
import { openDevice } from '../device.js';
import { CommandError, EXIT } from '../exit-codes.js';
import { asCommandError } from '../failure.js';
import { FolderBackup, type Look } from '../folder/backup.js';
import { DeletionGuard, GRACE_MS } from '../folder/deletions.js';
import { isIgnored } from '../folder/scan.js';
import { count, type Terminal } from '../terminal.js';
import type { Command } from './context.js';
import { runSync, exitCodeOf } from './sync.js';

/** Changes come in swarms: one look for all that come within this time, in milliseconds. */
const QUIET_MS = 300;
/** Between two looks at a folder that is not there, in milliseconds. */
const AWAY_MS = 2_000;
/** A look without a reason, for what the system did not tell. */
const ANYWAY_MS = 5 * 60_000;

interface WatchOptions {
  confirmDeletions?: true;
  once?: true;
}

/** What all looks together did. */
interface Done {
  saved: number;
  deleted: number;
  unconfirmed: number;
  broken: string[];
}

/** Backs a folder up until it is stopped, or with `--once` one time. */
export const watch: Command<WatchOptions, [folder: string]> = async (context, options, given) => {
  const { settings, terminal, signal } = context;
  const folder = resolve(given);
  await mustBeFolder(folder, options.confirmDeletions ?? false);
  const device = await openDevice(settings, { automatic: !options.once });
  const guard = new DeletionGuard(Date.now, options.confirmDeletions ?? false);
  const backup = new FolderBackup({ ...device, terminal }, folder, guard);
  const done: Done = { saved: 0, deleted: 0, unconfirmed: 0, broken: [] };
  try {
    const lookOnce = () => settle(backup, { guard, terminal, folder, done, signal });
    await lookOnce();
    // What was confirmed was confirmed for what was gone at the start.
    guard.confirmed = false;
    if (options.once) {
      const result = await runSync(device, terminal);
      terminal.result({ folder, ...done, sync: result }, [summaryOf(done)]);
      return done.unconfirmed + done.broken.length > 0 ? EXIT.differs : exitCodeOf(result);
    }
    terminal.note(`Watching ${folder}; Ctrl+C ends it`);
    await keepLooking(folder, () => unlessItFails(lookOnce, terminal), signal);
    terminal.result({ folder, ...done }, [summaryOf(done)]);
    return done.unconfirmed > 0 ? EXIT.differs : EXIT.good;
  } finally {
    await device.close();
  }
};

async function mustBeFolder(folder: string, confirmed: boolean): Promise<void> {
  const there = await stat(folder).catch(() => undefined);
  if (there?.isDirectory() || (there === undefined && confirmed)) return;
  throw new CommandError(
    EXIT.differs,
    `${folder} ${there ? 'is not a folder' : 'is not there'}; nothing was changed`,
    there
      ? undefined
      : 'Is a disk missing? To delete the entries of a folder that is gone for good: --confirm-deletions',
  );
}

/** Looks until nothing is waiting for a moment any more. */
async function settle(
  backup: FolderBackup,
  on: { guard: DeletionGuard; terminal: Terminal; folder: string; done: Done; signal: AbortSignal },
): Promise<void> {
  const { guard, terminal, done, signal } = on;
  for (;;) {
    const look = await backup.look();
    tell(look, done, terminal);
    if (look.tooSoon.length > 0) await pause(GRACE_MS, undefined, { signal }).catch(() => undefined);
    else if (look.unconfirmed.length > 0 && (await asked(look.unconfirmed, on))) guard.confirmed = true;
    else return;
    if (signal.aborted) return;
  }
}

/** Asks once about the same files. */
async function asked(
  gone: readonly string[],
  { terminal, done }: { terminal: Terminal; done: Done },
): Promise<boolean> {
  const isNew = done.unconfirmed !== gone.length;
  done.unconfirmed = gone.length;
  if (!isNew) return false;
  const files = `${count(gone.length, 'file')} ${gone.length === 1 ? 'is' : 'are'} gone`;
  if (await terminal.confirm(`${files}. Delete their entries?`)) {
    done.unconfirmed = 0;
    return true;
  }
  terminal.note(`${files}; their entries stay. To delete them: start again with --confirm-deletions`);
  return false;
}

function tell({ plan, broken, unconfirmed }: Look, done: Done, terminal: Terminal): void {
  const saved = plan.entries.length + plan.pictures.length;
  const deleted = plan.deletedEntries.length + plan.deletedMedia.length;
  done.saved += saved;
  done.deleted += deleted;
  if (unconfirmed.length === 0) done.unconfirmed = 0;
  if (saved > 0)
    terminal.note(`Saved ${count(plan.entries.length, 'entry', 'entries')}, ${count(plan.pictures.length, 'file')}`);
  if (deleted > 0)
    terminal.note(
      `Deleted ${count(plan.deletedEntries.length, 'entry', 'entries')}, ${count(plan.deletedMedia.length, 'file')}`,
    );
  for (const note of plan.notes) terminal.note(note);
  for (const one of broken.filter((line) => !done.broken.includes(line))) terminal.note(`Cannot be read: ${one}`);
  done.broken = broken;
}

function summaryOf({ saved, deleted, unconfirmed, broken }: Done): string {
  const waiting = unconfirmed > 0 ? `, ${unconfirmed} gone and not confirmed` : '';
  const unread = broken.length > 0 ? `, ${broken.length} cannot be read` : '';
  return `Saved ${saved}, deleted ${deleted}${waiting}${unread}`;
}

/** A folder that cannot be read now, or a full disk, is no reason to stop watching: the next look may succeed. */
async function unlessItFails(look: () => Promise<void>, terminal: Terminal): Promise<void> {
  try {
    await look();
  } catch (error) {
    terminal.note(`Not backed up now: ${asCommandError(error).message}`);
  }
}

/** One look at a time, after each swarm of changes, until the signal. */
async function keepLooking(folder: string, look: () => Promise<void>, signal: AbortSignal): Promise<void> {
  let wake = () => {};
  let isAsked = false;
  const ask = () => {
    isAsked = true;
    wake();
  };
  signal.addEventListener('abort', ask);
  const anyway = setInterval(ask, ANYWAY_MS);
  let watcher: FSWatcher | undefined = startWatching(folder, ask);
  try {
    while (!signal.aborted) {
      if (!isAsked) await new Promise<void>((resolve) => (wake = resolve));
      await pause(QUIET_MS, undefined, { signal }).catch(() => undefined);
      isAsked = false;
      if (signal.aborted) return;
      if (await isThere(folder)) {
        watcher ??= startWatching(folder, ask);
        await look();
      } else {
        // A folder that comes back is another one for the system: it is watched anew.
        await watcher?.close();
        watcher = undefined;
        await pause(AWAY_MS, undefined, { signal }).catch(() => undefined);
        isAsked = true;
      }
    }
  } finally {
    clearInterval(anyway);
    await watcher?.close();
  }
}

function startWatching(folder: string, changed: () => void): FSWatcher {
  const watcher = watchFiles(folder, {
    ignored: (path) =>
      path.length > folder.length &&
      isIgnored(
        path
          .slice(folder.length + 1)
          .split('\\')
          .join('/'),
      ),
    awaitWriteFinish: { stabilityThreshold: 200, pollInterval: 50 },
  });
  watcher.on('all', changed);
  // Too many watches, or a folder that may not be read: the look that follows says what is wrong.
  watcher.on('error', changed);
  return watcher;
}

async function isThere(folder: string): Promise<boolean> {
  return (await stat(folder).catch(() => undefined))?.isDirectory() ?? false;
}
