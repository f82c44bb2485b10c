// Where a device keeps its session: outside of the user's database, which stays when the session ends.

export interface User {
  id: string;
  username: string;
}

/** What a device needs to act for its user. */
export interface StoredSession {
  accessToken: string;
  /** For one refresh; the server keeps it valid until its successor is used. */
  refreshToken: string;
  user: User;
  /** When the tokens were asked for, by the device's clock, in milliseconds: good for the token's age, not for a date. */
  receivedAt: number;
  /** How long the access token lives from then, in milliseconds; null where it does not say. */
  lifetimeMs: number | null;
}

/** Keeps the session of a device. Several tabs or processes may share one. */
export interface SessionStore {
  load(): Promise<StoredSession | undefined>;
  save(session: StoredSession): Promise<void>;
  clear(): Promise<void>;
  /** Calls `changed` when another tab saved or cleared, until the answer is called. */
  watch?(changed: () => void): () => void;
}

/** A session that is forgotten with the page or process. */
export function memorySessions(): SessionStore {
  let text: string | null = null;
  return {
    load: async () => sessionOf(text),
    save: async (session) => void (text = JSON.stringify(session)),
    clear: async () => void (text = null),
  };
}

/** A session in the browser's localStorage, shared by all tabs of the origin. */
export function localStorageSessions(name = 'logdate-session'): SessionStore {
  return {
    load: async () => sessionOf(localStorage.getItem(name)),
    save: async (session) => localStorage.setItem(name, JSON.stringify(session)),
    clear: async () => localStorage.removeItem(name),
    watch(changed) {
      // Without a key everything was cleared.
      const told = ({ key }: StorageEvent): void => {
        if (key === name || key === null) changed();
      };
      addEventListener('storage', told);
      return () => removeEventListener('storage', told);
    },
  };
}

/** Reads a session that was kept as JSON; what is not one counts as none. */
export function sessionOf(text: string | null): StoredSession | undefined {
  try {
    return sessionIn(JSON.parse(text ?? 'null'));
  } catch {
    return undefined;
  }
}

/** The value that was kept, where it is a session. */
export function sessionIn(kept: unknown): StoredSession | undefined {
  const session = kept as StoredSession | null | undefined;
  return typeof session?.accessToken === 'string' &&
    typeof session.refreshToken === 'string' &&
    typeof session.user?.id === 'string'
    ? session
    : undefined;
}
