/** Kills a device that writes, pushes and pulls, before one statement of SQLite after the other. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import { libsqlStore } from '../../client/src/node/libsql.js';
import { TransportError, type FrozenMutation } from '../../client/src/transport.js';
import { systemClock } from '../../client/src/clock.js';
import { openEngine } from './device-engine.js';
import { marksIn } from './ledger.js';
import { ServerModel } from './server-model.js';

const PROJECT = join(import.meta.dirname, '../..');
const USER = 'the user';

interface Said {
  begun: string[];
  saved: string[];
  deleted: string[];
  /** Undefined when it was killed. */
  statements: number | undefined;
}

/** @returns how many of the devices were killed; the others came to their end first. @throws Error for what is lost or doubled */
export async function killTimes(times: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'logdate-killed-'));
  const model = new ServerModel(Date.now);
  const bridge = await bridgeTo(model);
  try {
    const device = new KilledDevice(folder, model, `http://127.0.0.1:${(bridge.address() as AddressInfo).port}`);
    await device.build();
    const all = (await device.live(0)).statements ?? 0;
    let kills = 0;
    for (let time = 0; time < times; time += 1) {
      const { statements } = await device.live(1 + Math.floor((time * all) / times));
      if (statements === undefined) kills += 1;
    }
    return kills;
  } finally {
    bridge.close();
    await rm(folder, { recursive: true, force: true });
  }
}

class KilledDevice {
  private readonly saved = new Set<string>();
  private readonly deleted = new Set<string>();
  private marks = 1;

  constructor(
    private readonly folder: string,
    private readonly model: ServerModel,
    private readonly bridge: string,
  ) {}

  async build(): Promise<void> {
    await symlink(join(PROJECT, 'node_modules'), join(this.folder, 'node_modules'), 'junction');
    const entryPoints = [join(PROJECT, 'test/model/killed-device.ts')];
    const how = { bundle: true, platform: 'node', format: 'esm', target: 'node20', tsconfigRaw: {} } as const;
    await build({ ...how, entryPoints, outfile: join(this.folder, 'device.mjs'), external: ['libsql'] });
  }

  /** One life of the device, up to the statement before which it is killed; another engine then finishes its work. */
  async live(statement: number): Promise<Said> {
    this.writeElsewhere();
    const said = await this.run(statement);
    this.marks += 10;
    for (const mark of said.saved) this.saved.add(mark);
    for (const id of said.deleted) this.deleted.add(id);
    await this.finish();
    this.check(said);
    return said;
  }

  /** Another device of the same user, so that there is something to read. */
  private writeElsewhere(): void {
    const body = { type: 'TEXT', content: 'Elsewhere.', mediaUri: null, durationMs: 0, createdAt: 0 };
    const fields = { op: 'UPSERT', body, clientUpdatedAt: 0, version: { absent: true } } as const;
    const mutation = (): FrozenMutation => ({ mutationId: randomUUID(), type: 'content', id: randomUUID(), ...fields });
    this.model.push(USER, { deviceId: 'other', epoch: null, mutations: [mutation(), mutation(), mutation()] });
  }

  private async run(statement: number): Promise<Said> {
    const args = [join(this.folder, 'device.mjs'), this.database, this.bridge, String(statement), String(this.marks)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const closed = once(child, 'close') as Promise<[number | null, string | null]>;
    const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const [code, signal] = await closed;
    if (code !== 0 && signal !== 'SIGKILL') throw new Error(`The device ended with ${code}: ${errors}`);
    const lines = output
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, string | number>);
    const of = (name: string): string[] => lines.flatMap((line) => (name in line ? [String(line[name])] : []));
    const statements = lines.find((line) => 'statements' in line)?.['statements'];
    return {
      begun: of('begun'),
      saved: of('saved'),
      deleted: of('deleted'),
      statements: statements === undefined ? undefined : Number(statements),
    };
  }

  private async finish(): Promise<void> {
    const store = libsqlStore(this.database);
    const transport = this.model.transportOf(USER);
    const engine = openEngine({ store, transport, clock: systemClock, deviceId: 'killed', newId: randomUUID }, 100);
    await engine.run('both');
    const left = await store.transaction('read', ['rows', 'outbox'], async (transaction) => ({
      rows: await transaction.list('rows'),
      outbox: await transaction.list('outbox'),
    }));
    await store.close();
    if (left.outbox.length > 0) throw new Error(`Still queued: ${JSON.stringify(left.outbox)}`);
    const remotes = new Map(this.model.rowsOf(USER).map((row) => [row.id, row]));
    for (const { id, body, status } of left.rows) {
      const remote = remotes.get(id);
      const isSame =
        remote?.status === status && (status === 'deleted' || remote.body?.['content'] === body?.['content']);
      if (!isSame) throw new Error(`The device has ${JSON.stringify(body)}, the server ${JSON.stringify(remote)}`);
    }
  }

  private check({ begun }: Said): void {
    const rows = this.model.rowsOf(USER);
    const marks = rows.flatMap(({ body }) => marksIn(body));
    for (const mark of this.saved) if (!marks.includes(mark)) throw new Error(`${mark} was saved and is lost`);
    const known = new Set([...this.saved, ...begun]);
    for (const mark of begun) if (marks.includes(mark)) this.saved.add(mark);
    const double = marks.find(
      (mark, place) => marks.indexOf(mark) !== place || (begun.includes(mark) && !known.has(mark)),
    );
    if (double !== undefined) throw new Error(`${double} is there twice`);
    const back = rows.find(({ id, status }) => this.deleted.has(id) && status === 'live');
    if (back !== undefined) throw new Error(`${back.id} was deleted and is back`);
  }

  private get database(): string {
    return join(this.folder, 'device.db');
  }
}

/** The model over HTTP, in JSON. */
async function bridgeTo(model: ServerModel): Promise<Server> {
  const server = createServer((request, response) => {
    const answer = async (): Promise<object> => {
      const asked = JSON.parse(await text(request)) as never;
      if (request.url === '/push') return { value: model.push(USER, asked) };
      return { value: model.pull(USER, asked) };
    };
    answer()
      .catch((error: unknown) => ({ error: error instanceof TransportError ? error.code : 'INTERNAL' }))
      .then(
        (said) => response.end(JSON.stringify(said)),
        (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
      );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
