// Entries under the day they were written, in words of this device's clock.
import type { ContentEntry } from './pages.js';

/** Entries of one day, the newest first. */
export interface Day {
  /** As a heading shows it; no two days have the same. */
  title: string;
  entries: ContentEntry[];
}

const DATE = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** Entries by day, in the order they have. @param now milliseconds since 1970 */
export function daysOf(entries: readonly ContentEntry[], now: number): Day[] {
  const days: Day[] = [];
  for (const entry of entries) {
    const title = dayTitle(entry.createdAt, now);
    const last = days.at(-1);
    if (last?.title === title) last.entries.push(entry);
    else days.push({ title, entries: [entry] });
  }
  return days;
}

/** "Today", "Yesterday" or the date. Both in milliseconds since 1970. */
export function dayTitle(at: number, now: number): string {
  const date = DATE.format(at);
  if (date === DATE.format(now)) return 'Today';
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  return date === DATE.format(yesterday) ? 'Yesterday' : date;
}

/** Hours and minutes. */
export function timeOf(at: number): string {
  return TIME.format(at);
}
