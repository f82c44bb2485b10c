// Times as they stand in front matter and in the names of files.

/** Milliseconds that a Date can hold; the protocol's times reach a little further. */
const DATE_RANGE_MS = 8.64e15;

/** A time as it is written to a file: ISO 8601 in UTC, beyond the range of a Date the number of milliseconds. */
export function writeTime(millis: number): string {
  return Math.abs(millis) <= DATE_RANGE_MS ? new Date(millis).toISOString() : String(millis);
}

/**
 * A time as people and programs write it; undefined for what is none.
 * A day alone is its noon in UTC, which is the same day nearly everywhere; a time without a zone is local.
 */
export function readTime(written: string): number | undefined {
  const text = written.trim();
  if (/^-?\d{5,16}$/.test(text)) return Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
  const [, day, , month, dayOfMonth, time] = /^(([+-]\d\d)?\d{4}-(\d\d)-(\d\d))(?:[T ](\S.*))?$/.exec(text) ?? [];
  if (day === undefined) return undefined;
  const midnight = new Date(`${day}T00:00:00Z`);
  // Date turns 30 February into 2 March: the day has to come back as it went in.
  const isDay = midnight.getUTCMonth() + 1 === Number(month) && midnight.getUTCDate() === Number(dayOfMonth);
  if (!isDay) return undefined;
  const millis = Date.parse(time === undefined ? `${day}T12:00:00Z` : `${day}T${withSeconds(time)}`);
  return Number.isNaN(millis) ? undefined : millis;
}

/** The day at the head of a file's name, `2024-05-01 Robin.md`, at noon in UTC. */
export function dayInName(name: string): number | undefined {
  const [day] = /^[+-]?\d{4,6}-\d\d-\d\d(?!\d)/.exec(name) ?? [];
  return day === undefined ? undefined : readTime(day);
}

/** The day of a time in UTC, as files are named by it. */
export function dayOf(millis: number): string {
  if (Math.abs(millis) > DATE_RANGE_MS) return String(millis);
  const written = new Date(millis).toISOString();
  return written.slice(0, written.indexOf('T'));
}

// Date.parse knows `08:30Z` and `08:30:00+01:00`, but no space before the zone.
function withSeconds(time: string): string {
  return time.replace(/\s+/g, '');
}
