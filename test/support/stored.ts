/** What the database holds, past the server. */
import type { TestServer } from './test-server.js';

const TABLES = ['journals', 'content', 'associations', 'media', 'mutations'] as const;

/** One digest of every row and receipt of a user, or of all: equal before and after means that nothing was written. */
export async function digestOf(server: TestServer, userId?: string): Promise<string> {
  const lines = TABLES.map(
    (table) => `SELECT '${table} ' || to_jsonb(t)::text AS line FROM ${table} t WHERE $1::uuid IS NULL OR user_id = $1`,
  );
  const [row] = await server.sql<{ digest: string }>(
    `SELECT count(*) || ' ' || coalesce(md5(string_agg(line, ';' ORDER BY line)), '') AS digest
       FROM (${lines.join(' UNION ALL ')}) AS everything`,
    [userId ?? null],
  );
  return row!.digest;
}

/** The columns of every synced table, as SQL names them; bigints as numbers. */
export interface StoredRow {
  server_version: number;
  updated_at: number;
  mutation_id: string;
  deleted: boolean;
  deleted_at: number | null;
  has_body: boolean;
  [column: string]: unknown;
}

/** One row of a user by the columns of its key; undefined if there is none. */
export async function storedRow(
  server: TestServer,
  table: 'journals' | 'content' | 'associations',
  userId: string,
  key: Record<string, string>,
): Promise<StoredRow | undefined> {
  const columns = Object.keys(key).map((column, index) => ` AND ${column} = $${index + 2}`);
  const [row] = await server.sql<{ row: StoredRow }>(
    `SELECT to_jsonb(t) AS row FROM ${table} t WHERE user_id = $1${columns.join('')}`,
    [userId, ...Object.values(key)],
  );
  return row?.row;
}

interface Stamp {
  serverVersion: number | null;
  updatedAt: number | null;
}

/** The stamp alone, of an outcome, a row or a receipt. */
export const stampOf = ({ serverVersion, updatedAt }: Stamp): Stamp => ({ serverVersion, updatedAt });
