// The session of a device: who is signed in, and tokens that are refreshed once for all tabs.
//
//   signed out ─signUp, signIn─► signed in ─about to end, 401─► refreshing ─answered─► signed in
//                                                                 ├ no answer ─► signed in, with the same refresh token
//                                                                 └ refused ───► signed out; entries stay
import { systemClock, type Clock } from './clock.js';
import { request, TIMEOUT_MS, type Connection, type Fetch } from './graphql/request.js';
import { REFRESH, SIGN_IN, SIGN_OUT, SIGN_UP, type SessionResult } from './graphql/session-operations.js';
import { LiveValue, type Live } from './live.js';
import type { Auth } from './log-date.js';
import type { SessionStore, StoredSession, User } from './session-store.js';
import { inTurn, type Locks } from './session-turn.js';
import { authorised, isRefused } from './tokens.js';
import { TransportError } from './transport.js';

export {
  localStorageSessions,
  memorySessions,
  sessionIn,
  sessionOf,
  type SessionStore,
  type StoredSession,
  type User,
} from './session-store.js';
export type { Locks } from './session-turn.js';

/** An account and the device that signs in. */
export interface Credentials {
  /** 3 to 64 characters, or an e-mail address. */
  username: string;
  /** 8 to 256 characters. */
  password: string;
  /** 1 to 128 characters, chosen once by this installation. */
  deviceId: string;
  /** What a person calls the device, at most 128 characters. */
  deviceName?: string;
}

/** The session of this device. Every method throws TransportError and nothing else. */
export interface AuthSession extends Auth {
  readonly user: Live<User | null>;
  /** Makes an account and signs this device in. */
  signUp(credentials: Credentials): Promise<User>;
  signIn(credentials: Credentials): Promise<User>;
  /**
   * A token that should still be valid: refreshed first where it is about to end.
   * @param userId another user's token is not given away: SIGNED_OUT
   */
  accessToken(userId?: string): Promise<string>;
  /** A token other than the one that was refused. @throws TransportError SIGNED_OUT when the session has ended */
  refresh(usedToken: string, userId?: string): Promise<string>;
  /** Stops listening to other tabs. */
  close(): void;
}

export interface AuthOptions {
  /** Address of the server without the path of an endpoint. */
  url: string;
  sessions: SessionStore;
  fetch?: Fetch;
  /** The browser's Web Locks when missing; without any, calls in this process still take turns. */
  locks?: Locks;
  clock?: Clock;
  timeoutMs?: number;
}

/** The part of a token's life after which it is refreshed without waiting for a 401. */
const FRESH_PART = 0.9;

/** Opens the session that is stored on this device, if there is one. */
export async function openAuth(options: AuthOptions): Promise<AuthSession> {
  const session = new DeviceSession(options);
  await session.look();
  return session;
}

class DeviceSession implements AuthSession {
  readonly signedIn = new LiveValue(false);
  readonly user = new LiveValue<User | null>(null);
  private readonly connection: Connection;
  private readonly unwatch: (() => void) | undefined;

  constructor(private readonly options: AuthOptions) {
    const {
      url,
      fetch = (...request) => globalThis.fetch(...request),
      timeoutMs = TIMEOUT_MS,
      clock = systemClock,
    } = options;
    this.connection = { url, fetch, timeoutMs, clock };
    // What cannot be read now is read, and its error told, with the next token.
    this.unwatch = options.sessions.watch?.(() => void this.look().catch(() => undefined));
  }

  signUp(credentials: Credentials): Promise<User> {
    return this.enter(SIGN_UP, credentials);
  }

  signIn(credentials: Credentials): Promise<User> {
    return this.enter(SIGN_IN, credentials);
  }

  async signOut(): Promise<void> {
    // A server that cannot be reached ends an unused session by itself.
    await authorised(this, (accessToken) =>
      request(this.connection, SIGN_OUT, {}, () => undefined, { accessToken }),
    ).catch(() => undefined);
    await this.inTurn(() => this.keep(undefined));
  }

