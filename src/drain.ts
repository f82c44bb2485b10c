import type { IncomingMessage } from 'node:http';

/** The most that is read of a body that was refused, so that its sender gets to see the answer. */
const DRAINED_BYTES = 64 * 1024 * 1024;
const DRAIN_MS = 10_000;

/** Reads the rest of a request to its end: a client that is still writing would only see a broken connection. */
export function drain(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0;
    const timer = setTimeout(resolve, DRAIN_MS);
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > DRAINED_BYTES) end();
    });
    request.once('end', end).once('close', end).resume();
    if (request.readableEnded || request.destroyed) end();
  });
}
