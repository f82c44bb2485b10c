import { resolve } from 'node:path';
import { ConsoleLogger, Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import { jwtSecretIn } from './auth/jwt-secret.js';
import { ConfigError, hasPlayground, readConfig, type Config } from './config.js';
import { createApp } from './create-app.js';
import { DatabaseNotReadyError, prepareDatabase } from './database/prepare.js';
import { EmbeddedPostgresError, startEmbeddedPostgres } from './database/embedded-postgres.js';

const log = new Logger('LogDate Cloud');

const CONNECT_TIMEOUT_MS = 5_000;
/** npm sends a terminal's signal on to a server that had it already; what comes later than this ends the server at once. */
const SAME_SIGNAL_MS = 1_000;

/** The server cannot start with what it was given; the message says what to change. */
class StartError extends Error {}

/** Reads the settings, starts PostgreSQL where none is given, prepares it, listens, and stops in the reverse order. */
async function main(): Promise<void> {
  const given = readConfig();
  const stopRequested = untilStopRequested();
  if (given.environment === 'production') Logger.overrideLogger(new ConsoleLogger({ json: true }));
  const embedded =
    given.databaseUrl === ''
      ? await startEmbeddedPostgres({ dataDir: given.dataDir, log: (line) => log.log(line) })
      : undefined;
  try {
    if (embedded === undefined) await checkDatabases(given);
    const config: Config = {
      ...given,
      jwtSecret: given.jwtSecret || (await generatedSecret(given.dataDir)),
      databaseUrl: embedded?.appUrl ?? given.databaseUrl,
      databaseOwnerUrl: embedded?.ownerUrl ?? given.databaseOwnerUrl,
    };
    await prepareDatabase(config.databaseUrl, config.databaseOwnerUrl);
    const app = await createApp(config);
    try {
      await listen(app, config);
      await stopRequested;
    } finally {
      await app.close();
    }
  } finally {
    await embedded?.stop();
  }
}

/** Our own handlers, not Nest's: its shutdown hooks end the process by the same signal, before PostgreSQL has stopped. */
async function untilStopRequested(): Promise<void> {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  await new Promise<void>((requested) => {
    for (const signal of signals) process.on(signal, () => requested());
  });
  setTimeout(() => {
    for (const signal of signals) process.removeAllListeners(signal);
  }, SAME_SIGNAL_MS).unref();
}

async function listen(app: NestFastifyApplication, config: Config): Promise<void> {
  const { host: given, port, environment, webApp } = config;
  await app.init();
  const host = given || (environment === 'production' ? '0.0.0.0' : 'localhost');
  try {
    await app.listen({ port, host });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'EADDRINUSE' ? 'another program uses it' : message;
    throw new StartError(
      `The server cannot listen on port ${port} of ${host}: ${reason}. ` +
        'Set PORT to a free port (0 takes any), and HOST to an address of this machine.',
      { cause: error },
    );
  }
  const url = (await app.getUrl()).replace('[::1]', 'localhost').replace('127.0.0.1', 'localhost');
  if (webApp === 'on') log.log(`Journal in the browser at ${url}/`);
  log.log(`GraphQL at ${url}/graphql${hasPlayground(config) ? ', for a browser its playground' : ''}`);
}

/** Looks whether the given addresses lead to a database, so that the one that does not is named, without its password. */
async function checkDatabases({ databaseUrl, databaseOwnerUrl }: Config): Promise<void> {
  await checkDatabase('DATABASE_URL', databaseUrl);
  if (databaseOwnerUrl !== '') await checkDatabase('DATABASE_OWNER_URL', databaseOwnerUrl);
}

async function checkDatabase(variable: string, address: string): Promise<void> {
  if (!URL.canParse(address) || !/^postgres(ql)?:/.test(address)) {
    throw new StartError(
      `${variable} must have the form postgresql://user:password@host:port/database, ` +
        'with % codes for special characters of the password.',
    );
  }
  const client = new pg.Client({ connectionString: address, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    const { username, host, pathname } = new URL(address);
    // A host with several addresses has a reason for each, and no message of its own.
    const reasons = (error instanceof AggregateError ? error.errors : [error]) as Error[];
    throw new StartError(
      `The database of ${variable} (${username}@${host}${pathname}) cannot be used: ` +
        `${reasons.map(({ message }) => message).join(', ')}. ` +
        'Check that PostgreSQL runs there, and its user, password and database.',
      { cause: error },
    );
  } finally {
    await client.end();
  }
}

async function generatedSecret(dataDir: string): Promise<string> {
  try {
    return await jwtSecretIn(dataDir);
  } catch (error) {
    throw new StartError(
      `The generated JWT secret cannot be kept in ${resolve(dataDir)}: ${(error as Error).message}. ` +
        'Set DATA_DIR to a folder that this user can write to, or set JWT_SECRET.',
      { cause: error },
    );
  }
}

const EXPECTED = [ConfigError, DatabaseNotReadyError, EmbeddedPostgresError, StartError];

try {
  await main();
} catch (error) {
  // What a person can mend is said in one message; the rest with its stack.
  const isExpected = EXPECTED.some((expected) => error instanceof expected);
  const text = error instanceof Error ? (isExpected ? error.message : error.stack) : String(error);
  // Not only an exit code: what a failed start left open must not keep the process.
  process.stderr.write(`${text}\n`, () => process.exit(1));
}
