import type { EntityManager } from 'typeorm';
import type { Change } from './change.js';
import type { Receipt } from './receipt.entity.js';
import type { Stamp } from './stamp.js';

export type Receipts = Map<string, Pick<Receipt, 'payloadHash' | 'serverVersion' | 'updatedAt'>>;

/** The receipts of mutations that were applied before, by mutation id. */
export async function findReceipts(transaction: EntityManager, userId: string, changes: Change[]): Promise<Receipts> {
  const found = (await transaction.query(
    `SELECT mutation_id AS "mutationId", payload_hash AS "payloadHash",
            server_version AS "serverVersion", updated_at AS "updatedAt"
       FROM mutations WHERE user_id = $1 AND mutation_id = ANY($2::uuid[])`,
    [userId, changes.map((change) => change.mutationId)],
  )) as Receipt[];
  return new Map(found.map((receipt) => [receipt.mutationId, receipt]));
}

/** Stores the receipts of the changes that were applied, in one statement. */
export async function storeReceipts(
  transaction: EntityManager,
  userId: string,
  applied: { change: Change; stamp: Stamp; table: string }[],
): Promise<void> {
  await transaction.query(
    `INSERT INTO mutations (user_id, mutation_id, resource, row_key, server_version, updated_at, payload_hash)
     SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bytea[])`,
    [
      userId,
      applied.map(({ change }) => change.mutationId),
      applied.map(({ table }) => table),
      applied.map(({ change }) => change.rowKey),
      applied.map(({ stamp }) => stamp.serverVersion),
      applied.map(({ stamp }) => stamp.updatedAt),
      applied.map(({ change }) => change.payloadHash),
    ],
  );
}
