// A device in memory with a clock that a test moves, and a server that keeps files as a test says.
import { createHash, randomUUID } from 'node:crypto';
import type { Clock } from '../../src/clock.js';
import type { Engine } from '../../src/engine.js';
import type { MediaFacts, MediaTransport, SignedPart, UploadPlan } from '../../src/media/media-transport.js';
import { nodeHasher } from '../../src/node/hasher.js';
import type { RemoteRow } from '../../src/resources.js';
import { memoryStore, MemoryStorage } from '../../src/stores/memory.js';
import type { LocalStore } from '../../src/store.js';
import { TransportError, type ErrorCode, type Transport } from '../../src/transport.js';

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Bytes that differ from piece to piece, as the length of what is repeated fits into no piece. */
export function bytesOf(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  const filler = Uint8Array.from({ length: 251 }, (_, at) => (at * seed) % 251);
  return new Uint8Array(Buffer.alloc(size, filler));
}

export async function read(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const read: Uint8Array[] = [];
  for await (const bytes of source) read.push(bytes);
  return Buffer.concat(read);
}

/** A clock that stands until a test moves it. */
export class StandingClock implements Clock {
  time = 1_700_000_000_000;
  private timers: { at: number; run: () => void }[] = [];

  now(): number {
    return this.time;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.time + ms, run };
    this.timers.push(timer);
    return () => void (this.timers = this.timers.filter((each) => each !== timer));
  }

  /** Timers that wait. */
  get waiting(): number {
    return this.timers.length;
  }

  forward(ms: number): void {
    this.time += ms;
    const due = this.timers.filter(({ at }) => at <= this.time);
    this.timers = this.timers.filter(({ at }) => at > this.time);
    for (const { run } of due) run();
  }
}

export interface TestDevice {
  engine: Engine;
  clock: StandingClock;
  storage: MemoryStorage;
  logged: string[];
  /** How often rows or the queue were said to have changed. */
  changes(): number;
}

/** A device over this storage; another one over the same is the same device after a restart, or another tab. */
export function mediaDevice(storage = new MemoryStorage(), clock = new StandingClock()): TestDevice {
  return deviceOver(memoryStore(storage), storage, clock);
}

export function deviceOver(store: LocalStore, storage = new MemoryStorage(), clock = new StandingClock()): TestDevice {
  const logged: string[] = [];
  let changes = 0;
  const engine: Engine = {
    store,
    transport: undefined as unknown as Transport,
    clock,
    deviceId: 'device-a',
    newHasher: nodeHasher,
    newId: () => randomUUID(),
    saved: () => undefined,
    failed: () => undefined,
    changed: () => void (changes += 1),
    log: (event) => void logged.push(event),
  };
  return { engine, clock, storage, logged, changes: () => changes };
}

interface Upload {
  facts: MediaFacts;
  bytes: Buffer;
  status: 'PENDING' | 'READY' | 'deleted';
  version: number;
}

/** What a test wants to happen instead of the answer of one call; `undefined` lets the call go on. */
export type Script = (call: string, ...args: unknown[]) => Promise<void> | void;

/** Keeps uploads as the real server does: by id, resumable, checked at the end. */
export class FakeMediaServer implements MediaTransport {
  readonly uploads = new Map<string, Upload>();
  readonly calls: string[] = [];
  /** Sizes of the chunks that were sent. */
  readonly chunks: number[] = [];
  script: Script = () => undefined;
  method: 'TUS' | 'SIGNED' = 'TUS';
  partBytes = 300_000;
  private version = 0;

  async uploadWhole(facts: MediaFacts, bytes: Uint8Array): Promise<RemoteRow> {
    await this.called('uploadWhole', facts.id);
    const known = this.uploads.get(facts.id);
    if (known?.facts.mutationId === facts.mutationId && known.status === 'READY') return this.rowOf(known);
    if (sha256Of(bytes) !== facts.sha256) throw new TransportError('DIGEST_MISMATCH', 'other bytes');
    const upload = { facts, bytes: Buffer.from(bytes), status: 'READY' as const, version: (this.version += 1) };
    this.uploads.set(facts.id, upload);
    return this.rowOf(upload);
  }

