// The way to the server for words: GraphQL over fetch.
import { systemClock, type Clock } from '../clock.js';
import type { Auth } from '../log-date.js';
import { ROW_TYPES, type RowType } from '../resources.js';
import { authorised, tokensOf, type UserTokens } from '../tokens.js';
import type { ChangePage, PullRequest, PushRequest, PushResult, Transport } from '../transport.js';
import { integer, outcomeOf, pageOf, text } from './answers.js';
import { mutationInput } from './mutation-input.js';
import { pullOf, PUSH } from './operations.js';
import type { Pokes } from './pokes.js';
import { request, TIMEOUT_MS, type Connection, type Fetch } from './request.js';
import type { Operation } from './typed-operation.js';

export interface GraphqlTransportOptions {
  /** Address of the server without the path of an endpoint, as `https://journal.example`. */
  url: string;
  auth: UserTokens & Pick<Auth, 'signedIn'>;
  /** Whose journal this is; when missing, the first who is signed in. Another user's token is never used. */
  userId?: string;
  /** The id that the engine writes with, where the session has another: a device is not poked for its own writes. */
  deviceId?: string;
  fetch?: Fetch;
  /** `pokes()` of `@logdate/client/pokes`: hears at once that another device wrote. Missing: the timer alone looks. */
  pokes?: Pokes | undefined;
  /** Milliseconds that the server may be silent, 30,000 when missing. */
  timeoutMs?: number;
  clock?: Clock;
}

/** Sends words by GraphQL. */
export function graphqlTransport(options: GraphqlTransportOptions): Transport {
  const {
    url,
    auth,
    deviceId,
    fetch = (...request) => globalThis.fetch(...request),
    timeoutMs = TIMEOUT_MS,
    clock = systemClock,
    pokes,
  } = options;
  const connection: Connection = { url, fetch, timeoutMs, clock };
  const tokens = tokensOf(auth, options.userId);
  const ask = <R, V, T>(
    operation: Operation<R, V>,
    variables: V,
    read: (data: R) => T,
    signal: AbortSignal,
  ): Promise<T> =>
    authorised(tokens, (accessToken) =>
      request(connection, operation, variables, read, { accessToken, deviceId, signal }),
    );

  return {
    async push({ deviceId, epoch, mutations }: PushRequest, signal: AbortSignal): Promise<PushResult> {
      const input = { deviceId, epoch, mutations: mutations.map(mutationInput) };
      return ask(
        PUSH,
        { input },
        ({ push }) => {
          if (push.outcomes.length !== mutations.length) throw new TypeError('Not one outcome for each mutation');
          return {
            outcomes: mutations.map(({ type, mutationId }, at) => outcomeOf(type, mutationId, push.outcomes[at] ?? {})),
            epoch: text(push.epoch),
            serverTime: integer(push.serverTime),
          };
        },
        signal,
      );
    },

    async pull({ since, limit, withDeletions }: PullRequest, signal: AbortSignal) {
      const asked = ROW_TYPES.filter((type) => since[type] !== undefined);
      return ask(
        pullOf(asked),
        { limit, withDeletions, ...since },
        (pages) => {
          const read: Partial<Record<RowType, ChangePage>> = {};
          for (const type of asked) read[type] = pageOf(type, pages[type], since[type] ?? 0);
          return read;
        },
        signal,
      );
    },

    ...(pokes && {
      listen: (...told: [onPoke: () => void, onConnected?: () => void]) =>
        pokes({ url, tokens, deviceId, signedIn: auth.signedIn, clock }, ...told),
    }),
  };
}
