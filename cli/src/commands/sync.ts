import type { RunReport, SyncStatus } from '@logdate/client';
import { openDevice, type OpenDevice } from '../device.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { count, type Terminal } from '../terminal.js';
import type { Command } from './context.js';

/** What one sync did. */
export interface SyncResult {
  ended: RunReport['ended'];
  pushed: number;
  pulled: number;
  filesSent: number;
  unsynced: number;
  conflicts: number;
  refused: number;
  files: { waiting: number; quotaFull: boolean };
  error: { code: string; message: string } | null;
}

/** Sends what waits here, files included, and fetches what is new. */
export const sync: Command<object> = async ({ settings, terminal, signal }) => {
  const device = await openDevice(settings, { signal });
  try {
    const result = await runSync(device, terminal);
    terminal.result(result, linesOf(result));
    return exitCodeOf(result);
  } finally {
    await device.close();
  }
};

/** Runs until words and files are through or nothing more can be done now. */
export async function runSync(device: OpenDevice, terminal: Terminal): Promise<SyncResult> {
  const watching = showProgress(device, terminal);
  try {
    const first = await device.db.sync.syncNow();
    const filesBefore = device.db.sync.status.get().media.waiting;
    await device.db.sync.whenMediaIdle();
    const filesSent = filesBefore - device.db.sync.status.get().media.waiting;
    // A file that arrived stamps its entry anew: without this the next look would find news of our own.
    const second = filesSent > 0 ? await device.db.sync.syncNow() : undefined;
    const report = second ?? first;
    const status = device.db.sync.status.get();
    return {
      ended: report.ended,
      pushed: first.pushed + (second?.pushed ?? 0),
      pulled: first.pulled + (second?.pulled ?? 0),
      filesSent,
      unsynced: status.unsynced,
      conflicts: status.conflicts,
      refused: status.refused,
      files: { waiting: status.media.waiting, quotaFull: status.media.quotaFull },
      error: report.error,
    };
  } finally {
    watching();
  }
}

/** Says what a sync did and what is left to do. */
export function linesOf(result: SyncResult): string[] {
  const { files, unsynced, conflicts, refused } = result;
  return [
    `Sent ${count(result.pushed, 'change')} and ${count(result.filesSent, 'file')}, received ${result.pulled}`,
    ...(result.ended === 'done' || result.ended === 'joined' ? [] : [REASONS[result.ended]]),
    ...(unsynced > 0 ? [`${count(unsynced, 'change')} ${unsynced === 1 ? 'waits' : 'wait'} on this device`] : []),
    ...(conflicts > 0 ? [`${count(conflicts, 'conflict')} to decide: logdate conflicts`] : []),
    ...(refused > 0 ? [`The server refused ${count(refused, 'change')}: logdate status`] : []),
    ...(files.waiting > 0 ? [`${count(files.waiting, 'file')} not yet on the server`] : []),
    ...(files.quotaFull ? ['The storage plan is full: words still go, files wait'] : []),
    ...(result.error ? [`${result.error.code}: ${result.error.message}`] : []),
  ];
}

/** What a script learns of a sync. */
export function exitCodeOf(result: SyncResult): ExitCode {
  if (result.ended === 'signed-out') return EXIT.signedOut;
  if (result.ended === 'offline' || result.ended === 'backoff' || result.ended === 'rate-limited')
    return EXIT.unreachable;
  if (result.ended === 'store-full' || result.ended === 'store-lost') return EXIT.broken;
  if (result.ended === 'closed' || result.ended === 'cut-off') return EXIT.interrupted;
  const isLeft = result.unsynced + result.conflicts + result.refused + result.files.waiting > 0;
  return isLeft ? EXIT.differs : EXIT.good;
}

const REASONS: Record<Exclude<RunReport['ended'], 'done' | 'joined'>, string> = {
  'signed-out': 'The session has ended: logdate sign-in. Everything is kept on this device',
  'backup-off': 'Backup is switched off on this device',
  paused: 'Backup is paused on this device',
  offline: 'The server cannot be reached; everything is kept on this device',
  backoff: 'The server cannot be reached; everything is kept on this device',
  'rate-limited': 'The server asks to wait; everything is kept on this device',
  'store-full': 'This device has no room left',
  'store-lost': 'The local store was lost',
  closed: 'It was ended before it was through; everything is kept on this device',
  'cut-off': 'It was ended before it was through; everything is kept on this device',
};

function showProgress({ db }: OpenDevice, terminal: Terminal): () => void {
  let shown: { label: string; stop(): void; update(done: number, total?: number): void } | undefined;
  const show = (label: string, done: number, total: number, unit: string) => {
    if (shown?.label !== label) {
      shown?.stop();
      shown = { label, ...terminal.progress(label, total, unit) };
    }
    shown.update(done, total);
  };
  const stop = db.sync.status.subscribe(({ phase, progress, media }: SyncStatus) => {
    if (phase === 'media' && media.totalBytes > 0) show('Files   ', media.sentBytes, media.totalBytes, 'bytes');
    else if (progress)
      show(progress.direction === 'up' ? 'Sending ' : 'Fetching', progress.done, progress.total, 'rows');
  });
  return () => {
    stop();
    shown?.stop();
  };
}
