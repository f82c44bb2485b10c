// How a request gets its token, and what a refused one leads to.
import type { Live } from './live.js';
import { TransportError } from './transport.js';

/** Gives access tokens. */
export interface Tokens {
  accessToken(): Promise<string>;
  /** A token other than the one that was refused. @throws TransportError SIGNED_OUT when the session has ended */
  refresh(usedToken: string): Promise<string>;
}

/** Gives tokens of whoever is signed in, or of one user only. */
export interface UserTokens {
  readonly user: Live<{ id: string } | null>;
  accessToken(userId?: string): Promise<string>;
  refresh(usedToken: string, userId?: string): Promise<string>;
}

/**
 * Tokens of one user: the one given, else the first who is seen. One user's entries must never go to another's
 * account because somebody else signed in, perhaps in another tab.
 */
export function tokensOf(auth: UserTokens, userId?: string): Tokens {
  let owner = userId;
  const one = (): string | undefined => (owner ??= auth.user.get()?.id);
  return {
    async accessToken() {
      const token = await auth.accessToken(one());
      one();
      return token;
    },
    refresh: (usedToken) => auth.refresh(usedToken, one()),
  };
}

/** Whether the server refused the token that came with a request. */
export function isRefused(error: unknown): error is TransportError {
  return error instanceof TransportError && error.code === 'UNAUTHENTICATED';
}

/**
 * Calls with a token; when the server refuses it, once more with another one.
 * @throws TransportError SIGNED_OUT when that one is refused too
 */
export async function authorised<T>(tokens: Tokens, call: (accessToken: string) => Promise<T>): Promise<T> {
  const token = await tokens.accessToken();
  try {
    return await call(token);
  } catch (error) {
    if (!isRefused(error)) throw error;
  }
  const next = await tokens.refresh(token);
  try {
    return await call(next);
  } catch (error) {
    if (!isRefused(error)) throw error;
    throw new TransportError('SIGNED_OUT', error.message, error.details, { cause: error });
  }
}
