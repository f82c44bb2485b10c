import { mkdir } from 'node:fs/promises';
import { ConsoleLogger, Logger } from '@nestjs/common';
import { jwtSecretIn } from './auth/jwt-secret.js';
import { ConfigError, readConfig, type Config } from './config.js';
import { createApp } from './create-app.js';
import { DatabaseNotReadyError, prepareDatabase } from './database/prepare.js';
import { EmbeddedPostgresError, startEmbeddedPostgres, type EmbeddedPostgres } from './database/embedded-postgres.js';

const log = new Logger('LogDate Cloud');

/** Reads the settings, starts PostgreSQL where none is given, prepares it, listens, and stops in the reverse order. */
async function main(): Promise<void> {
  const given = readConfig();
  // Ours, not Nest's: its shutdown hooks end the process by the same signal, before PostgreSQL has stopped.
  const stopRequested = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  if (given.environment === 'production') Logger.overrideLogger(new ConsoleLogger({ json: true }));
  const jwtSecret = given.jwtSecret || (await jwtSecretIn(given.dataDir));
  const embedded = given.databaseUrl === '' ? await startEmbedded(given) : undefined;
  try {
    const config: Config = {
      ...given,
      jwtSecret,
      databaseUrl: embedded?.appUrl ?? given.databaseUrl,
      databaseOwnerUrl: embedded?.ownerUrl ?? given.databaseOwnerUrl,
    };
    await prepareDatabase(config.databaseUrl, config.databaseOwnerUrl);
    const app = await createApp(config);
    await app.listen({
      port: config.port,
      host: config.host || (config.environment === 'production' ? '0.0.0.0' : 'localhost'),
    });
    log.log(
      `GraphQL at ${(await app.getUrl()).replace('[::1]', 'localhost').replace('127.0.0.1', 'localhost')}/graphql`,
    );
    await stopRequested;
    await app.close();
  } finally {
    await embedded?.stop();
  }
}

async function startEmbedded({ dataDir }: Config): Promise<EmbeddedPostgres> {
  await mkdir(dataDir, { recursive: true });
  return startEmbeddedPostgres({ dataDir, log: (line) => log.log(line) });
}

const EXPECTED = [ConfigError, DatabaseNotReadyError, EmbeddedPostgresError];

try {
  await main();
} catch (error) {
  // What a person can mend is said in one message; the rest with its stack.
  if (error instanceof Error && EXPECTED.some((expected) => error instanceof expected))
    process.stderr.write(`${error.message}\n`);
  else process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
}
