// The activity log in words: what each event of the engine means to the person whose journal it is.
import type { LogRecord, RunReport } from '@logdate/client';
import { listed, size } from '../settings/in-words.js';
import { problemWords } from './problem-words.js';
import { reasonWords } from './reason-words.js';

/** What a person may look for. */
export type Kind = 'backups' | 'problems' | 'photos' | 'conflicts';

/** A line of the log as it is shown. */
export interface EventWords {
  title: string;
  /** More of it, or what is safe; empty where the title says all. */
  detail: string;
  kinds: readonly Kind[];
}

type Detail = LogRecord['detail'];

/** The words for a line; the name of the event where it is of a newer version. */
export function eventWords({ event, detail }: LogRecord): EventWords {
  const words = Object.hasOwn(EVENTS, event) ? EVENTS[event] : undefined;
  return words?.(detail) ?? { title: `Something else happened (${event})`, detail: '', kinds: [] };
}

/** The names of the events that have words. */
export function knownEvents(): string[] {
  return Object.keys(EVENTS);
}

const EVENTS: Readonly<Record<string, (detail: Detail) => EventWords>> = {
  'run-ended': runEnded,
  'run-cut-off': () => ({
    title: 'A backup was cut off',
    detail: 'The page was closed or the device went to sleep. The next backup goes on from there.',
    kinds: ['backups', 'problems'],
  }),
  'run-not-closed': noted('The end of a backup could not be noted'),
  'run-not-remembered': noted('The time of a backup could not be noted'),
  'listener-failed': noted('A screen failed to show a change'),
  'media-stopped': ({ ended, code }) => ({
    title: 'Photos and recordings stopped going up',
    detail: `${code === undefined ? whyStopped(ended) : `${problemWords(code)}.`} They are safe on this device.`,
    kinds: code === undefined ? ['photos'] : ['photos', 'problems'],
  }),
  'media uploaded': ({ size: bytes }) => ({
    title: 'A photo or recording was backed up',
    detail: typeof bytes === 'number' ? `${size(bytes)}.` : '',
    kinds: ['photos', 'backups'],
  }),
  'media refused': ({ code }) => ({
    title: "A photo or recording couldn't be backed up",
    detail: `${problemWords(code)}. It is safe on this device.`,
    kinds: ['photos', 'problems'],
  }),
  'reconcile-began': () => ({
    title: 'A check of the whole journal began',
    detail: 'LogDate Cloud was restored from an older copy. Nothing is removed before the check has ended.',
    kinds: ['backups'],
  }),
  'reconcile-ended': ({ offered }) => ({
    title: 'The check of the whole journal ended',
    detail: offered === 0 ? 'Nothing was missing.' : 'What LogDate Cloud had lost goes up again from this device.',
    kinds: ['backups'],
  }),
};

/** What the engine writes of a run; a line of another version may lack some of it. */
type Report = Partial<Omit<RunReport, 'ended'>> & { ended?: string };

function runEnded(detail: Detail): EventWords {
  const { trigger, ended, error, pushed = 0, pulled = 0, conflicts = 0, refused = 0 } = detail as Report;
  const moved = listed([
    [pushed, 'change sent', 'changes sent'],
    [pulled, 'received', 'received'],
    [conflicts, 'needs your decision', 'need your decision'],
    [refused, "couldn't be backed up", "couldn't be backed up"],
  ]);
  const sentences = [moved === '' ? '' : sentence(moved), error ? sentence(problemWords(error.code)) : ''];
  const kinds: Kind[] = ['backups'];
  if (error || refused > 0) kinds.push('problems');
  if (conflicts > 0) kinds.push('conflicts');
  return {
    title: `${endings[ended ?? ''] ?? 'A backup ended'}${reasonWords(trigger)}`,
    detail: sentences.filter((text) => text !== '').join(' '),
    kinds,
  };
}

/** How a run ended, without the reason that it began for. */
const endings: Readonly<Record<string, string>> = {
  done: 'Backed up',
  joined: 'Another tab backed up',
  closed: 'A backup stopped as the page was closed',
  'cut-off': 'A backup was cut off',
  'signed-out': 'Nothing was backed up: signed out',
  'backup-off': 'Nothing was backed up: backup is off',
  paused: 'Nothing was backed up: paused',
  offline: 'Nothing was backed up: offline',
  backoff: 'A backup failed and is tried again',
  'rate-limited': 'A backup has to wait',
  'store-full': 'A backup stopped: this device is full',
  'store-lost': 'A backup stopped: this browser stopped saving',
};

function whyStopped(ended: unknown): string {
  return ended === 'signed-out' ? 'The session had ended.' : 'They go on later.';
}

function noted(title: string): () => EventWords {
  return () => ({ title, detail: 'Your journal is not touched by it.', kinds: ['problems'] });
}

function sentence(words: string): string {
  return `${words}.`;
}
