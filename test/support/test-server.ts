/** The whole server inside the test's process, on a database of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import { readConfig, type Config } from '../../src/config.js';
import { createApp } from '../../src/create-app.js';
import { prepareDatabase } from '../../src/database/prepare.js';
import { Device, signUp } from './device.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';

export interface TestServer {
  app: NestFastifyApplication;
  database: TestDatabase;
  /** `http://localhost:…`, without a path. */
  url: string;
  /** Its DATA_DIR: blobs and unfinished uploads; removed with it, unless the test named one of its own. */
  dataDir: string;
  /** A statement as the superuser, past the server. */
  sql<Row extends object = Record<string, unknown>>(statement: string, values?: unknown[]): Promise<Row[]>;
  /** A connection of the test's own, past the server; closed with it. */
  connect(): Promise<pg.Client>;
  /** A new account, signed in on a device. */
  signUp(deviceId?: string): Promise<Device>;
  close(): Promise<void>;
}

/** What every test's configuration has in common. */
export function testConfig(database: TestDatabase, overrides: Partial<Config> = {}): Config {
  return {
    ...readConfig({ NODE_ENV: 'test' }),
    jwtSecret: 'a secret of at least thirty-two characters',
    databaseUrl: database.serverUrl,
    ...overrides,
  };
}

/** Makes an application whose web app is that of a folder, as another release built it. */
export function withWebApp(folder: string): (config: Config) => Promise<NestFastifyApplication> {
  return (config) => createApp(config, folder);
}

/**
 * Starts a server; `kept` is the test's own database if it wants to keep it beyond the server, `create` makes the
 * application where it is to be more than the usual one.
 */
export async function startTestServer(
  overrides: Partial<Config> = {},
  kept?: TestDatabase,
  create: (config: Config) => Promise<NestFastifyApplication> = createApp,
): Promise<TestServer> {
  const database = kept ?? (await createTestDatabase());
  const dataDir = overrides.dataDir ?? (await mkdtemp(join(tmpdir(), 'logdate-data-')));
  const config = testConfig(database, { ...overrides, dataDir });
  await prepareDatabase(config.databaseUrl, '');
  const app = await create(config);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.getHttpServer().address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const clients: pg.Client[] = [];
  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: database.superuserUrl });
    client.on('error', () => undefined);
    clients.push(client);
    await client.connect();
    return client;
  };
  let shared: Promise<pg.Client> | undefined;
  return {
    app,
    database,
    url,
    dataDir,
    connect,
    async sql<Row extends object>(statement: string, values: unknown[] = []) {
      shared ??= connect();
      return (await (await shared).query<Row>(statement, values)).rows;
    },
    signUp: (deviceId) => signUp(url, deviceId),
    async close() {
      await Promise.all(clients.map((client) => client.end()));
      await app.close();
      if (overrides.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
      if (kept === undefined) await database.drop();
    },
  };
}

/** A further server, closed whatever happens. */
export async function withTestServer(
  overrides: Partial<Config>,
  work: (server: TestServer) => Promise<void>,
): Promise<void> {
  const server = await startTestServer(overrides);
  try {
    await work(server);
  } finally {
    await server.close();
  }
}
