// What this browser remembers outside of any journal. It must be readable before a journal is open, and in a worker.
import { signal, type ReadonlySignal } from '@preact/signals';
import { accountAtStart, accountIn, type Account } from './account-at-start.js';
import { accountRecord, deviceRecord, sessions } from './kept-here.js';

export type { Account } from './account-at-start.js';

const shown = signal<Account | null>(null);
let isFollowing = false;

/** Null: nobody has signed in here, or the one who had signed out; and before `recallAccount` has answered. */
export const account: ReadonlySignal<Account | null> = shown;

/** Reads whose journal is shown; from then on `account` follows the other tabs. */
export async function recallAccount(): Promise<Account | null> {
  const [session, kept] = await Promise.all([sessions.load(), accountRecord.load()]);
  const next = await accountAtStart({ user: session?.user, account: kept, databases: databaseNames });
  // Found again by the next start where it cannot be kept now.
  if (next !== null && next.id !== accountIn(kept)?.id) await accountRecord.change(() => next).catch(() => undefined);
  show(next);
  if (!isFollowing) accountRecord.watch(() => void follow());
  isFollowing = true;
  return next;
}

/** Shows this account's journal from now on, here and after the next start. */
export async function rememberAccount(next: Account | null): Promise<void> {
  try {
    // A null stays as a record: who signed out on purpose is not looked for.
    await accountRecord.change(() => next && { id: next.id, username: next.username });
  } finally {
    show(next);
  }
}

/** The id of this browser as a device, made at its first start. */
export async function deviceId(): Promise<string> {
  return String(await deviceRecord.change((kept) => (typeof kept === 'string' ? kept : crypto.randomUUID())));
}

/** What another tab remembers now; what cannot be read changes nothing. */
async function follow(): Promise<void> {
  const kept = await accountRecord.load().catch(() => undefined);
  if (kept !== undefined) show(accountIn(kept));
}

function show(next: Account | null): void {
  const { id, username } = shown.peek() ?? {};
  if (next?.id !== id || next?.username !== username) shown.value = next;
}

async function databaseNames(): Promise<(string | undefined)[]> {
  // Not in every browser.
  const databases = 'databases' in indexedDB ? await indexedDB.databases() : [];
  return databases.map(({ name }) => name);
}
