/** Several server processes on one database, many writers of one user, and a reader that follows them. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { rowsOf, signUp, type Device, type FeedRow } from './device.js';
import { deleteContent, saveContent } from './factories.js';
import { HeldTransaction, untilWaiting } from './held-transaction.js';
import { startServerProcess, type ServerProcess } from './server-process.js';
import { createTestDatabase } from './test-database.js';

const PROCESSES = 3;
const WRITERS = 8;
/** Small and odd, so that pages end in the middle of pushes. */
const PAGE_ROWS = 13;

const SAVE = 'mutation ($input: SaveContentInput!) { saveContent(input: $input) { id } }';

export interface Fleet {
  processes: ServerProcess[];
  /** Connections past the servers: one to hold with, one to look with. */
  holder: pg.Client;
  observer: pg.Client;
  /** A new user's device, once for each process. */
  signUp(): Promise<Device[]>;
  close(): Promise<void>;
}

/** Starts three server processes on one database. */
export async function startFleet(): Promise<Fleet> {
  const database = await createTestDatabase();
  const [holder, observer] = [1, 2].map(() => new pg.Client({ connectionString: database.superuserUrl })) as [
    pg.Client,
    pg.Client,
  ];
  await Promise.all([holder.connect(), observer.connect()]);
  const processes = await Promise.all(Array.from({ length: PROCESSES }, () => startServerProcess(database)));
  return {
    processes,
    holder,
    observer,
    async signUp() {
      const device = await signUp(processes[0]!.url);
      return processes.map(({ url }) => device.at(url));
    },
    async close() {
      await Promise.all(processes.map((one) => one.stop()));
      await Promise.all([holder.end(), observer.end()]);
      await database.drop();
    },
  };
}

/** What a reader holds of a row: enough to tell it from every other state of it. */
type Seen = [id: string, serverVersion: number, updatedAt: number, deleted: boolean];

export interface Followed {
  /** The rows as the reader has them at the end, and as the database has them, in stamp order. */
  read: Seen[];
  stored: Seen[];
  /** Rows that came to the reader out of stamp order, or not behind its cursor. */
  outOfOrder: number;
  /** Pages that the reader read while there were still writers. */
  pagesMeanwhile: number;
}

/** Eight writers create `rows` rows, save some again and delete some, while a reader follows the feed by its cursor. */
export async function writeAndFollow({ observer }: Fleet, devices: Device[], rows: number): Promise<Followed> {
  const writers = Array.from({ length: WRITERS }, (_, index) =>
    writeRows(devices[index % devices.length]!, Math.ceil(rows / WRITERS), index),
  );
  let hasEnded = false;
  const writing = Promise.all(writers).finally(() => (hasEnded = true));
  const [reader] = await Promise.all([follow(devices, () => hasEnded), writing]);
  const { rows: stored } = await observer.query<{ seen: Seen }>(
    `SELECT json_build_array(id, server_version, updated_at, deleted) AS seen
       FROM content WHERE user_id = $1 ORDER BY updated_at`,
    [devices[0]!.user.id],
  );
  return { ...reader, stored: stored.map(({ seen }) => seen) };
}

/** Single mutations and pushes in turn; each push also saves or deletes the first row of the one before. */
async function writeRows(device: Device, rows: number, seed: number): Promise<void> {
  let earlier: string | undefined;
  for (let written = 0, turn = seed; written < rows; turn += 1) {
    if (turn % 3 === 0) {
      await device.data(SAVE, { input: saveContent().saveContent });
      written += 1;
      continue;
    }
    const batch = Array.from({ length: Math.min(1 + ((turn * 7) % 12), rows - written) }, () => saveContent());
    const again = earlier === undefined ? [] : [turn % 2 === 0 ? saveContent({ id: earlier }) : deleteContent(earlier)];
    await device.push([...batch, ...again]);
    written += batch.length;
    earlier = batch[0]?.saveContent.id;
  }
}

