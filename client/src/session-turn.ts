// One after the other: what changes the stored session, in all tabs.
import type { Connection } from './graphql/request.js';
import type { SessionStore } from './session-store.js';

/** Web Locks, as far as they are needed. */
export interface Locks {
  request<T>(name: string, options: { signal?: AbortSignal }, work: () => Promise<T>): Promise<T>;
}

interface Turn {
  sessions: SessionStore;
  locks: Locks | undefined;
  connection: Connection;
}

const queues = new WeakMap<SessionStore, Promise<unknown>>();

/** Runs `work` when no other call in this process, and no other tab, changes the session. */
export function inTurn<T>(turn: Turn, work: () => Promise<T>): Promise<T> {
  const before = queues.get(turn.sessions) ?? Promise.resolve();
  const result = before.then(() => locked(turn, work));
  queues.set(
    turn.sessions,
    result.catch(() => undefined),
  );
  return result;
}

/** Without a lock, or with one that a frozen tab holds, two may refresh at once: the server answers both the same. */
async function locked<T>(
  { locks = globalThis.navigator?.locks, connection }: Turn,
  work: () => Promise<T>,
): Promise<T> {
  if (!locks) return work();
  const waiting = new AbortController();
  const cancel = connection.clock.after(2 * connection.timeoutMs, () => waiting.abort());
  let isOurs = false;
  try {
    return await locks.request(`logdate-session ${connection.url}`, { signal: waiting.signal }, () => {
      isOurs = true;
      cancel();
      return work();
    });
  } catch (error) {
    if (isOurs) throw error;
    return await work();
  } finally {
    cancel();
  }
}
