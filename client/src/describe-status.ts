// The words a person reads about where the text is now, one state before the other.
import type { SyncStatus } from './sync-status.js';

/** Which row of the table of words applies; for icons, colours and what the action does. */
export type StatusState =
  | 'store-lost'
  | 'store-full'
  | 'signed-out'
  | 'session-ended'
  | 'backup-off'
  | 'paused'
  | 'first-download'
  | 'reconciling'
  | 'uploading'
  | 'media'
  | 'offline'
  | 'server-trouble'
  | 'rate-limited'
  | 'cloud-full'
  | 'conflicts'
  | 'refused'
  | 'saved-here'
  | 'media-waits'
  | 'done';

/** What is shown. */
export interface StatusWords {
  state: StatusState;
  /** Always in sight. */
  chip: string;
  /** What is safe, and what happens next. */
  detail: string;
  /** The label of what the person can do, null where nothing is to be done. */
  action: string | null;
}

type Words = Omit<StatusWords, 'state'>;
type Row = (status: SyncStatus, time: Times) => Words | false;

/** Where words speak of time. */
interface Times {
  now: number;
  /** As a clock on the wall shows it, with the day when it is not today's. */
  show: (at: number) => string;
}

/**
 * The words for a status.
 * @param now milliseconds since 1970
 * @param timeZone that of the device when missing
 */
export function describeStatus(status: SyncStatus, now: number, timeZone?: string): StatusWords {
  const times: Times = { now, show: (at) => shownTime(at, now, timeZone) };
  for (const [state, row] of ROWS) {
    const words = row(status, times);
    if (words !== false) return { state, ...words };
  }
  return { state: 'done', ...done(status, times) };
}

/** In order of precedence: text in danger, what the person chose, what happens, what waits, what needs a decision. */
const ROWS: readonly (readonly [StatusState, Row])[] = [
  [
    'store-lost',
    (status) =>
      waitsFor(status, 'store-lost') &&
      words('Not saved', 'This browser has stopped saving. Copy your text before you reload.', 'Copy text'),
  ],
  [
    'store-full',
    (status) =>
      waitsFor(status, 'store-full') &&
      words('This device is full', "New entries can't be saved here until you free some space.", 'Free up space'),
  ],
  [
    'signed-out',
    (status) =>
      waitsFor(status, 'signed-out') &&
      !hadSession(status) &&
      words('Not backed up', 'Your journal is only on this device.', 'Sign in'),
  ],
  ['session-ended', (status) => waitsFor(status, 'signed-out') && sessionEnded(status)],
  [
    'backup-off',
    (status) =>
      waitsFor(status, 'backup-off') && words('Backup is off', 'New entries stay on this device only.', 'Turn on'),
  ],
  [
    'paused',
    (status) =>
      waitsFor(status, 'paused') && words('Paused', `${counted(status.unsynced, 'change')} waiting.`, 'Resume'),
  ],
  [
    'first-download',
    (status) =>
      status.phase === 'pulling' &&
      !status.firstDownloadDone &&
      words(gettingJournal(status), 'Newest first. You can read and write already.'),
  ],
  [
    'reconciling',
    (status) =>
      status.phase === 'reconciling' &&
      words('Checking your whole journal', 'Nothing is removed before the check has ended.'),
  ],
  [
    'uploading',
    (status) => status.phase === 'pushing' && words(`Backing up${progressOf(status)}`, 'Words first, then photos.'),
  ],
  [
    'media',
    ({ phase, unsynced, media }) =>
      phase === 'media' &&
      !media.paused &&
      unsynced === 0 &&
      words(
        `Words backed up · photo ${number(media.file)} of ${number(media.files)}`,
        `${bytes(media.sentBytes)} of ${bytes(media.totalBytes)}`,
        'Pause photos',
      ),
  ],
  [
    'offline',
    (status) =>
      waitsFor(status, 'offline') &&
      words(`Offline · ${number(status.unsynced)} waiting`, "Saved on this device. They go up when you're online."),
  ],
  [
    'server-trouble',
    (status, { now }) =>
      waitsFor(status, 'backoff') &&
      words(
        "Can't reach LogDate Cloud",
        `${tryingAgain(status, now)} ${counted(status.unsynced, 'change is', 'changes are')} safe.`,
        'Try now',
      ),
  ],
  [
    'rate-limited',
    (status, { now, show }) =>
      waitsFor(status, 'rate-limited') &&
      words('LogDate Cloud is busy', `Continues at ${show(status.waiting?.until ?? now)}.`),
  ],
  [
    'cloud-full',
    ({ media }) =>
      media.quotaFull &&
      words(
        'Cloud storage is full',
        `Words still back up. ${counted(media.waiting, 'photo waits', 'photos wait')}.`,
        'Manage',
      ),
  ],
  [
    'conflicts',
    ({ conflicts, unsynced, media }) =>
      conflicts > 0 &&
      words(
        `${counted(conflicts, 'needs', 'need')} your decision`,
        unsynced > conflicts || media.waiting > 0
          ? 'Changed on two devices. Everything else is saved on this device.'
          : 'Changed on two devices. Everything else is backed up.',
        'Review',
      ),
  ],
  [
    'refused',
    ({ refused }) =>
      refused > 0 && words(`${number(refused)} couldn't be backed up`, 'They are safe on this device.', 'See why'),
  ],
  [
    'saved-here',
    ({ unsynced, lastCompletedAt }) =>
      (unsynced > 0 || lastCompletedAt === null) &&
      words('Saved on this device', unsynced > 0 ? 'Goes up in a moment.' : 'Not yet checked.', 'Sync now'),
  ],
  [
    'media-waits',
    ({ media }) =>
      media.waiting > 0 &&
      words(
        'Words backed up',
        `${counted(media.waiting, 'photo waits', 'photos wait')}.`,
        media.paused ? 'Resume photos' : 'Sync now',
      ),
  ],
];

