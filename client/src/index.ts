// The public face of the core.
export { openLogDate, UnsyncedError } from './open-log-date.js';
export { graphqlTransport, type GraphqlTransportOptions } from './graphql/transport.js';
export { httpMediaTransport, type HttpMediaTransportOptions } from './media/http-media-transport.js';
export { freeLocalCopies } from './media/media-edits.js';
export { openAuth, type AuthOptions, type AuthSession, type Credentials } from './session.js';
export {
  localStorageSessions,
  memorySessions,
  sessionOf,
  type SessionStore,
  type StoredSession,
  type User,
} from './session-store.js';
export { uuidV5 } from './uuid-v5.js';
export { associationId } from './resources.js';
export { NewerStoreError, StoreFullError, StoreLostError } from './store.js';
export { TransportError } from './transport.js';
export type * from './log-date.js';
export type * from './media/media-transport.js';
export type { Hasher, NewHasher } from './media/sha256.js';
export type * from './resources.js';
export type * from './store.js';
export type * from './sync-status.js';
export type * from './tables.js';
export type * from './transport.js';
