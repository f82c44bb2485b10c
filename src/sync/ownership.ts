import type { EntityManager } from 'typeorm';
import { literalOf } from './row-set.js';

/**
 * Which of these ids another user has and this one has not, as "table.column id". The one place that looks across owners:
 * the database function behind it sees every owner but returns only ids.
 */
export async function findForeignIds(
  database: EntityManager,
  userId: string,
  idsByColumn: Map<string, Set<string>>,
): Promise<Set<string>> {
  const asked = [...idsByColumn].filter(([, ids]) => ids.size > 0);
  if (asked.length === 0) return new Set();
  const parts = asked.map((_, index) => {
    const [column, ids] = [`$${index * 2 + 2}::text`, `$${index * 2 + 3}::uuid[]`];
    return `SELECT ${column} || ' ' || id AS "foreignId" FROM ids_of_others($1, ${column}, ${ids}) AS id`;
  });
  const found = (await database.query(parts.join(' UNION ALL '), [
    userId,
    ...asked.flatMap(([column, ids]) => [column, literalOf([...ids])]),
  ])) as { foreignId: string }[];
  return new Set(found.map(({ foreignId }) => foreignId));
}

/**
 * SELECTs of the columns in which anybody, this user or another, has one of the ids, with parameters numbered from
 * `first`. For a push of new rows it is none, and that is cheaper to learn than which row is whose.
 */
export function selectTaken(
  idsByColumn: Map<string, Set<string>>,
  first: number,
): { selects: string[]; parameters: string[] } {
  const selects = [...idsByColumn.keys()].map((_, index) => {
    const [column, ids] = [`$${first + index * 2}::text`, `$${first + index * 2 + 1}::uuid[]`];
    return `SELECT ${column} AS taken WHERE is_any_taken(${column}, ${ids})`;
  });
  return { selects, parameters: [...idsByColumn].flatMap(([column, ids]) => [column, literalOf([...ids])]) };
}