async function follow(devices: Device[], haveEnded: () => boolean): Promise<Omit<Followed, 'stored'>> {
  const rows = new Map<string, Seen>();
  let [since, outOfOrder, pagesMeanwhile] = [0, 0, 0];
  for (let turn = 0; ; turn += 1) {
    const isLast = haveEnded();
    const page = await devices[turn % devices.length]!.page('contentChanges', { since, limit: PAGE_ROWS });
    const read = rowsOf(page);
    for (const row of read) {
      if (row.updatedAt <= since) outOfOrder += 1;
      since = row.updatedAt;
      rows.set(row.id!, [row.id!, row.serverVersion, row.updatedAt, row.deletedAt !== undefined]);
    }
    if (page.lastTimestamp !== since) outOfOrder += 1;
    if (!isLast) pagesMeanwhile += 1;
    else if (read.length === 0) break;
  }
  return { read: [...rows.values()].sort((a, b) => a[2] - b[2]), outOfOrder, pagesMeanwhile };
}

/** Receipts whose stamp is not greater than the one before, or whose version lies beyond its time. */
export async function faultyStamps({ observer }: Fleet, userId: string): Promise<unknown[]> {
  const { rows } = await observer.query(
    `SELECT * FROM (SELECT server_version, updated_at, lag(server_version) OVER stamp AS version_before,
                           lag(updated_at) OVER stamp AS time_before
                      FROM mutations WHERE user_id = $1
                    WINDOW stamp AS (ORDER BY updated_at, server_version)) AS ordered
      WHERE server_version <= version_before OR updated_at <= time_before OR server_version > updated_at`,
    [userId],
  );
  return rows;
}

/** One round of the forced order: the ids that were written, and those that a reader by cursor has at the end. */
export interface Round {
  written: string[];
  read: string[];
}

/**
 * A writer is held between its stamp and its commit; another writes on another process; the reader reads what there is;
 * the writer is let go; the reader reads on from its cursor.
 */
export async function holdBetweenStampAndCommit(
  { holder, observer }: Fleet,
  devices: Device[],
  turn: number,
): Promise<Round> {
  const [first, second, reader] = [0, 1, 2].map((offset) => devices[(turn + offset) % devices.length]!) as [
    Device,
    Device,
    Device,
  ];
  const { since: start } = await reader.pull('contentChanges');
  const [early, late] = [saveContent(), saveContent()];
  const held = await HeldTransaction.onReceipt(holder, first.user.id, early.saveContent.mutationId);
  const earlyWrite = turn % 2 === 0 ? first.push([early]) : first.data(SAVE, { input: early.saveContent });
  await untilWaiting(observer, 1, earlyWrite);
  const lateWrite = turn % 2 === 0 ? second.data(SAVE, { input: late.saveContent }) : second.push([late]);
  await untilWaiting(observer, 2, lateWrite);
  const meanwhile = await reader.pull('contentChanges', { since: start });
  await held.release();
  await Promise.all([earlyWrite, lateWrite]);
  const rest = await reader.pull('contentChanges', { since: meanwhile.since });
  return {
    written: [early.saveContent.id, late.saveContent.id],
    read: [...meanwhile.rows, ...rest.rows].map((row: FeedRow) => row.id!),
  };
}

/** The control's table: its cursor is a number from a plain sequence. */
export const makeControl = (client: pg.Client): Promise<unknown> =>
  client.query('CREATE TABLE control (number bigserial PRIMARY KEY, id uuid NOT NULL)');

/** As `holdBetweenStampAndCommit`, on the control. */
export async function holdBetweenNumberAndCommit({ holder, observer }: Fleet): Promise<Round> {
  const read = async (since: number): Promise<{ ids: string[]; since: number }> => {
    const { rows } = await observer.query<{ number: string; id: string }>(
      'SELECT number, id FROM control WHERE number > $1 ORDER BY number',
      [since],
    );
    return { ids: rows.map(({ id }) => id), since: Number(rows.at(-1)?.number ?? since) };
  };
  const { since: start } = await read(0);
  const [early, late] = [randomUUID(), randomUUID()];
  await holder.query('BEGIN');
  await holder.query('INSERT INTO control (id) VALUES ($1)', [early]);
  await observer.query('INSERT INTO control (id) VALUES ($1)', [late]);
  const meanwhile = await read(start);
  await holder.query('COMMIT');
  const rest = await read(meanwhile.since);
  return { written: [early, late], read: [...meanwhile.ids, ...rest.ids] };
}
