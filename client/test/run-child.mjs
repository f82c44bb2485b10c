// A process of its own over a journal's file, for run-processes.spec.ts. It runs what was built.
// Usage: node run-child.mjs <file> open-and-close | upload
import { libsqlStore } from '../dist/node/libsql.js';
import { LiveValue } from '../dist/live.js';
import { openLogDate } from '../dist/open-log-date.js';

const [file, task] = process.argv.slice(2);

/** The server: nothing to read, and of what is sent to it no word comes back, until it is aborted. */
const transport = {
  push: (_request, signal) => {
    say('pushing');
    return new Promise((_resolve, reject) => {
      const ticking = setInterval(() => undefined, 1_000);
      signal.addEventListener('abort', () => {
        clearInterval(ticking);
        reject(signal.reason);
      });
    });
  },
  pull: (request) => {
    const page = { rows: [], lastTimestamp: 0, hasMore: false, remaining: 0, epoch: 'epoch', serverTime: Date.now() };
    return Promise.resolve(Object.fromEntries(Object.keys(request.since).map((type) => [type, page])));
  },
  status: () => Promise.reject(new Error('not asked for')),
  listen: () => {
    const listening = setInterval(() => undefined, 1_000);
    return () => clearInterval(listening);
  },
};

const journal = await openLogDate({
  name: 'journal',
  store: libsqlStore(file),
  transport,
  auth: { signedIn: new LiveValue(true), signOut: () => Promise.resolve() },
  automatic: task === 'open-and-close',
});
await journal.content.save({ type: 'TEXT', content: 'It rained.' });
if (task === 'open-and-close') {
  await journal.close();
  say('closed');
} else {
  const { ended } = await journal.sync.syncNow();
  say(`ended ${ended}`);
  await journal.close();
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
