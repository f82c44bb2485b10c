import type { DataSource, EntityManager, EntityMetadata } from 'typeorm';
import { keyOf, type Resource } from './resource.js';
import { literalOf, selectOf } from './row-set.js';
import { holdClock } from './stamp.js';
import type { Row } from './row.js';

/** Bytes that a row takes on the wire besides its text, about. */
const BYTES_AROUND_A_ROW = 300;

/** The SQL of one synced table, made once from TypeORM's metadata: set-wise, where `save()` would go row by row. */
export class Table<R extends Row = Row> {
  readonly name: string;
  /** `table.column` of a key that `ids` names: no row is there unless somebody has its id in that column. */
  readonly ownId: string | undefined;
  /** `column AS "property"` for every column. */
  private readonly selection: string;
  private readonly byKeys: string;
  private readonly into: string;
  private readonly onConflict: string;
  private readonly page: string;
  private readonly livePage: string;
  private readonly emptied: string;
  private readonly nameOf: (property: string) => string;
  private readonly written: { property: string; type: string }[];

  constructor(
    private readonly resource: Resource<R>,
    metadata: EntityMetadata,
  ) {
    this.name = metadata.tableName;
    const keyColumns = metadata.columns.filter(({ propertyName }) => resource.key.includes(propertyName));
    this.ownId = keyColumns
      .map(({ propertyName, databaseName }) => ({
        named: resource.ids[propertyName],
        own: `${this.name}.${databaseName}`,
      }))
      .find(({ named, own }) => named === own)?.own;
    const columns = metadata.columns.map((column) => ({
      property: column.propertyName,
      name: `"${column.databaseName}"`,
      type: String(column.type),
    }));
    const nameOf = (property: string): string => {
      const column = columns.find((one) => one.property === property);
      if (column === undefined) throw new Error(`${resource.entity.name} has no column ${property}`);
      return column.name;
    };
    this.nameOf = nameOf;
    const keyNames = resource.key.map(nameOf);
    const written = columns.filter((column) => column.property !== 'userId');
    this.written = written;
    this.selection = columns.map((column) => `found.${column.name} AS "${column.property}"`).join(', ');
    const wanted = keyNames.map((_, index) => `$${index + 2}::uuid[]`).join(', ');
    // OFFSET 0 keeps the planner at one index probe for each key; it would rather read all rows of the user once.
    this.byKeys = `SELECT ${this.selection} FROM unnest(${wanted}) AS wanted(${keyNames.join(', ')})
      CROSS JOIN LATERAL (SELECT * FROM "${this.name}" AS row WHERE row.user_id = $1
        AND ${keyNames.map((name) => `row.${name} = wanted.${name}`).join(' AND ')} OFFSET 0) AS found`;
    this.into = `INSERT INTO "${this.name}" (user_id, ${written.map((column) => column.name).join(', ')})`;
    this.onConflict = `ON CONFLICT (user_id, ${keyNames.join(', ')}) DO UPDATE SET ${written
      .filter((column) => !resource.key.includes(column.property))
      .map((column) => `${column.name} = excluded.${column.name}`)
      .join(', ')}`;
    this.emptied = [
      'has_body = false',
      ...Object.keys(resource.body).map((property, index) => `${nameOf(property)} = $${index + 3}`),
    ].join(', ');
    const texts = columns.filter((column) => column.type === 'text' && column.property in resource.body);
    const size = [
      String(BYTES_AROUND_A_ROW),
      ...texts.map((column) => `coalesce(octet_length(${column.name}), 0)`),
    ].join(' + ');
    const pageOf = (filter: string): string => `SELECT ${this.selection}, found.total FROM (
        SELECT *, count(*) OVER () AS total, sum(bytes) OVER (ORDER BY updated_at ROWS UNBOUNDED PRECEDING) AS bytes_through
          FROM (SELECT *, CASE WHEN deleted THEN ${BYTES_AROUND_A_ROW} ELSE ${size} END AS bytes FROM "${this.name}"
                 WHERE user_id = $1 AND updated_at > $2 ${filter} ORDER BY updated_at LIMIT $3) AS next_rows
      ) AS found WHERE bytes_through <= $4 OR bytes_through = bytes ORDER BY updated_at`;
    this.page = pageOf('');
    this.livePage = pageOf('AND NOT deleted');
  }

  /** The user's rows with these keys, live or deleted, by `keyOf`. */
  async find(database: EntityManager, userId: string, keys: object[]): Promise<Map<string, R>> {
    const arrays = this.resource.key.map((property) =>
      literalOf(keys.map((key) => (key as Record<string, unknown>)[property])),
    );
    const found = (await database.query(this.byKeys, [userId, ...arrays])) as R[];
    return new Map(found.map((row) => [keyOf(this.resource, row), this.asEntity(row)]));
  }

