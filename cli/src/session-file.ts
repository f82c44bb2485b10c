// Who this device acts for: one file, readable by its owner alone. Each change replaces it as a whole, so that two
// commands at once never see half of it.
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { SessionStore, StoredSession, User } from '@logdate/client/session';

/** What the file holds. */
export interface StoredAccount {
  server: string;
  /** Chosen once for this data folder. */
  deviceId: string;
  /** Whose journal commands work on; stays when the server ends the session, goes with `sign-out`. */
  user: User | null;
  session: StoredSession | null;
}

/** A lock that is older than this was left behind by a process that is gone, in milliseconds. */
const STALE_MS = 60_000;
const LOOK_EVERY_MS = 25;

/** The session file of a data folder. */
export class SessionFile {
  private readonly path: string;

  constructor(private readonly folder: string) {
    this.path = join(folder, 'session.json');
  }

  /** What is stored; a device id that is not stored yet when nothing is. */
  async read(): Promise<StoredAccount> {
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '{}';
      throw error;
    });
    const stored = parse(text);
    const session = typeof stored.session?.refreshToken === 'string' ? stored.session : null;
    return {
      server: typeof stored.server === 'string' ? stored.server : '',
      deviceId: typeof stored.deviceId === 'string' ? stored.deviceId : randomUUID(),
      user: stored.user ?? session?.user ?? null,
      session,
    };
  }

  async write(account: StoredAccount): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const temporary = `${this.path}.${process.pid}`;
    await writeFile(temporary, `${JSON.stringify(account, null, 1)}\n`, { mode: 0o600 });
    await rename(temporary, this.path);
  }

  /** The tokens of the file for the engine; who they belong to stays when they end. */
  sessions(): SessionStore {
    return {
      load: async () => (await this.read()).session ?? undefined,
      save: async (session) => this.write({ ...(await this.read()), session }),
      clear: async () => this.write({ ...(await this.read()), session: null }),
    };
  }

  /** One refresh at a time over all commands on this folder: a token is good for one. */
  readonly locks = {
    request: async <T>(_name: string, { signal }: { signal?: AbortSignal }, work: () => Promise<T>): Promise<T> => {
      const lock = `${this.path}.lock`;
      while (!(await take(lock))) {
        await pause(LOOK_EVERY_MS, undefined, { ...(signal && { signal }) });
        const since = await stat(lock).catch(() => undefined);
        if (since && Date.now() - since.mtimeMs > STALE_MS) await rm(lock, { force: true });
      }
      try {
        return await work();
      } finally {
        await rm(lock, { force: true });
      }
    },
  };
}

async function take(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx', 0o600)).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function parse(text: string): Partial<StoredAccount> {
  try {
    return Object(JSON.parse(text)) as Partial<StoredAccount>;
  } catch {
    // A damaged file is as none: signing in again makes a new one, and the journal lies in another.
    return {};
  }
}
