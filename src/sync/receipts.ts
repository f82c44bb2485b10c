import type { EntityManager } from 'typeorm';
import type { Change } from './change.js';
import type { Receipt } from './receipt.entity.js';
import { literalOf, selectOf } from './row-set.js';
import type { Stamp } from './stamp.js';

export type StoredReceipt = Pick<Receipt, 'payloadHash' | 'serverVersion' | 'updatedAt'>;
export type Receipts = Map<string, StoredReceipt>;

/** The receipts of mutations that were applied before, by mutation id. */
export async function findReceipts(transaction: EntityManager, userId: string, changes: Change[]): Promise<Receipts> {
  const found = (await transaction.query(
    `SELECT mutation_id AS "mutationId", payload_hash AS "payloadHash",
            server_version AS "serverVersion", updated_at AS "updatedAt"
       FROM mutations WHERE user_id = $1 AND mutation_id = ANY($2::uuid[])`,
    [userId, literalOf(changes.map((change) => change.mutationId))],
  )) as Receipt[];
  return new Map(found.map((receipt) => [receipt.mutationId, receipt]));
}

/** Stores the receipts of the changes that were applied, in one statement. */
export async function storeReceipts(
  transaction: EntityManager,
  userId: string,
  applied: { change: Change; stamp: Stamp; table: string }[],
): Promise<void> {
  const { sql, parameters } = selectOf([
    { type: 'uuid', values: [userId] },
    { type: 'uuid', values: applied.map(({ change }) => change.mutationId) },
    { type: 'text', values: applied.map(({ table }) => table) },
    { type: 'text', values: applied.map(({ change }) => change.rowKey) },
    { type: 'bigint', values: applied.map(({ stamp }) => stamp.serverVersion) },
    { type: 'bigint', values: applied.map(({ stamp }) => stamp.updatedAt) },
    { type: 'bytea', values: applied.map(({ change }) => change.payloadHash) },
  ]);
  await transaction.query(
    `INSERT INTO mutations (user_id, mutation_id, resource, row_key, server_version, updated_at, payload_hash) ${sql}`,
    parameters,
  );
}
