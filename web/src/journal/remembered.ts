// What this browser remembers outside of any journal. It must be readable before a journal is open.
import { signal, type ReadonlySignal } from '@preact/signals';

/** Whose journal this browser shows. */
export interface Account {
  /** Uuid of the user. */
  id: string;
  username: string;
}

const ACCOUNT = 'logdate-account';
const DEVICE = 'logdate-device';

const shown = signal(readAccount());

/** Null: nobody has signed in here, or the one who had signed out. Follows the other tabs. */
export const account: ReadonlySignal<Account | null> = shown;

/** Shows this account's journal from now on, here and after the next start. */
export function rememberAccount(next: Account | null): void {
  if (next === null) localStorage.removeItem(ACCOUNT);
  else localStorage.setItem(ACCOUNT, JSON.stringify({ id: next.id, username: next.username }));
  show(next);
}

/** The id of this browser as a device, made at its first start. */
export function deviceId(): string {
  const kept = localStorage.getItem(DEVICE);
  if (kept !== null) return kept;
  const made = crypto.randomUUID();
  localStorage.setItem(DEVICE, made);
  return made;
}

addEventListener('storage', ({ key }) => {
  if (key === ACCOUNT || key === null) show(readAccount());
});

function show(next: Account | null): void {
  if (next?.id !== shown.peek()?.id) shown.value = next;
}

function readAccount(): Account | null {
  try {
    const kept = JSON.parse(localStorage.getItem(ACCOUNT) ?? 'null') as Partial<Account> | null;
    return typeof kept?.id === 'string' && typeof kept.username === 'string'
      ? { id: kept.id, username: kept.username }
      : null;
  } catch {
    return null;
  }
}
