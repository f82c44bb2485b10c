// Times as a field of type `datetime-local` has them: of the clock on the wall, without a zone.

/** @param at milliseconds since 1970 */
export function toLocalInput(at: number): string {
  const time = new Date(at);
  const digits = (value: number, length = 2): string => String(value).padStart(length, '0');
  const day = `${digits(time.getFullYear(), 4)}-${digits(time.getMonth() + 1)}-${digits(time.getDate())}`;
  return `${day}T${digits(time.getHours())}:${digits(time.getMinutes())}`;
}

/** Milliseconds since 1970; null of what is no time. */
export function fromLocalInput(value: string): number | null {
  const found = /^(\d{4,6})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(value);
  if (found === null) return null;
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0] = found.slice(1).map(Number);
  const time = new Date(2000, 0, 1, hours, minutes);
  // The constructor takes the years 0 to 99 for those of the last century.
  time.setFullYear(year, month - 1, day);
  time.setHours(hours, minutes);
  return time.getTime();
}