function done({ lastCompletedAt }: SyncStatus, { now, show }: Times): Words {
  return words('Backed up', `Everything is in LogDate Cloud. Checked ${show(lastCompletedAt ?? now)}.`, 'Sync now');
}

function waitsFor(status: SyncStatus, reason: NonNullable<SyncStatus['waiting']>['reason']): boolean {
  return status.waiting?.reason === reason;
}

/** Whether this device was signed in before: then some of the journal is in the cloud. */
function hadSession(status: SyncStatus): boolean {
  return status.lastCompletedAt !== null || status.firstDownloadDone;
}

function sessionEnded({ unsynced }: SyncStatus): Words {
  const what = unsynced === 0 ? 'New changes are' : counted(unsynced, 'change is', 'changes are');
  const go = unsynced === 1 ? 'goes' : 'go';
  return words('Sign in again', `${what} safe on this device and ${go} up after you sign in.`, 'Sign in');
}

function gettingJournal(status: SyncStatus): string {
  const progress = progressOf(status);
  return `Getting your journal${progress === '' ? '' : ` ·${progress}`}`;
}

function progressOf({ progress }: SyncStatus): string {
  return progress === null ? '' : ` ${number(progress.done)} of ${number(progress.total)}`;
}

function tryingAgain({ waiting }: SyncStatus, now: number): string {
  const seconds = Math.ceil(((waiting?.until ?? now) - now) / 1000);
  return seconds > 0 ? `Trying again in ${number(seconds)} s.` : 'Trying again now.';
}

function words(chip: string, detail: string, action: string | null = null): Words {
  return { chip, detail, action };
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

function number(value: number): string {
  return value.toLocaleString('en');
}

function bytes(value: number): string {
  if (value < 1e6) return `${number(Math.round(value / 1e3))} kB`;
  const [size, unit] = value < 1e9 ? [value / 1e6, 'MB'] : [value / 1e9, 'GB'];
  return `${size.toFixed(1)} ${unit}`;
}

function shownTime(at: number, now: number, timeZone?: string): string {
  const day = (time: number): string => new Date(time).toLocaleDateString('en-GB', { timeZone });
  const time = new Date(at).toLocaleTimeString('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
  if (day(at) === day(now)) return time;
  return `${new Date(at).toLocaleDateString('en-GB', { timeZone, day: 'numeric', month: 'short', year: 'numeric' })}, ${time}`;
}
