// The public face of the core.
export { graphqlTransport, type GraphqlTransportOptions } from './graphql/transport.js';
export type { LogDate, LogDateOptions } from './log-date.js';
export { openAuth, type AuthOptions, type AuthSession, type Credentials } from './session.js';
export {
  localStorageSessions,
  memorySessions,
  sessionOf,
  type SessionStore,
  type StoredSession,
  type User,
} from './session-store.js';
