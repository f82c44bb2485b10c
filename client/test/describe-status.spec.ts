import { describe, expect, test } from '@jest/globals';
import { describeStatus } from '../src/describe-status.js';
import type { StatusState } from '../src/describe-status.js';
import type { SyncStatus, WaitingReason } from '../src/sync-status.js';

const NOW = Date.UTC(2026, 4, 17, 14, 5);

const DONE: SyncStatus = {
  phase: 'idle',
  waiting: null,
  unsynced: 0,
  conflicts: 0,
  refused: 0,
  media: { waiting: 0, sentBytes: 0, totalBytes: 0, file: 0, files: 0, quotaFull: false, paused: false },
  progress: null,
  firstDownloadDone: true,
  lastCompletedAt: NOW - 60_000,
  lastError: null,
};

const waits = (reason: WaitingReason, until: number | null = null): Partial<SyncStatus> => ({
  phase: 'waiting',
  waiting: { reason, until },
});
const never: Partial<SyncStatus> = { firstDownloadDone: false, lastCompletedAt: null };
const photos = {
  waiting: 12,
  sentBytes: 1_200_000,
  totalBytes: 34_000_000,
  file: 3,
  files: 14,
  quotaFull: false,
  paused: false,
};

interface Row {
  state: StatusState;
  status: Partial<SyncStatus>;
  chip: string;
  detail: string;
  action: string | null;
}

/** In order of precedence. */
const TABLE: Row[] = [
  {
    state: 'store-lost',
    status: waits('store-lost'),
    chip: 'Not saved',
    detail: 'This browser has stopped saving. Copy your text before you reload.',
    action: 'Copy text',
  },
  {
    state: 'store-full',
    status: waits('store-full'),
    chip: 'This device is full',
    detail: "New entries can't be saved here until you free some space.",
    action: 'Free up space',
  },
  {
    state: 'signed-out',
    status: { ...never, ...waits('signed-out'), unsynced: 3 },
    chip: 'Not backed up',
    detail: 'Your journal is only on this device.',
    action: 'Sign in',
  },
  {
    state: 'session-ended',
    status: { ...waits('signed-out'), unsynced: 3 },
    chip: 'Sign in again',
    detail: '3 changes are safe on this device and go up after you sign in.',
    action: 'Sign in',
  },
  {
    state: 'backup-off',
    status: waits('backup-off'),
    chip: 'Backup is off',
    detail: 'New entries stay on this device only.',
    action: 'Turn on',
  },
  {
    state: 'paused',
    status: { ...waits('paused'), unsynced: 3 },
    chip: 'Paused',
    detail: '3 changes waiting.',
    action: 'Resume',
  },
  {
    state: 'first-download',
    status: { ...never, phase: 'pulling', progress: { direction: 'down', done: 1_240, total: 3_900 } },
    chip: 'Getting your journal · 1,240 of 3,900',
    detail: 'Newest first. You can read and write already.',
    action: null,
  },
  {
    state: 'reconciling',
    status: { phase: 'reconciling', progress: { direction: 'down', done: 5, total: 9 } },
    chip: 'Checking your whole journal',
    detail: 'Nothing is removed before the check has ended.',
    action: null,
  },
  {
    state: 'uploading',
    status: { phase: 'pushing', unsynced: 328, progress: { direction: 'up', done: 12, total: 340 } },
    chip: 'Backing up 12 of 340',
    detail: 'Words first, then photos.',
    action: null,
  },
  {
    state: 'media',
    status: { phase: 'media', media: photos },
    chip: 'Words backed up · photo 3 of 14',
    detail: '1.2 MB of 34.0 MB',
    action: 'Pause photos',
  },
  {
    state: 'offline',
    status: { ...waits('offline'), unsynced: 3 },
    chip: 'Offline · 3 waiting',
    detail: "Saved on this device. They go up when you're online.",
    action: null,
  },
  {
    state: 'server-trouble',
    status: { ...waits('backoff', NOW + 8_000), unsynced: 3 },
    chip: "Can't reach LogDate Cloud",
    detail: 'Trying again in 8 s. 3 changes are safe.',
    action: 'Try now',
  },
  {
    state: 'rate-limited',
    status: { ...waits('rate-limited', NOW + 10 * 60_000), unsynced: 3 },
    chip: 'LogDate Cloud is busy',
    detail: 'Continues at 14:15.',
    action: null,
  },
  {
    state: 'cloud-full',
    status: { media: { ...photos, quotaFull: true } },
    chip: 'Cloud storage is full',
    detail: 'Words still back up. 12 photos wait.',
    action: 'Manage',
  },
  {
    state: 'conflicts',
    status: { conflicts: 2, unsynced: 2 },
    chip: '2 need your decision',
    detail: 'Changed on two devices. Everything else is backed up.',
    action: 'Review',
  },
  {
    state: 'refused',
    status: { refused: 2, unsynced: 2 },
    chip: "2 couldn't be backed up",
    detail: 'They are safe on this device.',
    action: 'See why',
  },
  {
    state: 'saved-here',
    status: { unsynced: 1 },
    chip: 'Saved on this device',
    detail: 'Goes up in a moment.',
    action: 'Sync now',
  },
  {
    state: 'media-waits',
    status: { media: photos },
    chip: 'Words backed up',
    detail: '12 photos wait.',
    action: 'Sync now',
  },
  {
    state: 'media-waits',
    status: { media: { ...photos, paused: true } },
    chip: 'Words backed up',
    detail: '12 photos wait.',
    action: 'Resume photos',
  },
  {
    state: 'done',
    status: {},
    chip: 'Backed up',
    detail: 'Everything is in LogDate Cloud. Checked 14:04.',
    action: 'Sync now',
  },
];

