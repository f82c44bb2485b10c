// The journal of whoever is signed in on this device: its store, the way to the server and the engine over both.
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import {
  graphqlTransport,
  openLogDate,
  TransportError,
  type LocalStore,
  type LogDate,
  type Transport,
} from '@logdate/client';
import { libsqlStore } from '@logdate/client/libsql';
import { nodeHasher } from '@logdate/client/hasher';
import { pokes } from '@logdate/client/pokes';
import { httpMediaTransport, sendFiles, type MediaTransport } from '@logdate/client/media';
import { mergeSentences } from '@logdate/client/merge-sentences';
import { serverTotals, type ServerTotals } from '@logdate/client/server-totals';
import { openAuth, type AuthSession, type User } from '@logdate/client/session';
import { WebSocket } from 'ws';
import { CommandError, EXIT } from './exit-codes.js';
import { SessionFile } from './session-file.js';
import { DEFAULT_SERVER, type Settings } from './settings.js';

/** An open journal; close it. */
export interface OpenDevice {
  db: LogDate;
  store: LocalStore;
  transport: Transport;
  mediaTransport: MediaTransport;
  userId: string;
  username: string;
  server: string;
  /** What the server holds of the account. */
  totals(): Promise<ServerTotals>;
  signedIn(): boolean;
  signOut(unsynced: 'upload-first' | 'keep' | 'delete'): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the journal of whoever signed in last on this data folder.
 * @param options.automatic also listens for the server and sends by itself, as `watch` needs it
 * @param options.signal closes the journal in the middle of whatever it does: nothing is half written
 * @param options.through puts something on the way to the server, as the demo does
 * @throws CommandError signedOut when nobody did
 */
export async function openDevice(
  settings: Pick<Settings, 'dataFolder' | 'server'>,
  options: { automatic?: boolean; signal?: AbortSignal; through?: (transport: Transport) => Transport } = {},
): Promise<OpenDevice> {
  const file = new SessionFile(settings.dataFolder);
  const account = await file.read();
  const { user, deviceId } = account;
  if (user === null)
    throw new CommandError(EXIT.signedOut, 'Nobody is signed in on this device', 'logdate sign-up, or logdate sign-in');
  const server = settings.server ?? (account.server || DEFAULT_SERVER);
  const auth = await openAuth({ url: server, sessions: file.sessions(), locks: file.locks });
  const direct = graphqlTransport({
    url: server,
    auth,
    userId: user.id,
    deviceId,
    pokes: pokes({ webSocket: WebSocket }),
  });
  const transport = options.through?.(direct) ?? direct;
  const mediaTransport = httpMediaTransport({ url: server, auth, userId: user.id, deviceId });
  const store = await openStore(settings, user);
  const db = await openLogDate({
    name: `logdate-${user.id}`,
    store,
    transport,
    files: sendFiles({ transport: mediaTransport }),
    auth,
    deviceId,
    mergeText: mergeSentences,
    newHasher: nodeHasher,
    automatic: options.automatic ?? false,
  });
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= db.close().finally(() => auth.close()));
  // Who waits for the journal is told that it was closed.
  options.signal?.addEventListener('abort', () => void close().catch(() => undefined), { once: true });
  return {
    db,
    store,
    transport,
    mediaTransport,
    userId: user.id,
    username: user.username,
    server,
    totals: () => serverTotals({ url: server, auth, userId: user.id }),
    signedIn: () => auth.signedIn.get(),
    async signOut(unsynced) {
      await db.signOut({ unsynced });
      await file.write({ ...(await file.read()), user: null, session: null });
    },
    close,
  };
}

/** Makes an account or signs in, and remembers server and user in the data folder. */
export async function startSession(
  settings: Pick<Settings, 'dataFolder' | 'server'>,
  how: 'sign-up' | 'sign-in',
  { username, password }: { username: string; password: string },
): Promise<{ user: User; server: string }> {
  const file = new SessionFile(settings.dataFolder);
  const account = await file.read();
  const server = settings.server ?? (account.server || DEFAULT_SERVER);
  // Stored first: a device that signed in is known to the server by this id.
  await file.write({ ...account, server });
  const auth = await openAuth({ url: server, sessions: file.sessions(), locks: file.locks });
  try {
    const user = await enter(auth, how, { username, password, deviceId: account.deviceId, deviceName: hostname() });
    await file.write({ ...(await file.read()), server, user });
    return { user, server };
  } finally {
    auth.close();
  }
}

async function enter(
  auth: AuthSession,
  how: 'sign-up' | 'sign-in',
  credentials: Parameters<AuthSession['signIn']>[0],
): Promise<User> {
  try {
    return await (how === 'sign-up' ? auth.signUp(credentials) : auth.signIn(credentials));
  } catch (error) {
    if (error instanceof TransportError && error.code === 'UNAUTHENTICATED') {
      throw new CommandError(EXIT.signedOut, 'There is no such user, or the password is wrong', undefined, {
        cause: error,
      });
    }
    throw error;
  }
}

// One database for each user: who signs in after another never sees, and never sends, that one's entries.
async function openStore({ dataFolder }: Pick<Settings, 'dataFolder'>, { id }: User): Promise<LocalStore> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  return libsqlStore(join(dataFolder, `${id}.sqlite`));
}
