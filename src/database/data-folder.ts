/**
 * The folder of the embedded database: the one error that names it, and the lock that lets one server use it.
 *
 * The lock is a listening Unix socket, because the kernel closes it with the process: it cannot go stale, and it is
 * seen from another container on the same volume. Each server listens on a socket of its own and only then looks for
 * others, so two that start together may both step back (and try again), but never both go on.
 */
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LOCK_PREFIX = 'postgres.lock-';
/** Long enough for a server that is just stopping, short enough for a person who started a second one. */
const LOCK_WAIT_MS = 3_000;
/** What a socket address can hold on macOS; Linux goes through /proc and has no such limit. */
const MAX_SOCKET_PATH = 103;

/** The embedded database could not be started or used; the message names the folder and says what to do. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';

  constructor(
    folder: string,
    reason: string,
    { advice = adviceForThisUser(), cause }: { advice?: string; cause?: unknown } = {},
  ) {
    super(`The embedded database cannot use ${folder}: ${reason}. ${advice}`, { cause });
  }
}

/** Takes the lock of a folder and answers with the function that gives it back; throws when another server holds it. */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const deadline = Date.now() + LOCK_WAIT_MS;
  for (;;) {
    const attempt = process.platform === 'win32' ? await tryPipe(folder) : await trySocket(folder);
    if ('release' in attempt) return attempt.release;
    if (Date.now() > deadline) {
      throw new EmbeddedPostgresError(
        folder,
        `another LogDate server uses this folder and is running (${attempt.holder})`,
        {
          advice: 'Stop that server, set DATA_DIR to a folder of its own, or set DATABASE_URL to share one PostgreSQL.',
        },
      );
    }
    // A random pause, so that two servers which saw each other do not step back for ever.
    await sleep(50 + Math.random() * 200);
  }
}

type Attempt = { release: () => Promise<void> } | { holder: string };

async function trySocket(folder: string): Promise<Attempt> {
  const own = `${LOCK_PREFIX}${process.pid}-${randomBytes(6).toString('hex')}`;
  const directory = openSync(folder, 'r');
  const address = (name: string) =>
    process.platform === 'linux' ? `/proc/self/fd/${directory}/${name}` : join(folder, name);
  let server: Server | undefined;
  const release = async () => {
    await rm(join(folder, own), { force: true });
    await new Promise((done) => (server ? server.close(done) : done(undefined)));
    closeSync(directory);
  };
  try {
    if (address(own).length > MAX_SOCKET_PATH) throw new Error('its path is too long for a socket');
    server = await listen(address(own));
    const other = await findAlive(folder, own, address);
    // A server that looked between our bind and our listen took our socket for a dead one and removed it.
    if (!other && existsSync(join(folder, own))) return { release };
    await release();
    return { holder: `process ${other?.slice(LOCK_PREFIX.length).split('-')[0] ?? 'unknown'}` };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Another socket in the folder that is listened on; those that are not belong to dead servers and are removed. */
async function findAlive(folder: string, own: string, address: (name: string) => string): Promise<string | undefined> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(LOCK_PREFIX) || name === own) continue;
    const refusal = await new Promise<string | undefined>((done) => {
      const socket = connect(address(name), () => done(undefined));
      socket.on('error', (error: NodeJS.ErrnoException) => done(error.code));
      socket.setTimeout(1_000, () => done(undefined)).end();
    });
    if (refusal !== 'ECONNREFUSED' && refusal !== 'ENOENT') return name;
    await rm(join(folder, name), { force: true });
  }
  return undefined;
}

/** Windows has no sockets in folders, but a pipe name has one owner and dies with it. */
async function tryPipe(folder: string): Promise<Attempt> {
  const name = createHash('sha256').update(folder.toLowerCase()).digest('hex').slice(0, 32);
  try {
    const server = await listen(`\\\\.\\pipe\\logdate-${name}`);
    return { release: () => new Promise((done) => server.close(() => done())) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return { holder: 'its process holds the lock' };
    throw error;
  }
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server: Server = createServer((socket) => socket.on('error', () => {}).destroy())
      .on('error', reject)
      .listen(path, () => resolve(server.unref()));
  });
}

function adviceForThisUser(): string {
  const user = process.getuid ? `the user with id ${process.getuid()}` : 'this user';
  return `Set DATA_DIR to a folder on a local disk that ${user} can write to, or set DATABASE_URL to a PostgreSQL of your own.`;
}
