// Why a backup began, as the end of a sentence about it.

const REASONS: Readonly<Record<string, string>> = {
  start: 'when the journal was opened',
  save: 'after a change',
  foreground: 'when you came back',
  connectivity: 'when the network was back',
  connected: 'when LogDate Cloud could be reached again',
  poke: 'when another device had written',
  timer: 'on time',
  'sign-in': 'after you signed in',
  resume: 'when backup was turned on again',
  retry: 'on the next try',
  manual: 'as you asked',
};

/** `, after a change`; empty for a reason of another version. */
export function reasonWords(trigger: unknown): string {
  const words = typeof trigger === 'string' && Object.hasOwn(REASONS, trigger) ? REASONS[trigger] : undefined;
  return words === undefined ? '' : `, ${words}`;
}
