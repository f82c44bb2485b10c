// Files as a part of a journal: an app that has none leaves this out, with all that lies beside it.
import type { Engine } from '../engine.js';
import type { FilesPart, OpenFiles } from '../log-date.js';
import { sweepCopies } from './add-media.js';
import { mediaCollection } from './media-collection.js';
import { MediaQueue } from './media-queue.js';
import type { MediaTransport } from './media-transport.js';

export { freeLocalCopies } from './media-edits.js';
export { httpMediaTransport, type HttpMediaTransportOptions } from './http-media-transport.js';
export type * from './media-transport.js';
export type { Hasher, NewHasher } from './sha256.js';

export interface SendFilesOptions {
  transport: MediaTransport;
  /** Whether the person allows files on the network of the moment, as for Wi-Fi only. Missing: every network. */
  mayUseNetwork?: () => boolean;
  /** False: the bytes of a file leave this device once the server has them. Missing: they stay. */
  keepsLocalCopies?: () => boolean;
}

/** Gives a journal photos, films and recordings: `openLogDate({ …, files: sendFiles({ transport }) })`. */
export function sendFiles(options: SendFilesOptions): OpenFiles {
  return async (engine: Engine, edits, backoff): Promise<FilesPart> => {
    await sweepCopies(engine);
    const queue = new MediaQueue(engine, { ...options, backoff });
    const { transport, keepsLocalCopies } = options;
    return {
      media: mediaCollection(engine, edits, { transport, backoff, keep: keepsLocalCopies?.() ?? true }),
      step: (signal) => queue.step(signal),
      roomAgain: () => queue.roomAgain(),
    };
  };
}
