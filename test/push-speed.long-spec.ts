import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { signUp, type Device } from './support/device.js';
import { startServerProcess, type ServerProcess } from './support/server-process.js';
import { createTestDatabase, type TestDatabase } from './support/test-database.js';

const ROWS = 500;
const WARM_UPS = 10;
const ROUNDS = 41;
/** Other work on the machine comes in bursts: the least disturbed of some series counts. */
const SERIES = 5;
const MOST = 1.6;

let database: TestDatabase;
let server: ServerProcess;
let client: pg.Client;
const agent = new Agent({ keepAlive: true });

beforeAll(async () => {
  database = await createTestDatabase();
  // As in production: a GraphQL server in development mode does more on the way.
  server = await startServerProcess(database, { NODE_ENV: 'production', BLOB_STORE: 'file' });
  client = new pg.Client({ connectionString: database.serverUrl });
  await client.connect();
});
afterAll(async () => {
  agent.destroy();
  await client.end();
  await server.stop();
  await database.drop();
});

it(`a push of ${ROWS} takes at most ${MOST} times the one raw statement that writes the same rows with the same stamp`, async () => {
  const [pusher, other] = [await signUp(server.url), await signUp(server.url)];
  await ratioOf(WARM_UPS, pusher, other);
  const ratios: number[] = [];
  while (ratios.length < SERIES) ratios.push(await ratioOf(ROUNDS, pusher, other));
  expect(Math.min(...ratios)).toBeLessThanOrEqual(MOST);
});

/** The median push against the median raw statement, the two in turn. */
async function ratioOf(rounds: number, pusher: Device, other: Device): Promise<number> {
  const times = { push: [] as number[], raw: [] as number[] };
  while (times.push.length < rounds) {
    times.push.push(await timePush(pusher, makeRows()));
    times.raw.push(await timeRaw(other.user.id, makeRows()));
  }
  const [push, raw] = [median(times.push), median(times.raw)];
  console.log(`push of ${ROWS}: ${push.toFixed(1)} ms, raw: ${raw.toFixed(1)} ms, ratio ${(push / raw).toFixed(2)}`);
  return push / raw;
}

interface NewRow {
  id: string;
  mutationId: string;
  content: string;
  time: number;
}

function makeRows(): NewRow[] {
  const content = 'It rained all day, the beans are under water, and the frogs are singing about it. '.repeat(4);
  return Array.from({ length: ROWS }, () => ({
    id: randomUUID(),
    mutationId: randomUUID(),
    content,
    time: Date.now(),
  }));
}

/** Milliseconds from the request to its whole answer. */
async function timePush({ deviceId, tokens }: Device, rows: NewRow[]): Promise<number> {
  const mutations = rows.map(({ id, mutationId, content, time }) => ({
    saveContent: {
      id,
      mutationId,
      type: 'TEXT',
      content,
      createdAt: time,
      clientUpdatedAt: time,
      version: { absent: true },
    },
  }));
  const query = `mutation ($input: PushInput!) {
    push(input: $input) { headTimestamp epoch outcomes { mutationId status serverVersion updatedAt code message } }
  }`;
  const body = Buffer.from(JSON.stringify({ query, variables: { input: { deviceId, mutations } } }));
  const begun = performance.now();
  const answer = await post(body, tokens.accessToken);
  const took = performance.now() - begun;
  const { data } = JSON.parse(answer) as { data: { push: { outcomes: { status: string }[] } } };
  expect(data.push.outcomes.filter(({ status }) => status === 'APPLIED')).toHaveLength(ROWS);
  return took;
}

function post(body: Buffer, token: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': body.length,
      authorization: `Bearer ${token}`,
    };
    const sent = request(`${server.url}/graphql`, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).toString()));
    });
    sent.on('error', reject).end(body);
  });
}

/** Milliseconds of a transaction with the stamp and one statement, on a connection that is open. */
async function timeRaw(userId: string, rows: NewRow[]): Promise<number> {
  const begun = performance.now();
  await client.query('BEGIN');
  const drawn = await client.query<{ drawn: string; now: string }>(
    `SELECT nextval('server_version_seq') AS drawn, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now`,
  );
  const stamp = await client.query<{ version: string; ms: string }>(
    `UPDATE user_clock
        SET version = greatest(version + 1, $3::bigint) + ($2::bigint - 1), ms = greatest(ms + $2::bigint, $4::bigint)
      WHERE user_id = $1 RETURNING version, ms`,
    [userId, ROWS, drawn.rows[0]?.drawn, drawn.rows[0]?.now],
  );
  const [version, ms] = [Number(stamp.rows[0]?.version), Number(stamp.rows[0]?.ms)];
  await client.query(
    `INSERT INTO content (user_id, id, type, content, media_uri, duration_ms, server_version, updated_at, created_at,
                          client_updated_at, device_id, mutation_id, deleted, deleted_at, has_body)
     SELECT $1::uuid, * FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[],
       $9::bigint[], $10::bigint[], $11::text[], $12::uuid[], $13::boolean[], $14::bigint[], $15::boolean[])
     ON CONFLICT (user_id, id) DO UPDATE SET content = excluded.content`,
    [
      userId,
      rows.map(({ id }) => id),
      rows.map(() => 'TEXT'),
      rows.map(({ content }) => content),
      rows.map(() => null),
      rows.map(() => 0),
      rows.map((_, index) => version - ROWS + 1 + index),
      rows.map((_, index) => ms - ROWS + 1 + index),
      rows.map(({ time }) => time),
      rows.map(({ time }) => time),
      rows.map(() => 'device-a'),
      rows.map(({ mutationId }) => mutationId),
      rows.map(() => false),
      rows.map(() => null),
      rows.map(() => true),
    ],
  );
  await client.query('COMMIT');
  return performance.now() - begun;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
