// The session of a browser where its service workers can read it too.
import { sessionIn, type SessionStore } from '../session-store.js';
import { indexedDbRecord } from './indexeddb-record.js';

/**
 * A session in IndexedDB, shared by all tabs and workers of the origin: saved is on disk.
 * @param database may hold other records of `indexedDbRecord`; the session is the one with the key `session`
 */
export function indexedDbSessions(database = 'logdate-session'): SessionStore {
  const record = indexedDbRecord(database, 'session');
  return {
    load: async () => sessionIn(await record.load()),
    save: async (session) => void (await record.change(() => session)),
    clear: async () => void (await record.change(() => undefined)),
    watch: (changed) => record.watch(changed),
  };
}