  async begin(facts: MediaFacts): Promise<UploadPlan> {
    await this.called('begin', facts.id);
    let upload = this.uploads.get(facts.id);
    if (upload?.status === 'deleted') throw new TransportError('CONFLICT', 'deleted');
    if (upload === undefined) {
      const same = [...this.uploads.values()].find(
        ({ status, facts: { sha256 } }) => status === 'READY' && sha256 === facts.sha256,
      );
      const status = same === undefined ? 'PENDING' : 'READY';
      upload = { facts, bytes: same?.bytes ?? Buffer.alloc(0), status, version: (this.version += 1) };
      this.uploads.set(facts.id, upload);
    }
    if (upload.status === 'READY') return { method: 'ALREADY_STORED', row: this.rowOf(upload) };
    if (this.method === 'TUS') return { method: 'TUS', url: `https://logdate.test/media/uploads/${facts.id}` };
    upload.bytes = Buffer.alloc(0);
    const parts: SignedPart[] = [];
    for (let from = 0; from < facts.size; from += this.partBytes) {
      const to = Math.min(from + this.partBytes, facts.size);
      parts.push({ url: `https://store.test/${facts.id}`, headers: {}, from, to });
    }
    return { method: 'SIGNED', parts };
  }

  async arrived(url: string): Promise<number | undefined> {
    await this.called('arrived', url);
    return this.at(url)?.bytes.length;
  }

  async append(url: string, offset: number, bytes: Uint8Array): Promise<number> {
    this.chunks.push(bytes.length);
    await this.called('append', url, offset, bytes);
    const upload = this.at(url);
    if (upload === undefined) throw new TransportError('NOT_FOUND', 'gone', { httpStatus: 404 });
    if (upload.bytes.length !== offset) throw new TransportError('CONFLICT', 'another offset');
    upload.bytes = Buffer.concat([upload.bytes, bytes]);
    return upload.bytes.length;
  }

  async put({ url, from }: SignedPart, bytes: Uint8Array): Promise<void> {
    await this.called('put', url, from);
    const upload = this.at(url);
    if (upload === undefined) throw new TransportError('NOT_FOUND', 'gone');
    upload.bytes = Buffer.concat([upload.bytes.subarray(0, from), bytes]);
  }

  async complete(id: string): Promise<RemoteRow> {
    await this.called('complete', id);
    const upload = this.uploads.get(id);
    if (upload === undefined || upload.status === 'deleted') throw new TransportError('NOT_FOUND', 'no such row');
    if (upload.status === 'READY') throw new TransportError('CONFLICT', 'completed already');
    if (sha256Of(upload.bytes) !== upload.facts.sha256) {
      upload.bytes = Buffer.alloc(0);
      throw new TransportError('DIGEST_MISMATCH', 'other bytes');
    }
    upload.status = 'READY';
    upload.version = this.version += 1;
    return this.rowOf(upload);
  }

  async row(id: string): Promise<RemoteRow | undefined> {
    await this.called('row', id);
    const upload = this.uploads.get(id);
    return upload === undefined || upload.status === 'deleted' ? undefined : this.rowOf(upload);
  }

  async download(id: string, from: number): Promise<AsyncIterable<Uint8Array>> {
    await this.called('download', id, from);
    const upload = this.uploads.get(id);
    if (upload?.status !== 'READY') throw new TransportError('NOT_FOUND', 'no bytes');
    return this.stream(upload.bytes.subarray(from));
  }

  /** Forgets an upload, as a server does whose disk was replaced. */
  forget(id: string): void {
    this.uploads.delete(id);
  }

  count(call: string): number {
    return this.calls.filter((each) => each === call).length;
  }

  /** Whether a call fails the first `times` it is made. */
  fails(call: string, code: ErrorCode, times = 1, details = {}): void {
    let left = times;
    this.script = (made) => {
      if (made !== call || left === 0) return;
      left -= 1;
      throw new TransportError(code, 'as the test says', details);
    };
  }

  private async *stream(bytes: Buffer): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 100_000) {
      await this.called('bytes', at);
      yield bytes.subarray(at, at + 100_000);
    }
  }

  private at(url: string): Upload | undefined {
    return this.uploads.get(url.slice(url.lastIndexOf('/') + 1));
  }

  private async called(call: string, ...args: unknown[]): Promise<void> {
    this.calls.push(call);
    await this.script(call, ...args);
  }

  private rowOf({ facts, status, version }: Upload): RemoteRow {
    const { id, contentId, fileName, createdAt, size, sha256, mutationId } = facts;
    return {
      type: 'media',
      id,
      status: 'live',
      body: { contentId, fileName, mimeType: 'image/png', sizeBytes: size, sha256, status, createdAt },
      version,
      updatedAt: version,
      clientUpdatedAt: 1,
      deviceId: 'device-a',
      mutationId,
    };
  }
}
