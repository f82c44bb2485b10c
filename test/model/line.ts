/** The line between a device and the server: each request and each answer waits until the history lets it go on. */
import type { ErrorCode, PullRequest, PushRequest, Transport } from '../../client/src/transport.js';
import { TransportError } from '../../client/src/transport.js';

/** Made anew for each arrival, so that one request can arrive twice. */
type Arrival = () => Promise<unknown>;

interface Parked {
  /** Undefined until the server has answered. */
  answer: { value: unknown } | { error: unknown } | undefined;
  arrive: Arrival;
  resolve(value: never): void;
  reject(error: unknown): void;
}

export class Line {
  private readonly parked: Parked[] = [];
  /** Requests that are still on their way although nobody waits for them any longer. */
  private readonly late: Arrival[] = [];

  constructor(private readonly server: Transport) {}

  /** How many requests and answers wait here. */
  get waiting(): number {
    return this.parked.length;
  }

  get arrivingLate(): number {
    return this.late.length;
  }

  /** A transport whose calls wait here; TransportError is the caller's, which may be a patched copy of the client. */
  readonly transport: Transport = {
    push: (request: PushRequest, signal) => {
      const sent = structuredClone(request);
      return this.park((free) => this.server.push(structuredClone(sent), free), signal);
    },
    pull: (request: PullRequest, signal) => {
      const sent = structuredClone(request);
      return this.park((free) => this.server.pull(structuredClone(sent), free), signal);
    },
  };

  /** The oldest thing that waits goes on: a request is handled and its answer waits, an answer reaches the device. */
  async step(): Promise<void> {
    const next = this.parked[0];
    if (next === undefined) return;
    if (next.answer === undefined) {
      next.answer = await next.arrive().then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      return;
    }
    this.parked.shift();
    if ('error' in next.answer) next.reject(next.answer.error);
    else next.resolve(next.answer.value as never);
  }

  /** The oldest request or answer is lost: the device hears nothing. */
  lose(): void {
    this.parked.shift()?.reject(new TransportError('NO_ANSWER', 'The line broke'));
  }

  /** The device hears nothing of the oldest request, which arrives later, if it has not arrived; or once more. */
  delay(): void {
    const next = this.parked[0];
    if (next === undefined) return;
    this.late.push(next.arrive);
    this.lose();
  }

  /** The network delivers the oldest request twice; the device hears the second answer. */
  async repeat(): Promise<void> {
    const next = this.parked[0];
    if (next === undefined || next.answer !== undefined) return;
    await next.arrive().catch(() => undefined);
    await this.step();
  }

  /** The server answers the oldest request with an error and does nothing. */
  fail(code: ErrorCode, retryAfterMs?: number): void {
    const details = retryAfterMs === undefined ? {} : { retryAfterMs };
    this.parked.shift()?.reject(new TransportError(code, 'Said by the history', details));
  }

  /** A request that nobody waits for any longer reaches the server. */
  async arriveLate(): Promise<void> {
    await this.late
      .shift()?.()
      .catch(() => undefined);
  }

  /** Nobody waits for what is under way: the device has stopped. */
  forget(): void {
    for (const { answer, arrive } of this.parked.splice(0)) if (answer === undefined) this.late.push(arrive);
  }

  private park<T>(arrive: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      signal.throwIfAborted();
      const free = new AbortController().signal;
      const parked: Parked = {
        answer: undefined,
        arrive: () => arrive(free),
        resolve: (value) => (signal.removeEventListener('abort', leave), resolve(value)),
        reject: (error) => (signal.removeEventListener('abort', leave), reject(error)),
      };
      this.parked.push(parked);
      const leave = (): void => {
        const place = this.parked.indexOf(parked);
        if (place < 0) return;
        this.parked.splice(place, 1);
        if (parked.answer === undefined) this.late.push(parked.arrive);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
    });
  }
}
