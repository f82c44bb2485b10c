// Numbers, sizes and times as a person reads them, as the words of the chip show them.

/** "1 change", "3,900 changes". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** "12 changes and 3 photos": the parts that are not zero; empty where all are. */
export function listed(parts: readonly (readonly [count: number, one: string, many?: string])[]): string {
  const words = parts.filter(([count]) => count > 0).map((part) => counted(...part));
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(words);
}

/** "1.2 MB", of bytes. */
export function size(bytes: number): string {
  if (bytes < 1e6) return `${Math.round(bytes / 1e3).toLocaleString('en')} kB`;
  const [value, unit] = bytes < 1e9 ? [bytes / 1e6, 'MB'] : [bytes / 1e9, 'GB'];
  return `${value.toFixed(1)} ${unit}`;
}

/** "14:35", and the day before it when it is not today. Both in milliseconds since 1970. */
export function clockTime(at: number, now: number): string {
  const time = new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  if (new Date(at).toDateString() === new Date(now).toDateString()) return time;
  return `${new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })}, ${time}`;
}
