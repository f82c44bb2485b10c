/** A moment as a person says it: the day, and the time of that day. @param at milliseconds since 1970 */
export function shownTime(at: number): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
