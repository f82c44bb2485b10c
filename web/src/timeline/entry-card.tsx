import type { ContentBody, Entry } from '@logdate/client';
import type { VNode } from 'preact';

/** Where the words of one entry are; nothing where everything is as it should be. */
const BADGES: Record<Entry<object>['backup'], string | null> = {
  'backed-up': null,
  waiting: 'On this device',
  conflict: 'Needs your decision',
  refused: 'Not backed up',
};

/** One entry in a list: its first lines, its time, and a badge while it is not backed up. */
export function EntryCard({ entry }: { entry: Entry<ContentBody> }): VNode {
  const badge = BADGES[entry.backup];
  const time = new Date(entry.createdAt);
  return (
    <article class="entry-card">
      <a class="entry-card-link" href={`/entry/${entry.id}`}>
        <time dateTime={time.toISOString()}>
          {time.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' })}
        </time>
        {badge !== null && <span class={`badge badge-${entry.backup}`}>{badge}</span>}
        <p class="prose entry-card-text">{entry.content ?? ''}</p>
      </a>
    </article>
  );
}
