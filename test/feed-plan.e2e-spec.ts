import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import type { Device, Feed } from './support/device.js';
import { statementsDuring, type Statement } from './support/statements.js';
import { startTestServer, type TestServer } from './support/test-server.js';

const ROWS = 200_000;
/** A b-tree of this size has three levels; beside them a page of the table or two, and a few of the visibility map. */
const FEW_BUFFERS = 8;

/** One node of a plan, as `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)` writes it. */
interface PlanNode {
  'Node Type': string;
  'Index Name'?: string;
  'Index Cond'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
}

interface Plan {
  nodes: PlanNode[];
  scans: PlanNode[];
  buffers: number;
}

const RESOURCES: { feed: Feed; table: string; columns: string; values: string }[] = [
  {
    feed: 'journalChanges',
    table: 'journals',
    columns: 'id, title, description',
    values: `gen_random_uuid(), 'Garden', ''`,
  },
  {
    feed: 'contentChanges',
    table: 'content',
    columns: 'id, type, content',
    values: `gen_random_uuid(), 'TEXT', 'It rained.'`,
  },
  {
    feed: 'associationChanges',
    table: 'associations',
    columns: 'journal_id, content_id',
    values: `gen_random_uuid(), gen_random_uuid()`,
  },
  {
    feed: 'mediaChanges',
    table: 'media',
    columns: 'media_id, file_name, mime_type, size_bytes, sha256, status',
    values: `gen_random_uuid(), 'a.jpg', 'image/jpeg', 1, '', 'READY'`,
  },
];

/** The first stamp of the rows that are inserted, milliseconds; every row is one millisecond later than the one before. */
const START = 1_700_000_000_000;

describe.each(RESOURCES)('$feed at 200,000 rows of one user', ({ feed, table, columns, values }) => {
  let server: TestServer;
  let device: Device;

  beforeAll(async () => {
    server = await startTestServer();
    device = await server.signUp();
    const other = await server.signUp();
    for (const [user, count] of [
      [device.user.id, ROWS],
      [other.user.id, ROWS / 10],
    ] as const) {
      // Every tenth row is a tombstone.
      await server.sql(
        `INSERT INTO ${table} (user_id, server_version, updated_at, created_at, client_updated_at, device_id, mutation_id,
                               deleted, deleted_at, ${columns})
         SELECT $1, n, $2::bigint + n, 0, 0, 'bulk', gen_random_uuid(), n % 10 = 0, CASE WHEN n % 10 = 0 THEN $2::bigint + n END,
                ${values} FROM generate_series(1, $3::int) AS n`,
        [user, START, count],
      );
      await server.sql('UPDATE user_clock SET version = $2, ms = $3 WHERE user_id = $1', [user, count, START + count]);
    }
    await server.sql(`VACUUM ANALYZE ${table}`);
  });
  afterAll(() => server.close());

  /** The plan of the statement that the server runs on the table for this request, on a connection of the server. */
  async function planOf(args: string): Promise<Plan> {
    const statements = await statementsDuring(server, () => device.data(`{ ${feed}(${args}) { hasMore } }`));
    const reads = statements.filter(({ sql }) => sql.includes(`"${table}"`));
    expect(reads).toHaveLength(1);
    const [{ sql, parameters }] = reads as [Statement];
    const connection = server.app.get(DataSource).createQueryRunner();
    try {
      // Prepared, because the server's connections keep one plan for all users and all cursors.
      await connection.query(`PREPARE page AS ${sql}`);
      const values = parameters.map((value) => (typeof value === 'number' ? value : `'${String(value)}'`));
      const explained = (await connection.query(
        `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE page (${values.join(', ')})`,
      )) as [{ 'QUERY PLAN': [{ Plan: PlanNode }] }];
      const root = explained[0]['QUERY PLAN'][0].Plan;
      const nodes = flatten(root);
      const scans = nodes.filter(({ 'Node Type': type }) => type.endsWith(' Scan') && type !== 'Subquery Scan');
      return { nodes, scans, buffers: root['Shared Hit Blocks'] + root['Shared Read Blocks'] };
    } finally {
      await connection.query('DEALLOCATE ALL');
      await connection.release();
    }
  }

  /** One range of the index of stamps, in its order. */
  function expectOneIndexRange({ nodes, scans }: Plan): void {
    expect(scans.map((scan) => [scan['Node Type'], scan['Index Name']])).toEqual([['Index Scan', `${table}_stamp`]]);
    expect(scans[0]!['Index Cond']).toMatch(/user_id = .* AND .*updated_at > /);
    expect(scans[0]!['Actual Loops']).toBe(1);
    expect(nodes.map((node) => node['Node Type']).filter((type) => /Sort|Seq|Bitmap|Hash|Join/.test(type))).toEqual([]);
  }

  it('a caught-up poll reads a few buffers and no row', async () => {
    const plan = await planOf(`since: ${START + ROWS}`);
    expectOneIndexRange(plan);
    expect(plan.scans[0]!['Actual Rows']).toBe(0);
    expect(plan.buffers).toBeLessThanOrEqual(FEW_BUFFERS);
  });

  it('a poll that finds one row reads a few buffers', async () => {
    const plan = await planOf(`since: ${START + ROWS - 1}`);
    expectOneIndexRange(plan);
    expect(plan.scans[0]!['Actual Rows']).toBe(1);
    expect(plan.buffers).toBeLessThanOrEqual(FEW_BUFFERS);
  });

  it.each([
    { where: 'at the beginning', since: 0 },
    { where: 'before 1970', since: -5_000_000_000_000 },
    { where: 'in the middle', since: START + ROWS / 2 },
    { where: 'near the end', since: START + ROWS - 600 },
  ])('a page $where reads its own rows and one more', async ({ since }) => {
    const plan = await planOf(`since: ${since}, limit: 500`);
    expectOneIndexRange(plan);
    expect(plan.scans[0]!['Actual Rows']).toBe(501);
    expect(plan.scans[0]!['Rows Removed by Filter'] ?? 0).toBe(0);
    // Rows lie in the table as they were written: many on each of its pages, not one buffer for each row.
    expect(plan.buffers).toBeLessThanOrEqual(FEW_BUFFERS + 501 / 10);
  });

  it('a page without deletions steps over the tombstones in the same range', async () => {
    const plan = await planOf(`since: 0, limit: 500, withDeletions: false`);
    expectOneIndexRange(plan);
    expect(plan.scans[0]!['Actual Rows']).toBe(501);
    expect(plan.scans[0]!['Rows Removed by Filter']).toBeLessThanOrEqual(56);
  });
});

function flatten(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)];
}
