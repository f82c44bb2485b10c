import type { LogRecord } from '@logdate/client';
import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useLocation } from 'preact-iso';
import { useRead } from '../journal/use-journal.js';
import { clockTime } from '../settings/in-words.js';
import { eventWords, type EventWords, type Kind } from './event-words.js';
import './activity.css';

/** Lines that are read at once; "Show more" reads as many again. */
const PAGE_LINES = 200;

const FILTERS: readonly (readonly [kind: Kind | null, label: string])[] = [
  [null, 'All'],
  ['backups', 'Backups'],
  ['problems', 'Problems'],
  ['photos', 'Photos'],
  ['conflicts', 'Conflicts'],
];

interface Line extends EventWords {
  record: LogRecord;
}

/** What the backup did on this device, newest first. */
export function ActivityPage(): VNode {
  const { query, route } = useLocation();
  const kind = FILTERS.find(([key]) => key === query['show'])?.[0] ?? null;
  const limit = useSignal(PAGE_LINES);
  const records = useRead((db) => db.sync.log({ limit: limit.value }), [limit.value]);
  const lines = (records ?? [])
    .map((record): Line => ({ record, ...eventWords(record) }))
    .filter(({ kinds }) => kind === null || kinds.includes(kind));
  return (
    <>
      <h1>Activity</h1>
      <p class="soft">What backup did on this device.</p>
      <fieldset class="activity-filters">
        <legend class="visually-hidden">Show</legend>
        {FILTERS.map(([key, label]) => (
          <label key={label}>
            <input
              type="radio"
              name="show"
              checked={key === kind}
              onChange={() => route(key === null ? '/activity' : `/activity?show=${key}`, true)}
            />
            {label}
          </label>
        ))}
      </fieldset>
      <Lines lines={lines} isRead={records !== undefined} />
      {records?.length === limit.value && (
        <button type="button" class="button" onClick={() => (limit.value += PAGE_LINES)}>
          Show more
        </button>
      )}
    </>
  );
}

function Lines({ lines, isRead }: { lines: readonly Line[]; isRead: boolean }): VNode | null {
  if (!isRead) return null;
  if (lines.length === 0) return <p class="soft">Nothing of this kind is in the log.</p>;
  const now = Date.now();
  return (
    <ol class="activity-lines">
      {lines.map(({ record, title, detail, kinds }) => (
        <li key={record.seq} class={kinds.includes('problems') ? 'activity-problem' : undefined}>
          <time dateTime={new Date(record.at).toISOString()}>{clockTime(record.at, now)}</time>
          <div>
            <p>{title}</p>
            {detail !== '' && <p class="soft">{detail}</p>}
          </div>
        </li>
      ))}
    </ol>
  );
}
