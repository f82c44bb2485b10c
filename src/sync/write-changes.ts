import { setImmediate } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { ApiError, ErrorCode } from '../graphql/errors.js';
import type { Change } from './change.js';
import { judge } from './judge.js';
import type { WriteOutcome } from './outcome.js';
import { findForeignIds } from './ownership.js';
import { encodeReceipts, findReceiptsAndTaken, storeReceipts, type StoredReceipt } from './receipts.js';
import type { Resource } from './resource.js';
import type { Row } from './row.js';
import { stampAnew, stampAt, takeStamp, type Clock, type Stamp } from './stamp.js';
import { tableOf, type Table } from './table.js';

/** Rows by `keyOf`, by resource. */
type RowsByResource = Map<Resource, Map<string, Row>>;

/** What a transaction of writes came to. */
export interface Written {
  /** One for each change, in order. */
  outcomes: WriteOutcome[];
  clock: Clock;
  /** The device that wrote last; undefined when nothing was written. */
  deviceId?: string;
}

/** Stamp, receipts, constraints, set-wise write, receipts: the order is the protocol's, and it matters. */
export async function writeChanges(
  database: DataSource,
  transaction: EntityManager,
  userId: string,
  changes: Change[],
  epoch?: string | null,
): Promise<Written> {
  // A change that stamps another row anew takes a second stamp, right after its own.
  const places: number[] = [];
  let count = 0;
  for (const { resource } of changes) {
    places.push(count);
    count += resource.stampsAnew === undefined ? 1 : 2;
  }
  const clock = await takeStamp(transaction, userId, count);
  if (typeof epoch === 'string' && epoch !== clock.epoch) {
    throw new ApiError(ErrorCode.EPOCH_CHANGED, 'The database was restored from an older copy; read every feed from 0');
  }
  const sound = changes.filter((change) => change.faults.size === 0);
  const { receipts, taken } = await findReceiptsAndTaken(transaction, userId, sound, idsByColumn(sound));
  const perhapsThere = sound.filter(({ resource }) => mayHoldRows(tableOf(database, resource), taken));
  const rowsByResource = await findRows(database, transaction, userId, perhapsThere);
  const unseen = new Set(sound.filter((change) => !rowsByResource.get(change.resource)?.has(change.rowKey)));
  const foreign = taken.size > 0 ? await findForeignIds(transaction, userId, idsByColumn(unseen, taken)) : new Set();

  const applied: { change: Change; stamp: Stamp; table: string }[] = [];
  const created: RowsByResource = new Map();
  const replaced: RowsByResource = new Map();
  const stampedAnew = new Map<string, Map<string, number>>();
  // Later changes of a row see what earlier ones of the same push left; only the last state is written.
  const outcomes = changes.map((change, index) => {
    const rows = entryOf(rowsByResource, change.resource);
    const place = places[index] ?? 0;
    const outcome = judge(change, stampAt(clock, place, count), {
      userId,
      receipts,
      current: rows.get(change.rowKey),
      // What is the user's own already stays so, whatever else of the push names an id that another user has taken.
      isForeign: foreign.size > 0 && unseen.has(change) && idsOf(change).some((id) => foreign.has(id)),
    });
    if (outcome.row === undefined) return outcome;
    const { serverVersion, updatedAt, mutationId } = outcome.row;
    const stamp = { serverVersion, updatedAt };
    applied.push({ change, stamp, table: tableOf(database, change.resource).name });
    receipts.set(change.mutationId, receiptOf(change, stamp));
    if (mutationId === change.mutationId) {
      rows.set(change.rowKey, outcome.row);
      entryOf(unseen.has(change) ? created : replaced, change.resource).set(change.rowKey, outcome.row);
      const { stampsAnew } = change.resource;
      const id = stampsAnew && (outcome.row as unknown as Record<string, string | null>)[stampsAnew.property];
      if (stampsAnew && id) entryOf(stampedAnew, stampsAnew.table).set(id, stampAt(clock, place + 1, count).updatedAt);
    }
    return outcome;
  });

  const [encoded] = await Promise.all([
    // Begun when the statement with the rows has left, so that both sides work at once.
    setImmediate().then(() => encodeReceipts(userId, applied)),
    writeRows(database, transaction, userId, { created, replaced }),
  ]);
  for (const [table, times] of stampedAnew) await stampAnew(transaction, userId, table, times);
  if (applied.length > 0) await storeReceipts(transaction, encoded);
  return { outcomes, clock, ...(created.size + replaced.size > 0 && { deviceId: changes.at(-1)?.deviceId }) };
}

async function writeRows(
  database: DataSource,
  transaction: EntityManager,
  userId: string,
  { created, replaced }: { created: RowsByResource; replaced: RowsByResource },
): Promise<void> {
  for (const [resource, rows] of created) {
    await tableOf(database, resource).insert(transaction, userId, [...rows.values()]);
  }
  for (const [resource, rows] of replaced) {
    await tableOf(database, resource).upsert(transaction, userId, [...rows.values()]);
  }
}

/** What the receipt of a change will be, for a later change of the same push. */
function receiptOf(change: Change, stamp: Stamp): StoredReceipt {
  return {
    ...stamp,
    get payloadHash() {
      return change.payloadHash;
    },
  };
}

/** Whether the user may have one of the rows of this table that a push names, when anybody has ids in these columns. */
function mayHoldRows({ ownId }: Table, taken: Set<string>): boolean {
  return ownId === undefined || taken.has(ownId);
}

async function findRows(
  database: DataSource,
  transaction: EntityManager,
  userId: string,
  changes: Change[],
): Promise<RowsByResource> {
  const keys = new Map<Resource, Map<string, object>>();
  for (const change of changes) entryOf(keys, change.resource).set(change.rowKey, change.fields);
  const rows: RowsByResource = new Map();
  for (const [resource, wanted] of keys) {
    rows.set(resource, await tableOf(database, resource).find(transaction, userId, [...wanted.values()]));
  }
  return rows;
}

function entryOf<K, V>(maps: Map<K, Map<string, V>>, key: K): Map<string, V> {
  let entry = maps.get(key);
  if (entry === undefined) maps.set(key, (entry = new Map<string, V>()));
  return entry;
}

/** The ids that a change names, its own and those it links, as "table.column id"; a delete of a photo, say, does not name its entry. */
function idsOf({ resource, fields }: Change): string[] {
  return Object.entries(resource.ids)
    .filter(([property]) => property in fields)
    .map(([property, column]) => `${column} ${String(fields[property])}`);
}

/** The ids that changes name, by `table.column`; only those in `columns`, when they are given. */
export function idsByColumn(changes: Iterable<Change>, columns?: Set<string>): Map<string, Set<string>> {
  const ids = new Map<string, Set<string>>();
  for (const { resource, fields } of changes) {
    for (const property in resource.ids) {
      const column = resource.ids[property];
      if (column === undefined || !(property in fields) || columns?.has(column) === false) continue;
      let ofColumn = ids.get(column);
      if (ofColumn === undefined) ids.set(column, (ofColumn = new Set<string>()));
      ofColumn.add(String(fields[property]));
    }
  }
  return ids;
}
