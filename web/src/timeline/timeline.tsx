import type { ContentBody, Entry } from '@logdate/client';
import type { VNode } from 'preact';
import { useRead } from '../journal/use-journal.js';
import { EntryCard } from './entry-card.js';
import './timeline.css';

/** Entries of one day, the newest first. */
interface Day {
  /** As a heading shows it. */
  title: string;
  entries: Entry<ContentBody>[];
}

/** The journal by day, the newest first. */
export function Timeline(): VNode {
  const entries = useRead((db) => db.content.list({ limit: 50 }), []);
  return (
    <>
      <div class="timeline-head">
        <h1>Journal</h1>
        <a class="button button-main" href="/new">
          New entry
        </a>
      </div>
      {entries?.length === 0 && <p class="soft">Nothing is written yet.</p>}
      {daysOf(entries ?? []).map(({ title, entries: ofDay }) => (
        <section key={title} class="timeline-day">
          <h2>{title}</h2>
          {ofDay.map((entry) => (
            <EntryCard key={entry.id} entry={entry} />
          ))}
        </section>
      ))}
    </>
  );
}

function daysOf(entries: readonly Entry<ContentBody>[]): Day[] {
  const days: Day[] = [];
  for (const entry of entries) {
    const title = dayTitle(entry.createdAt);
    const last = days.at(-1);
    if (last?.title === title) last.entries.push(entry);
    else days.push({ title, entries: [entry] });
  }
  return days;
}

function dayTitle(at: number): string {
  return new Date(at).toLocaleDateString(undefined, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  });
}
