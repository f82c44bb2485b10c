/**
 * A device in a process of its own, which kills itself before its n-th statement of SQLite. It says on its standard output
 * what it has begun and what was saved, one JSON a line, so that its parent knows what must be there.
 *
 *   node killed-device.mjs <database> <address of the bridge> <statements, 0 for all> <first mark>
 */
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { systemClock } from '../../client/src/clock.js';
import { libsqlDriver } from '../../client/src/node/libsql.js';
import { sqliteStore, type SqliteDriver } from '../../client/src/stores/sqlite.js';
import { TransportError, type ErrorCode, type Transport } from '../../client/src/transport.js';
import { openEngine } from './device-engine.js';

const [, , database = '', bridge = '', most = '0', firstMark = '1'] = process.argv;
const say = (line: object): void => void writeSync(1, `${JSON.stringify(line)}\n`);

let statements = 0;
function counted(driver: SqliteDriver): SqliteDriver {
  const count = (): void => {
    statements += 1;
    if (statements === Number(most)) process.kill(process.pid, 'SIGKILL');
  };
  return {
    exec: (sql) => (count(), driver.exec(sql)),
    run: (sql, values) => (count(), driver.run(sql, values)),
    all: (sql, values) => (count(), driver.all(sql, values)),
    close: () => driver.close(),
  };
}

async function ask<T>(call: string, request: object): Promise<T> {
  const response = await fetch(`${bridge}/${call}`, { method: 'POST', body: JSON.stringify(request) });
  const answer = (await response.json()) as { value: T } | { error: ErrorCode };
  if ('error' in answer) throw new TransportError(answer.error, 'Said by the model');
  return answer.value;
}
const transport: Transport = {
  push: (request) => ask('push', request),
  pull: (request) => ask('pull', request),
};

const store = sqliteStore(counted(libsqlDriver(database)));
const engine = openEngine({ store, transport, clock: systemClock, deviceId: 'killed', newId: randomUUID }, 2);
let mark = Number(firstMark);

async function write(id: string, text: string): Promise<void> {
  const word = `W${mark++}`;
  say({ begun: word });
  await engine.edits.save('content', [{ id, fields: { type: 'TEXT', content: `${text}${word} came. ` } }]);
  say({ saved: word });
}

const [entry, gone] = [randomUUID(), randomUUID()];
await write(entry, '');
await engine.edits.save('content', [{ id: gone, fields: { type: 'TEXT', content: 'Not for long.' } }]);
await engine.run('both');
await write(entry, `W${mark - 1} came. `);
await engine.edits.delete('content', gone);
say({ deleted: gone });
await engine.run('both');
await write(randomUUID(), '');
await store.close();
say({ statements });
