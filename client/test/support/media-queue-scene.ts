// A device whose queue of files a test steps by hand, and the server that it sends to.
import { randomUUID } from 'node:crypto';
import { addMedia } from '../../src/media/add-media.js';
import { MediaQueue, type MediaQueueOptions } from '../../src/media/media-queue.js';
import { WHOLE_BYTES } from '../../src/media/upload.js';
import type { LocalRow, MediaEntry, RejectedRecord } from '../../src/tables.js';
import { TransportError } from '../../src/transport.js';
import { bytesOf, FakeMediaServer, mediaDevice } from './media-device.js';

/** A mebibyte. */
export const MIB = 2 ** 20;
/** A file that goes in chunks. */
export const LARGE = bytesOf(WHOLE_BYTES + MIB);
/** A file that goes with one request. */
export const SMALL = bytesOf(300_000);

/** Each failure doubles the wait, from a second. */
const backoff = (failures: number, retryAfterMs: number): number => Math.max(retryAfterMs, 1_000 * 2 ** failures);

/** The device, its server and its queue; nothing is sent until a test says so. */
export class MediaQueueScene {
  device = mediaDevice();
  readonly server = new FakeMediaServer();
  queue = this.queueOf();
  readonly signal = new AbortController().signal;

  /** A queue on the device as it is now. */
  queueOf(options: Partial<MediaQueueOptions> = {}): MediaQueue {
    return new MediaQueue(this.device.engine, { transport: this.server, backoff, ...options });
  }

  /** The same device after a restart: nothing but what was stored is left. */
  restarted(): void {
    this.device = mediaDevice(this.device.storage, this.device.clock);
    this.queue = this.queueOf();
  }

  /** A person adds a file. */
  add(bytes: Uint8Array): Promise<string> {
    const facts = { contentId: randomUUID(), fileName: 'a.png', mimeType: 'image/png' };
    return addMedia(this.device.engine, { ...facts, bytes });
  }

  entries(): MediaEntry[] {
    return this.device.storage.dump().rows.media as MediaEntry[];
  }

  rowOf(id: string): LocalRow | undefined {
    return (this.device.storage.dump().rows.rows as LocalRow[]).find((row) => row.id === id);
  }

  refusals(): RejectedRecord[] {
    return this.device.storage.dump().rows.rejected as RejectedRecord[];
  }

  /** How many pieces of files are on this device. */
  blobs(): number | undefined {
    return this.device.storage.dump().rows.blobs?.length;
  }

  isAtServer(id: string, bytes: Uint8Array): boolean {
    const upload = this.server.uploads.get(id);
    return upload?.status === 'READY' && Buffer.compare(upload.bytes, bytes) === 0;
  }

  /** Steps until nothing can be sent now. */
  async work(): Promise<number | null> {
    for (let steps = 0; steps < 1_000; steps += 1) {
      const { more, until } = await this.queue.step(this.signal);
      if (!more) return until;
    }
    throw new Error('the queue never comes to an end');
  }

  /** As a run does: a failure that concerns everything ends it, and the time of the next attempt comes. */
  async persist(): Promise<void> {
    for (let tries = 0; tries < 100; tries += 1) {
      await this.work().catch((error: unknown) => {
        if (!(error instanceof TransportError)) throw error;
      });
      if (this.entries().every(({ state }) => state === 'quota' || state === 'refused')) return;
      this.device.clock.forward(60_000);
    }
    throw new Error('the queue never empties');
  }
}
