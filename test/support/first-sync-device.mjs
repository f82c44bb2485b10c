// A device in a process of its own, so that its memory is counted alone. It runs what was built.
// Usage: node first-sync-device.mjs <server> <user name> <password> <file>; the last line it prints is its report.
import { graphqlTransport, openLogDate } from '@logdate/client';
import { libsqlStore } from '@logdate/client/libsql';
import { memorySessions, openAuth } from '@logdate/client/session';

const [url, username, password, file] = process.argv.slice(2);
const deviceId = 'second';
const auth = await openAuth({ url, sessions: memorySessions() });
const user = await auth.signIn({ username, password, deviceId });
const transport = graphqlTransport({ url, auth, userId: user.id, deviceId });
const db = await openLogDate({ name: user.id, store: libsqlStore(file), transport, auth, deviceId, automatic: false });
const seen = [];
db.sync.status.subscribe(({ progress }) => {
  if (progress?.direction === 'down') seen.push([progress.done, progress.total]);
});
const { ended, pulled } = await db.sync.syncNow();
const entries = await db.content.count();
const [newest] = await db.content.list({ limit: 1 });
await db.close();
auth.close();
// maxRSS is in kilobytes.
const peakMiB = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ ended, pulled, entries, newest: newest?.content, seen, peakMiB }));
