// How much the server holds of an account, for a person to see. The engine itself decides nothing by it.
import { systemClock, type Clock } from './clock.js';
import { integer } from './graphql/answers.js';
import { request, TIMEOUT_MS, type Fetch } from './graphql/request.js';
import { TOTALS } from './graphql/totals-operations.js';
import { authorised, tokensOf, type UserTokens } from './tokens.js';

/** Live rows of an account, and what its files take. */
export interface ServerTotals {
  journals: number;
  entries: number;
  links: number;
  media: number;
  /** Files whose bytes have not arrived yet. */
  pendingUploads: number;
  /** Bytes of its files, each counted once. */
  storageBytes: number;
}

export interface ServerTotalsOptions {
  /** Address of the server without the path of an endpoint, as `https://journal.example`. */
  url: string;
  auth: UserTokens;
  /** Whose totals; when missing, of the one who is signed in. Another user's token is never used. */
  userId?: string;
  signal?: AbortSignal;
  fetch?: Fetch;
  /** Milliseconds that the server may be silent, 30,000 when missing. */
  timeoutMs?: number;
  clock?: Clock;
}

/**
 * Asks the server what it holds.
 * @throws TransportError, or the reason of `signal`
 */
export function serverTotals(options: ServerTotalsOptions): Promise<ServerTotals> {
  const { url, auth, userId, signal, timeoutMs = TIMEOUT_MS, clock = systemClock } = options;
  const fetch: Fetch = options.fetch ?? ((...asked) => globalThis.fetch(...asked));
  const connection = { url, fetch, timeoutMs, clock };
  return authorised(tokensOf(auth, userId), (accessToken) =>
    request(
      connection,
      TOTALS,
      {},
      ({ syncStatus }) => ({
        journals: integer(syncStatus.journalCount),
        entries: integer(syncStatus.contentCount),
        links: integer(syncStatus.associationCount),
        media: integer(syncStatus.mediaCount),
        pendingUploads: integer(syncStatus.pendingUploads),
        storageBytes: integer(syncStatus.storageBytes),
      }),
      { accessToken, signal },
    ),
  );
}
