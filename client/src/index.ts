// The public face of the core.
export { openLogDate, UnsyncedError } from './open-log-date.js';
export { mutationBytes, PUSH_BYTES } from './graphql/mutation-input.js';
export { graphqlTransport, type GraphqlTransportOptions } from './graphql/transport.js';
export { uuidV5 } from './uuid-v5.js';
export { associationId } from './resources.js';
export { NewerStoreError, StoreFullError, StoreLostError } from './store.js';
export { TransportError } from './transport.js';
export type { Pokes } from './graphql/pokes.js';
export type { Fetch } from './graphql/request.js';
export type * from './files-part.js';
export type * from './log-date.js';
export type * from './resources.js';
export type * from './store.js';
export type * from './sync-status.js';
export type * from './tables.js';
export type * from './transport.js';