const say = (status: Partial<SyncStatus>) => describeStatus({ ...DONE, ...status }, NOW, 'UTC');

describe('the table of words', () => {
  test.each(TABLE)('$state', ({ status, ...words }) => {
    expect(say(status)).toEqual(words);
  });

  test('what is said first goes before everything below it', () => {
    const below: Partial<SyncStatus> = { conflicts: 2, refused: 2, unsynced: 9, media: { ...photos, quotaFull: true } };
    for (const { state, status } of TABLE.slice(
      0,
      TABLE.findIndex((row) => row.state === 'cloud-full'),
    )) {
      if (state !== 'media') expect(say({ ...below, ...status }).state).toBe(state);
    }
    expect(say(below).state).toBe('cloud-full');
    expect(say({ ...below, media: DONE.media }).state).toBe('conflicts');
    expect(say({ ...below, media: DONE.media, conflicts: 0 }).state).toBe('refused');
  });
});

test('nothing is called backed up while anything waits', () => {
  expect(say({ phase: 'media', media: photos, unsynced: 1 }).chip).not.toContain('backed up');
  expect(say({ phase: 'pulling', unsynced: 1 }).chip).toBe('Saved on this device');
  expect(say({ conflicts: 1, unsynced: 3 }).detail).not.toContain('backed up');
  expect(say({ conflicts: 1, unsynced: 1, media: photos }).detail).not.toContain('backed up');
  expect(say({ ...never }).chip).toBe('Saved on this device');
});

test('photos that a person pauses are said to wait while their last piece is under way', () => {
  expect(say({ phase: 'media', media: { ...photos, paused: true } })).toMatchObject({ action: 'Resume photos' });
});

test('reading news says nothing new', () => {
  const reading = { phase: 'pulling', progress: { direction: 'down', done: 1, total: 2 } } as const;
  expect(say(reading)).toEqual(say({}));
});

test('one is said as one', () => {
  expect(say({ ...waits('paused'), unsynced: 1 }).detail).toBe('1 change waiting.');
  expect(say({ ...waits('signed-out'), unsynced: 1 }).detail).toBe(
    '1 change is safe on this device and goes up after you sign in.',
  );
  expect(say({ media: { ...photos, waiting: 1, quotaFull: true } }).detail).toContain('1 photo waits.');
});

test('a time on another day is said with its day', () => {
  expect(say({ lastCompletedAt: NOW - 3 * 86_400_000 }).detail).toContain('14 May 2026, 14:05');
});

test('a try that is due is said as due', () => {
  expect(say({ ...waits('backoff', NOW - 1), unsynced: 1 }).detail).toBe('Trying again now. 1 change is safe.');
});
