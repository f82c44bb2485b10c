// The way to the server by POST: with the token, which is taken from the answers, and with a file where one is asked for.
import type { ExecutionResult } from 'graphql';
import type { Headers, Request } from './request.js';
import { isRecord, readSession, type Session, type SessionStore } from './session.js';
import { multipartBody, samplePicture, uploadVariables } from './upload.js';

/** The server of this page, as the one who is signed in reaches it. */
export interface Server {
  /** Sends one request, and takes the session that the answer brings. `headers` go before those of the page. */
  ask(request: Request, headers?: Headers): Promise<ExecutionResult>;
  /** The header with the token, which is good for a while; none while nobody is signed in. */
  authorization(): Promise<Headers>;
  signOut(): Promise<void>;
}

/** Where the page is, and the interface. */
export const PATH = '/graphql';

/** A token that is about to end is exchanged before it is sent. */
const REFRESH_BEFORE_MS = 30_000;

const REFRESH = `mutation ($refreshToken: String!) {
  refreshSession(refreshToken: $refreshToken) { accessToken refreshToken expiresAt user { username } }
}`;

/** Opens the way. `chosenFile` is what the person wants to upload, if anything. */
export function serverOf(session: SessionStore, chosenFile: () => File | undefined): Server {
  // A refresh token is good for one exchange: whoever comes meanwhile waits for it.
  let refreshing: Promise<void> | undefined;

  async function authorization(): Promise<Headers> {
    if (isEnding(session.current())) {
      refreshing ??= refresh(session).finally(() => (refreshing = undefined));
      await refreshing;
    }
    const { accessToken } = session.current() ?? {};
    return accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` };
  }

  async function ask(request: Request, headers: Headers = {}): Promise<ExecutionResult> {
    const sent = await authorization();
    const answer = await post(request, { ...sent, ...headers }, chosenFile());
    const isOurs = session.current() !== undefined && headers['authorization'] === undefined;
    if (isOurs && isUnauthenticated(answer)) session.forget();
    takeSession(session, answer);
    return answer;
  }

  return {
    ask,
    authorization,
    async signOut() {
      // Whether or not the server hears of it, this tab has no token any more.
      await ask({ query: 'mutation { signOut }' }).finally(() => session.forget());
    },
  };
}

function isEnding(session: Session | undefined): boolean {
  return session?.refreshToken !== undefined && (session.expiresAt ?? Infinity) - REFRESH_BEFORE_MS < Date.now();
}

async function refresh(session: SessionStore): Promise<void> {
  const refreshToken = session.current()?.refreshToken;
  const answer = await post({ query: REFRESH, variables: { refreshToken } }, {}, undefined);
  if (isUnauthenticated(answer)) session.forget();
  else takeSession(session, answer);
}

async function post(request: Request, headers: Headers, chosenFile: File | undefined): Promise<ExecutionResult> {
  const fileNames = uploadVariables(request);
  const isMultipart = fileNames.length > 0;
  const response = await fetch(PATH, {
    method: 'POST',
    headers: {
      accept: 'application/json',
      // The boundary of a multipart body is the browser's; this header says that it is no form of a foreign page.
      ...(isMultipart ? { 'apollo-require-preflight': 'true' } : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: isMultipart
      ? multipartBody(request, fileNames, chosenFile ?? (await samplePicture()))
      : JSON.stringify(request),
  });
  return (await response.json()) as ExecutionResult;
}

function isUnauthenticated({ errors }: ExecutionResult): boolean {
  return errors?.some(({ extensions }) => extensions?.['code'] === 'UNAUTHENTICATED') === true;
}

/** By what a field holds: a person may give it any name. */
function takeSession(session: SessionStore, { data }: ExecutionResult): void {
  if (!isRecord(data)) return;
  if (data['signOut'] === true) session.forget();
  const next = Object.values(data).map(readSession).find(Boolean);
  if (next !== undefined) session.keep(next);
}
