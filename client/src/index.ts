// The public face of the core.
export { mutationBytes, PUSH_BYTES } from './graphql/mutation-input.js';
export type { PokeSocket, PokeSocketClass } from './graphql/pokes.js';
export type { Fetch } from './graphql/request.js';
export { graphqlTransport, type GraphqlTransportOptions } from './graphql/transport.js';
export type { LogDate, LogDateOptions } from './log-date.js';
export type { Body, RemoteRow, RowType } from './resources.js';
export { openAuth, type AuthOptions, type AuthSession, type Credentials } from './session.js';
export {
  localStorageSessions,
  memorySessions,
  sessionOf,
  type SessionStore,
  type StoredSession,
  type User,
} from './session-store.js';
export type { Locks } from './session-turn.js';
export {
  TransportError,
  type ChangePage,
  type ErrorCode,
  type FrozenMutation,
  type Outcome,
  type PullRequest,
  type PushRequest,
  type PushResult,
  type ServerStatus,
  type Transport,
  type VersionConstraint,
} from './transport.js';
