// The `logdate` command. The first Ctrl+C ends it at the next whole step, the second at once.
import { EXIT } from './exit-codes.js';
import { run } from './program.js';

/** A request that cannot be taken back may wait for a silent server; what is stored needs nobody to end it well. */
const PATIENCE_MS = 5_000;

const ending = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => {
    ending.abort();
    setTimeout(() => process.exit(EXIT.interrupted), PATIENCE_MS).unref();
  });
}
// Whoever read the output has read enough, as `head` does: the work goes on to its end, and its exit code says how.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
process.exitCode = await run(process.argv.slice(2), ending.signal);
