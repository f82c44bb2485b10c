// Files as a part of a journal: an app that has none leaves this out, with all that lies beside it.
import { Backoff } from '../backoff.js';
import type { Files } from '../files-part.js';
import { delayAfter } from '../retry.js';
import { sweepCopies } from './add-media.js';
import { mediaCollection } from './media-collection.js';
import { fileEdits } from './media-edits.js';
import { MediaMachine } from './media-machine.js';
import { mediaCounter } from './media-progress.js';
import { MediaQueue } from './media-queue.js';
import type { MediaTransport } from './media-transport.js';

export { MAX_MEDIA_BYTES } from './add-media.js';
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
export function sendFiles(options: SendFilesOptions): Files {
  const { transport, keepsLocalCopies } = options;
  return {
    edits: fileEdits,
    async open(engine, edits, around) {
      await sweepCopies(engine);
      const { surroundings, random } = around;
      const backoff = (failures: number, retryAfterMs: number): number =>
        delayAfter(failures, retryAfterMs, { visible: surroundings.visible(), random: random() });
      const queue = new MediaQueue(engine, { ...options, backoff });
      return {
        media: mediaCollection(engine, edits, { transport, backoff, keep: keepsLocalCopies?.() ?? true }),
        roomAgain: () => queue.roomAgain(),
        count: mediaCounter(),
        machine: (context) =>
          new MediaMachine({
            ...context,
            backoff: new Backoff({ ...engine, ...around }, 'retry:media'),
            step: (signal) => queue.step(signal),
          }),
      };
    },
  };
}
