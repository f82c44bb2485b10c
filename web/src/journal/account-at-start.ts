// Whose journal a start shows. A browser can lose one of the places that say it; the journal must not seem gone then.

/** Whose journal this browser shows. */
export interface Account {
  /** Uuid of the user. */
  id: string;
  /** Empty where only the journal was found, and not whose it is. */
  username: string;
}

/** What this browser has kept. */
export interface Kept {
  /** Who is signed in. */
  user: Account | undefined;
  /** The record of the account: null after a sign-out, undefined where there is none. */
  account: unknown;
  /** Names of the databases, asked for only where nothing else says whose journal it is. */
  databases: () => Promise<readonly (string | undefined)[]>;
}

const JOURNAL = /^logdate-([\da-f]{8}-[\da-f-]{27})$/;

/** Who is signed in, else who was; where nothing is remembered, the only account that has a journal here. */
export async function accountAtStart({ user, account, databases }: Kept): Promise<Account | null> {
  if (user !== undefined) return accountIn(user);
  if (account !== undefined) return accountIn(account);
  const ids = (await databases()).flatMap((name) => JOURNAL.exec(name ?? '')?.[1] ?? []);
  return ids.length === 1 ? accountIn({ id: ids[0], username: '' }) : null;
}

/** The account in a record; null where it holds none. */
export function accountIn(kept: unknown): Account | null {
  const { id, username } = (kept ?? {}) as Partial<Account>;
  return typeof id === 'string' && typeof username === 'string' ? { id, username } : null;
}
