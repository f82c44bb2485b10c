/** Histories on the real server: a new user for each, and restores of all that belongs to him. */
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { graphqlTransport } from '../../client/src/graphql/transport.js';
import type { RemoteRow, RowType } from '../../client/src/resources.js';
import { memorySessions } from '../../client/src/session-store.js';
import { openAuth, type AuthSession } from '../../client/src/session.js';
import type { Transport } from '../../client/src/transport.js';
import { renewEpoch } from '../../src/sync/epoch.js';
import type { FaultProxy, LineFault } from '../support/fault-proxy.js';
import type { TestServer } from '../support/test-server.js';
import type { Stage } from './history.js';
import { onModel } from './stages.js';

const TABLES = ['journals', 'content', 'associations', 'media', 'mutations'] as const;
type Backup = { clock: { version: number; ms: number }; tables: Record<string, unknown[]> };

/** Long enough for a server on a busy machine, and short enough to wait for in a black hole. */
const IMPATIENT_MS = 400;

/** A stage of its own on a server that is shared. */
export async function onServer(server: TestServer): Promise<Stage> {
  const auth = await signedUp(server);
  return stageOf(server, auth, graphqlTransport({ url: server.url, auth }));
}

/** As `onServer`, over a line with faults until the history comes to its end. */
export async function throughFaults(server: TestServer, proxy: FaultProxy): Promise<Stage> {
  const auth = await signedUp(server);
  const patient = graphqlTransport({ url: server.url, auth });
  let transport = graphqlTransport({ url: proxy.url, auth, timeoutMs: IMPATIENT_MS });
  proxy.next = () => FAULTS[proxy.connections % FAULTS.length] ?? { kind: 'none' };
  const stage = await stageOf(server, auth, {
    push: (request, signal) => transport.push(request, signal),
    pull: (request, signal) => transport.pull(request, signal),
  });
  return {
    ...stage,
    heal() {
      proxy.heal();
      transport = patient;
    },
  };
}

/** Of an exchange of some hundred bytes of headers and some of JSON, cut in every part; connections are kept, so that each must end. */
const FAULTS: readonly LineFault[] = [
  { kind: 'cut answer', after: 0 },
  { kind: 'cut answer', after: 12_000 },
  { kind: 'cut request', after: 120 },
  { kind: 'cut answer', after: 900 },
  { kind: 'refuse' },
  { kind: 'cut request', after: 3_000 },
  { kind: 'slow', by: 15, after: 8_000 },
  { kind: 'cut answer', after: 4_000 },
  { kind: 'black hole' },
  { kind: 'cut request', after: 1_200 },
  { kind: 'cut answer', after: 2_000 },
];

async function signedUp(server: TestServer): Promise<AuthSession> {
  const auth = await openAuth({ url: server.url, sessions: memorySessions() });
  await auth.signUp({ username: `user-${randomUUID()}`, password: 'a good password', deviceId: 'device-1' });
  return auth;
}

function stageOf(server: TestServer, auth: AuthSession, transport: Transport): Promise<Stage> {
  const userId = auth.user.get()?.id ?? '';
  const direct = graphqlTransport({ url: server.url, auth });
  const { signal } = new AbortController();
  return Promise.resolve({
    ...onModel(),
    newId: randomUUID,
    server: {
      transport,
      isCheap: false,
      rows: () => allRows(direct),
      epoch: async () =>
        (await direct.pull({ since: { journal: 0 }, limit: 1, withDeletions: true }, signal)).journal?.epoch ?? '',
      backup: () => backup(server, userId),
      restore: (kept) => restore(server, userId, kept as Backup),
    },
  });
}

async function allRows(transport: Transport): Promise<RemoteRow[]> {
  const since: Record<RowType, number> = { journal: 0, content: 0, association: 0, media: 0 };
  const request = { since, limit: 1_000, withDeletions: true };
  const pages = await transport.pull(request, new AbortController().signal);
  return Object.values(pages)
    .flatMap(({ rows }) => rows)
    .toSorted((a, b) => a.updatedAt - b.updatedAt);
}

async function backup(server: TestServer, userId: string): Promise<Backup> {
  const tables: Record<string, unknown[]> = {};
  for (const table of TABLES) {
    const rows = await server.sql<{ row: unknown }>(
      `SELECT to_jsonb(one) AS row FROM ${table} AS one WHERE user_id = $1`,
      [userId],
    );
    tables[table] = rows.map(({ row }) => row);
  }
  const [clock] = await server.sql<Backup['clock']>('SELECT version, ms FROM user_clock WHERE user_id = $1', [userId]);
  return { clock: clock ?? { version: 0, ms: 0 }, tables };
}

/** The sequence stays: it is ahead of every version that was given, as after a restore. */
async function restore(server: TestServer, userId: string, { clock, tables }: Backup): Promise<void> {
  for (const [table, rows] of Object.entries(tables)) {
    await server.sql(`DELETE FROM ${table} WHERE user_id = $1`, [userId]);
    await server.sql(`INSERT INTO ${table} SELECT * FROM jsonb_populate_recordset(NULL::${table}, $1::jsonb)`, [
      JSON.stringify(rows),
    ]);
  }
  await server.sql('UPDATE user_clock SET ms = $2 WHERE user_id = $1', [userId, clock.ms]);
  await renewEpoch(server.app.get(DataSource));
}
