// Who is signed in, for as long as the tab: taken from the answers to signUp and signIn.

/** What an answer told of a session; all but the token only where it was selected. */
export interface Session {
  accessToken: string;
  refreshToken?: string;
  /** Milliseconds since 1970, by the server's clock. */
  expiresAt?: number;
  username?: string;
}

/** The one session of this tab. */
export interface SessionStore {
  current: () => Session | undefined;
  keep: (session: Session) => void;
  forget: () => void;
  /** Calls `onChange` from now on, until the answer is called. */
  subscribe: (onChange: () => void) => () => void;
}

const KEY = 'logdate:session';

/** Opens what a storage holds. */
export function sessionIn(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): SessionStore {
  let session = readSession(parsed(storage.getItem(KEY)));
  const listeners = new Set<() => void>();
  const change = (next: Session | undefined): void => {
    session = next;
    if (next === undefined) storage.removeItem(KEY);
    else storage.setItem(KEY, JSON.stringify(next));
    for (const listener of listeners) listener();
  };
  return {
    current: () => session,
    keep: change,
    forget: () => change(undefined),
    subscribe(onChange) {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
  };
}

/** The session in what a field of an answer holds, undefined where there is none. */
export function readSession(value: unknown): Session | undefined {
  if (!isRecord(value) || typeof value['accessToken'] !== 'string') return undefined;
  const { accessToken, refreshToken, expiresAt, user } = value;
  const username = isRecord(user) ? user['username'] : value['username'];
  return {
    accessToken,
    ...(typeof refreshToken === 'string' && { refreshToken }),
    ...(typeof expiresAt === 'number' && { expiresAt }),
    ...(typeof username === 'string' && { username }),
  };
}

/** Whether a value from outside has fields. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return undefined;
  }
}
