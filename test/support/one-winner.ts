/** Two writers of one row at the same moment: both wait on the user's clock before either has taken a stamp. */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Device, Outcome } from './device.js';
import { deleteContent, saveContent } from './factories.js';
import { HeldTransaction, untilWaiting } from './held-transaction.js';
import type { TestServer } from './test-server.js';

/** Connections past the server: one to hold with, one to look with. */
export interface Pairs {
  server: TestServer;
  devices: [Device, Device];
  holder: pg.Client;
  observer: pg.Client;
}

export async function startPairs(server: TestServer): Promise<Pairs> {
  const first = await server.signUp('device-a');
  const second = await first.another('device-b');
  return { server, devices: [first, second], holder: await server.connect(), observer: await server.connect() };
}

/** Pushes one mutation from each device, forced to overlap. */
export async function pushAtOnce(
  { devices: [first, second], holder, observer }: Pairs,
  mutations: [object, object],
): Promise<[Outcome, Outcome]> {
  const held = await HeldTransaction.onClock(holder, first.user.id);
  const pushes = Promise.all([first.push([mutations[0]]), second.push([mutations[1]])]);
  await untilWaiting(observer, 2, pushes);
  await held.release();
  const [[one], [other]] = await pushes;
  return [one!, other!];
}

/** One pair's end: the outcomes, the winner's first, and the row as it is stored. */
export interface PairEnd {
  winner: Outcome;
  loser: Outcome;
  row: { serverVersion: number; updatedAt: number; mutationId: string; content: string | null; deleted: boolean };
  receipts: number;
}

/** Both knew the same version: two saves, or a save and a delete. */
export async function knowTheSame(pairs: Pairs, turn: number): Promise<PairEnd> {
  const id = randomUUID();
  const [created] = await pairs.devices[0].push([saveContent({ id, content: 'before' })]);
  const version = { known: created!.serverVersion };
  const other = turn % 2 === 0 ? saveContent({ id, content: 'b', version }) : deleteContent(id, { version });
  return race(pairs, id, [saveContent({ id, content: 'a', version }), other]);
}

/** Both thought that there was no such row. */
export function createTheSame(pairs: Pairs): Promise<PairEnd> {
  const id = randomUUID();
  const version = { absent: true };
  return race(pairs, id, [saveContent({ id, content: 'a', version }), saveContent({ id, content: 'b', version })]);
}

/** One mutation that a device sent twice, because it thought that the first was lost. */
export function sendTheSame(pairs: Pairs): Promise<PairEnd> {
  const mutation = saveContent({ content: 'a' });
  return race(pairs, mutation.saveContent.id, [mutation, mutation]);
}

async function race(pairs: Pairs, id: string, mutations: [object, object]): Promise<PairEnd> {
  const outcomes = await pushAtOnce(pairs, mutations);
  const [winner, loser] = outcomes[1].status === 'APPLIED' ? [outcomes[1], outcomes[0]] : outcomes;
  const [row] = await pairs.server.sql<PairEnd['row']>(
    `SELECT server_version::float AS "serverVersion", updated_at::float AS "updatedAt", mutation_id AS "mutationId",
            content, deleted FROM content WHERE id = $1`,
    [id],
  );
  const [counted] = await pairs.server.sql<{ receipts: number }>(
    'SELECT count(*)::int AS receipts FROM mutations WHERE mutation_id = ANY ($1)',
    [[winner.mutationId, loser.mutationId]],
  );
  return { winner, loser, row: row!, receipts: counted!.receipts };
}
