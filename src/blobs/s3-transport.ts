import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { BlobStoreUnavailableError } from './blob-store.js';

interface Transport {
  request: typeof http.request;
}

/** Sends requests, and gives up those that the store leaves without a byte for so long or answers with a 5xx. */
export function transportTo(protocol: string, idleMs: number): Transport {
  const send = protocol === 'https:' ? https.request : http.request;
  const request = (options: http.RequestOptions, take: (answer: IncomingMessage) => void): http.ClientRequest => {
    let taken: Readable | undefined;
    const sent = send({ ...options, timeout: idleMs }, (answer) => {
      const status = answer.statusCode ?? 0;
      if (status >= 500 || status === 429 || status === 408) {
        sent.destroy(new BlobStoreUnavailableError(`The store answered ${status}`, { cause: { status } }));
        return;
      }
      taken = answer;
      take(answer);
    });
    sent.on('timeout', () => {
      // While bytes lie here unread, it is the reader who is slow.
      if (taken !== undefined && taken.readableLength > 0) return;
      sent.destroy(new BlobStoreUnavailableError(`The store was silent for ${idleMs} ms`));
    });
    return sent;
  };
  // The other signatures of this function are not used by the client.
  return { request: request as typeof http.request };
}
