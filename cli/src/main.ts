// The `logdate` command. The first Ctrl+C ends it at the next whole step, the second at once.
import { run } from './program.js';

const ending = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => ending.abort());
}
process.exitCode = await run(process.argv.slice(2), ending.signal);