  async accessToken(userId?: string): Promise<string> {
    const { accessToken, receivedAt, lifetimeMs } = this.of(await this.look(), userId);
    // Both by the device's clock, so a wrong clock does not matter; a clock that was set is found out by a 401.
    const isFresh = lifetimeMs === null || this.connection.clock.now() - receivedAt < lifetimeMs * FRESH_PART;
    return isFresh ? accessToken : this.refresh(accessToken, userId);
  }

  refresh(usedToken: string, userId?: string): Promise<string> {
    return this.inTurn(async () => {
      const session = this.of(await this.look(), userId);
      // Another tab has refreshed already.
      if (session.accessToken !== usedToken) return session.accessToken;
      const next = await this.ask(REFRESH, { refreshToken: session.refreshToken }).catch((error: unknown) => {
        if (isRefused(error)) return undefined;
        throw error;
      });
      // Signed out, or in anew, while the answer was on its way: that stands.
      const now = await this.look();
      if (now?.refreshToken !== session.refreshToken) return this.of(now, userId).accessToken;
      await this.keep(next);
      return this.of(next, userId).accessToken;
    });
  }

  close(): void {
    this.unwatch?.();
  }

  /** Reads the stored session, which another tab may have changed. */
  async look(): Promise<StoredSession | undefined> {
    const session = await stored(() => this.options.sessions.load());
    this.tell(session);
    return session;
  }

  private async enter(operation: typeof SIGN_UP | typeof SIGN_IN, input: Credentials): Promise<User> {
    const session = await this.ask(operation, { input });
    await this.inTurn(() => this.keep(session));
    return session.user;
  }

  private ask<V>(
    operation: Parameters<typeof request<SessionResult, V, StoredSession>>[1],
    variables: V,
  ): Promise<StoredSession> {
    // Before it is sent: a token is never younger than it is taken for.
    const receivedAt = this.connection.clock.now();
    return request(this.connection, operation, variables, ({ session }) => sessionFrom(session, receivedAt));
  }

  private async keep(session: StoredSession | undefined): Promise<void> {
    const { sessions } = this.options;
    await stored(() => (session ? sessions.save(session) : sessions.clear()));
    this.tell(session);
  }

  private tell(session: StoredSession | undefined): void {
    const user = session?.user ?? null;
    if (user?.id !== this.user.get()?.id) this.user.set(user);
    this.signedIn.set(user !== null);
  }

  private of(session: StoredSession | undefined, userId: string | undefined): StoredSession {
    if (session !== undefined && (userId ?? session.user.id) === session.user.id) return session;
    throw new TransportError('SIGNED_OUT', session ? 'Another user is signed in' : 'Nobody is signed in');
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const { sessions, locks } = this.options;
    return inTurn({ sessions, locks, connection: this.connection }, work);
  }
}

function sessionFrom(
  { accessToken, refreshToken, expiresAt, user }: SessionResult['session'],
  receivedAt: number,
): StoredSession {
  if (![accessToken, refreshToken, user.id, user.username].every((text) => typeof text === 'string'))
    throw new TypeError('This is no session');
  return {
    accessToken,
    refreshToken,
    user: { id: user.id, username: user.username },
    receivedAt,
    lifetimeMs: lifetimeOf(accessToken, expiresAt),
  };
}

/** From the token's own two times, both by the server's clock. */
function lifetimeOf(accessToken: string, expiresAt: number): number | null {
  try {
    const claims = atob(accessToken.split('.')[1]?.replace(/-/g, '+').replace(/_/g, '/') ?? '');
    return expiresAt - (JSON.parse(claims) as { iat: number }).iat * 1000 || null;
  } catch {
    return null;
  }
}

/** A storage that refuses is not an answer of the server; nothing is forgotten for it. */
async function stored<T>(access: () => Promise<T>): Promise<T> {
  try {
    return await access();
  } catch (cause) {
    throw new TransportError('INTERNAL', 'The session cannot be stored on this device', {}, { cause });
  }
}
