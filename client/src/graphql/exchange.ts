// One HTTP request and its answer under way: bound by a clock and a signal, and failing in the words of the engine.
import { TransportError } from '../transport.js';
import type { Connection } from './request.js';

/** The slowest line that still counts as one: a request has this much longer for each byte that it sends. */
const SLOWEST_BYTES_PER_MS = 8;

/** A request under way. Whoever makes one closes it. */
export class Exchange {
  readonly #connection: Connection;
  readonly #signal: AbortSignal | undefined;
  readonly #ending = new AbortController();
  readonly #end = (): void => this.#ending.abort();
  #cancel: () => void = () => undefined;

  constructor(connection: Connection, signal: AbortSignal | undefined) {
    this.#connection = connection;
    this.#signal = signal;
  }

  /** Sends so many bytes. The answer may be anybody's: a captive portal answers too. */
  async send(url: string, init: RequestInit, bytes: number): Promise<Response> {
    const { fetch, timeoutMs, clock } = this.#connection;
    this.#signal?.throwIfAborted();
    this.#signal?.addEventListener('abort', this.#end);
    this.#cancel = clock.after(timeoutMs + bytes / SLOWEST_BYTES_PER_MS, this.#end);
    const response = await fetch(url, {
      ...init,
      signal: this.#ending.signal,
      cache: 'no-store',
      credentials: 'omit',
      // Words and token go to this server and no other: a captive portal answers with a redirect too.
      redirect: 'error',
    });
    this.progressed();
    return response;
  }

  /** Something came: a slow line is not taken for a dead one. */
  readonly progressed = (): void => {
    const { timeoutMs, clock } = this.#connection;
    this.#cancel();
    this.#cancel = clock.after(timeoutMs, this.#end);
  };

  /** Nobody waits for the line now: it may be silent. */
  readonly rest = (): void => this.#cancel();

  /** What is thrown for `error`: the reason of the signal, or a TransportError. */
  failure(error: unknown): unknown {
    if (this.#signal?.aborted) return this.#signal.reason;
    if (error instanceof TransportError) return error;
    return new TransportError('NO_ANSWER', 'The server did not answer, or not as asked', {}, { cause: error });
  }

  /** Leaves no timer behind, and ends what is still under way. */
  close(): void {
    this.#cancel();
    this.#signal?.removeEventListener('abort', this.#end);
    this.#end();
  }
}