  /** The user's live rows in which `property` is one of these ids, oldest stamp first. */
  async findLiveBy(database: EntityManager, userId: string, property: string, ids: string[]): Promise<R[]> {
    const sql = `SELECT ${this.selection} FROM "${this.name}" AS found
      WHERE found.user_id = $1 AND found.${this.nameOf(property)} = ANY ($2::uuid[]) AND NOT found.deleted ORDER BY found.updated_at`;
    const rows: R[] = await database.query(sql, [userId, ids]);
    return rows.map((row) => this.asEntity(row));
  }

  /** Writes rows that are not there: while the user's clock is held, nobody else can make one of them. */
  async insert(transaction: EntityManager, userId: string, rows: R[]): Promise<void> {
    const { sql, parameters } = this.sourceOf(userId, rows);
    await transaction.query(`${this.into} ${sql}`, parameters);
  }

  /** Writes rows whose keys differ from each other, there or not. */
  async upsert(transaction: EntityManager, userId: string, rows: R[]): Promise<void> {
    const { sql, parameters } = this.sourceOf(userId, rows);
    await transaction.query(`${this.into} ${sql} ${this.onConflict}`, parameters);
  }

  /**
   * The next rows and tombstones behind `since`, in stamp order, at most `limit` of them and about `bytes` of text,
   * but at least one. `updated_at > since OR server_version > since` is the rule; since no row's version lies beyond
   * its time, the first half says it all, and one index serves it.
   */
  async readPage(
    database: EntityManager,
    userId: string,
    { since, limit, withDeletions, bytes }: { since: number; limit: number; withDeletions: boolean; bytes: number },
  ): Promise<{ rows: R[]; hasMore: boolean }> {
    const sql = withDeletions ? this.page : this.livePage;
    const read = (await database.query(sql, [userId, since, limit + 1, bytes])) as (R & { total: number })[];
    const total = read[0]?.total ?? 0;
    const rows = read.slice(0, limit).map(({ total: _, ...row }) => this.asEntity(row as unknown as R));
    return { rows, hasMore: total > rows.length };
  }

  /** How many live rows the user has. */
  async countLive(database: EntityManager, userId: string): Promise<number> {
    return this.count(database, userId, Number.MIN_SAFE_INTEGER, false);
  }

  /** How many rows and tombstones lie behind `since`. */
  async count(database: EntityManager, userId: string, since: number, withDeletions: boolean): Promise<number> {
    const [{ count }] = (await database.query(
      `SELECT count(*) AS count FROM "${this.name}" WHERE user_id = $1 AND updated_at > $2 ${withDeletions ? '' : 'AND NOT deleted'}`,
      [userId, since],
    )) as [{ count: number }];
    return count;
  }

  /** Clears the bodies of rows deleted at or before `deletedBefore`, user by user under the user's clock lock. */
  async clearBodies(database: DataSource, deletedBefore: number): Promise<number> {
    const due = `deleted AND has_body AND deleted_at <= $1`;
    const users = (await database.query(`SELECT DISTINCT user_id AS "userId" FROM "${this.name}" WHERE ${due}`, [
      deletedBefore,
    ])) as { userId: string }[];
    let cleared = 0;
    for (const { userId } of users) {
      await database.transaction(async (transaction) => {
        // A restore holds the same lock: either it comes first and the row is no longer due, or it finds no body.
        await holdClock(transaction, userId);
        const [, count] = (await transaction.query(
          `UPDATE "${this.name}" SET ${this.emptied} WHERE ${due} AND user_id = $2`,
          [deletedBefore, userId, ...Object.values(this.resource.body).map((rule) => rule.empty)],
        )) as [unknown, number];
        cleared += count;
      });
    }
    return cleared;
  }

  private sourceOf(userId: string, rows: R[]): ReturnType<typeof selectOf> {
    const columns = this.written.map(({ property, type }) => ({
      type,
      values: rows.map((row) => (row as unknown as Record<string, unknown>)[property]),
    }));
    return selectOf([{ type: 'uuid', values: [userId] }, ...columns]);
  }

  private asEntity(row: R): R {
    return Object.assign(new this.resource.entity(), row);
  }
}

/** The table of a resource, made at its first use. */
export function tableOf<R extends Row>(database: DataSource, resource: Resource<R>): Table<R> {
  let tables = tablesByDatabase.get(database);
  if (tables === undefined) tablesByDatabase.set(database, (tables = new Map()));
  let table = tables.get(resource.entity);
  if (table === undefined)
    tables.set(resource.entity, (table = new Table(resource, database.getMetadata(resource.entity))));
  return table as unknown as Table<R>;
}

const tablesByDatabase = new WeakMap<DataSource, Map<unknown, Table>>();
