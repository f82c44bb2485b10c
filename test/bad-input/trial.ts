/** T15: puts bad input to a server, both faces, and looks at what it does to the answers and the database. */
import { beforeAll, afterAll, expect } from '@jest/globals';
import fc from 'fast-check';
import { buildClientSchema, getIntrospectionQuery } from 'graphql';
import type { Device } from '../support/device.js';
import { startTestServer, type TestServer } from '../support/test-server.js';
import type { BadRequest } from './bad-request.js';
import { graphqlFaults } from './graphql-faults.js';
import type { OpenApi } from './openapi.js';
import { brokenBytes, sendBytes } from './raw-bytes.js';
import { restFaults } from './rest-faults.js';

/** Nothing may take longer; the slowest is reported. */
const GUARD_MS = 10_000;

const TABLES = ['users', 'sessions', 'journals', 'content', 'associations', 'media', 'mutations'];

/** The frames and files of a stack trace. */
const TRACE = /node_modules|\bat [\w.<>]+ \(|\.[jt]s:\d/;

interface Answer {
  status: number;
  text: string;
}

/** A server with one account for the specs of a file. */
export function badInput(spec: string): {
  graphql(count: number): Promise<void>;
  rest(count: number): Promise<void>;
  raw(count: number): Promise<void>;
} {
  let server: TestServer;
  let device: Device;
  const slowest = { ms: 0, name: 'nothing' };
  beforeAll(async () => {
    server = await startTestServer({ failedSignIns: 1_000_000, failedSignInsPerAddress: 1_000_000 });
    device = await server.signUp();
  });
  afterAll(async () => {
    console.log(`the slowest answer to bad input: ${slowest.ms.toFixed(0)} ms, ${slowest.name}`);
    await server.close();
  });

  return {
    async graphql(count) {
      const schema = buildClientSchema(await device.data(getIntrospectionQuery({ descriptions: false, oneOf: true })));
      await tryMany(graphqlFaults(schema), count, refuses);
    },
    async rest(count) {
      const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as OpenApi;
      await tryMany(restFaults(document), count, refuses);
    },
    raw: (count) => tryMany(brokenBytes(device.tokens.accessToken), count, survives),
  };

  /** @throws Error with the input that was found and the command that tries it again */
  async function tryMany<T>(
    inputs: fc.Arbitrary<T>,
    numRuns: number,
    holds: (input: T) => Promise<void>,
  ): Promise<void> {
    const { BAD_INPUT_SEED: seed, BAD_INPUT_PATH: path } = process.env;
    const ended = await fc.check(fc.asyncProperty(inputs, holds), {
      numRuns,
      endOnFailure: true,
      ...(seed !== undefined && { seed: Number(seed) }),
      ...(path !== undefined && { path }),
    });
    if (!ended.failed) return;
    const why = ended.errorInstance instanceof Error ? ended.errorInstance.message : String(ended.errorInstance);
    const again = `BAD_INPUT_SEED=${ended.seed} BAD_INPUT_PATH=${ended.counterexamplePath ?? ''} npm test -- ${spec}`;
    throw new Error(`${why}\n\n${shown(ended.counterexample?.[0])}\n\nAgain: ${again}`, { cause: ended.errorInstance });
  }

  /** What its own description calls wrong is refused, and nothing of it is written. */
  async function refuses(request: BadRequest): Promise<void> {
    const before = await digest();
    const answer = await timed(request.name, (signal) => send(request, signal));
    expectSober(answer);
    if (!isPushOfRefusals(answer))
      expect({ ...answer, isRefused: answer.status >= 400 }).toEqual({ ...answer, isRefused: true });
    if (request.path !== '/graphql') expectBothShapes(answer);
    expect(await digest()).toBe(before);
  }

  /** Bytes that are sound by chance may be written; what is not answered with success is not. */
  async function survives(bytes: Buffer): Promise<void> {
    const before = await digest();
    const text = await timed('raw bytes', (signal) => sendBytes(server.url, bytes, signal));
    const status = Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0);
    expectSober({ status, text });
    const isWritten = /^HTTP\/1\.1 2/m.test(text);
    if (!isWritten) expect(await digest()).toBe(before);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  }

  async function timed<T>(name: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const started = performance.now();
    const answer = await work(AbortSignal.timeout(GUARD_MS));
    const ms = performance.now() - started;
    if (ms > slowest.ms) Object.assign(slowest, { ms, name });
    return answer;
  }

  async function send({ method, path, headers, body }: BadRequest, signal: AbortSignal): Promise<Answer> {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${device.tokens.accessToken}`, ...headers },
      signal,
      ...(body !== undefined && { body }),
    });
    return { status: response.status, text: await response.text() };
  }

  /** Every row, receipt, account and session of everybody. */
  async function digest(): Promise<string> {
    const lines = TABLES.map((table) => `SELECT '${table} ' || to_jsonb(t)::text AS line FROM ${table} t`);
    const [row] = await server.sql<{ digest: string }>(
      `SELECT md5(string_agg(line, ';' ORDER BY line)) AS digest FROM (${lines.join(' UNION ALL ')}) AS everything`,
    );
    return row!.digest;
  }
}

function expectSober(answer: Answer): void {
  expect({ ...answer, isFault: answer.status >= 500 }).toEqual({ ...answer, isFault: false });
  expect(answer.text).not.toMatch(TRACE);
}

/** What REST refuses is told in the two shapes that apps in the field read. */
function expectBothShapes({ text }: Answer): void {
  const { code, message } = JSON.parse(text) as { code: string; message: string };
  expect(JSON.parse(text)).toMatchObject({
    code: expect.any(String),
    timestamp: expect.any(Number),
    error: { code, message },
  });
}

/** A push is answered as a whole; what it refuses, it refuses item by item. */
function isPushOfRefusals({ status, text }: Answer): boolean {
  if (status !== 200 || !text.startsWith('{"data":{"push"')) return false;
  const { data } = JSON.parse(text) as { data: { push: { outcomes: { status: string }[] } } };
  return data.push.outcomes.every((outcome) => outcome.status === 'REJECTED');
}

function shown(input: unknown): string {
  const text = Buffer.isBuffer(input) ? JSON.stringify(input.toString('latin1')) : JSON.stringify(input);
  return text.slice(0, 2_000);
}
