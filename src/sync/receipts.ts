import type { EntityManager } from 'typeorm';
import type { Change } from './change.js';
import type { Receipt } from './receipt.entity.js';
import { selectTaken } from './ownership.js';
import { literalOf, selectOf } from './row-set.js';
import type { Stamp } from './stamp.js';

export type StoredReceipt = Pick<Receipt, 'payloadHash' | 'serverVersion' | 'updatedAt'>;
export type Receipts = Map<string, StoredReceipt>;

/**
 * The receipts of mutations that were applied before, by mutation id; and the columns in which anybody has one of the
 * ids that the changes name. In one statement: most pushes are of new rows, and those need no other look-up.
 */
export async function findReceiptsAndTaken(
  transaction: EntityManager,
  userId: string,
  changes: Change[],
  idsByColumn: Map<string, Set<string>>,
): Promise<{ receipts: Receipts; taken: Set<string> }> {
  const { selects, parameters } = selectTaken(idsByColumn, 3);
  const found = (await transaction.query(
    `SELECT NULL AS taken, mutation_id AS "mutationId", payload_hash AS "payloadHash",
            server_version AS "serverVersion", updated_at AS "updatedAt"
       FROM mutations WHERE user_id = $1 AND mutation_id = ANY($2::uuid[])
     ${selects.map((select) => `UNION ALL SELECT taken, NULL, NULL, NULL, NULL FROM (${select}) AS asked`).join(' ')}`,
    [userId, literalOf(changes.map((change) => change.mutationId)), ...parameters],
  )) as ((Receipt & { taken: null }) | { taken: string })[];
  const receipts: Receipts = new Map();
  const taken = new Set<string>();
  for (const row of found) {
    if (row.taken === null) receipts.set(row.mutationId, row);
    else taken.add(row.taken);
  }
  return { receipts, taken };
}

/** What `storeReceipts` sends for the changes that were applied, with their hashes; made while the database works. */
export function encodeReceipts(
  userId: string,
  applied: { change: Change; stamp: Stamp; table: string }[],
): ReturnType<typeof selectOf> {
  return selectOf([
    { type: 'uuid', values: [userId] },
    { type: 'uuid', values: applied.map(({ change }) => change.mutationId) },
    { type: 'text', values: applied.map(({ table }) => table) },
    { type: 'text', values: applied.map(({ change }) => change.rowKey) },
    { type: 'bigint', values: applied.map(({ stamp }) => stamp.serverVersion) },
    { type: 'bigint', values: applied.map(({ stamp }) => stamp.updatedAt) },
    { type: 'bytea', values: applied.map(({ change }) => change.payloadHash) },
  ]);
}

/** Stores receipts, at least one, in one statement. */
export async function storeReceipts(
  transaction: EntityManager,
  { sql, parameters }: ReturnType<typeof encodeReceipts>,
): Promise<void> {
  await transaction.query(
    `INSERT INTO mutations (user_id, mutation_id, resource, row_key, server_version, updated_at, payload_hash) ${sql}`,
    parameters,
  );
}
