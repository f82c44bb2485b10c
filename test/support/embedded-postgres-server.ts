/**
 * A server with an embedded database and nothing else, for tests that kill it: run as
 * `node embedded-postgres-server.js <data folder>`; it prints one line of JSON when it is up, or when it failed.
 */
import { EmbeddedPostgresError, startEmbeddedPostgres } from '../../src/database/embedded-postgres.js';

const [, , dataDir = '', ...settings] = process.argv;
try {
  const startedAt = Date.now();
  const database = await startEmbeddedPostgres({
    dataDir,
    settings: Object.fromEntries(settings.map((setting) => setting.split('=') as [string, string])),
    log: (line) => process.stderr.write(`${line}\n`),
  });
  console.log(JSON.stringify({ ...database, startMs: Date.now() - startedAt }));
  setInterval(() => {}, 60_000);
} catch (error) {
  console.log(JSON.stringify({ error: String(error), isOurs: error instanceof EmbeddedPostgresError }));
  process.exitCode = 1;
}
