// Listens for pokes: graphql-transport-ws over a WebSocket, as far as one subscription needs it.
//
//   signed in ─► token ─► connecting ─open: connection_init─► connection_ack: subscribe ─► listening ─next─► onPoke
//                  ▲                                                                          │
//                  └── wait, at most 1 s · 2^failures and 5 min ◄── closed, completed, refused, silent
import type { Clock } from '../clock.js';
import type { Live } from '../live.js';
import type { Tokens } from '../tokens.js';
import { POKES } from './poke-operations.js';

/** What is used of a WebSocket: the browser's own, or the class of `ws`. */
export interface PokeSocket {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}
export type PokeSocketClass = new (url: string, protocol: string) => PokeSocket;

/** How a transport reaches the server. */
export interface PokeLineOptions {
  /** Address of the server without the path of an endpoint. */
  url: string;
  tokens: Tokens;
  deviceId: string | undefined;
  /** There is a connection only while this says so. */
  signedIn: Live<boolean>;
  clock: Clock;
}

/** Calls `onPoke` when another device wrote, and `onConnected` whenever the line is there, until the answer is called. */
export type Pokes = (line: PokeLineOptions, onPoke: () => void, onConnected?: () => void) => () => void;

/** What is heard with. */
export interface PokesOptions {
  /** The browser's own when missing. */
  webSocket?: PokeSocketClass;
  /** Between 0 and 1, for the spread of attempts; for tests. */
  random?: () => number;
}

/** Lets a transport hear pokes: `graphqlTransport({ …, pokes: pokes() })`. Where there is no WebSocket nobody listens. */
export function pokes({ webSocket = globalThis.WebSocket, random = Math.random }: PokesOptions = {}):
  Pokes | undefined {
  return webSocket && ((line, ...told) => listenForPokes({ ...line, webSocket, random }, ...told));
}

type PokeOptions = PokeLineOptions & Required<PokesOptions>;

const BACKOFF_BASE_MS = 1_000;
const BACKOFF_CAP_MS = 5 * 60_000;
/** A line that says nothing for so long, asked once, is dead: a phone is not told when it loses the network. */
const SILENCE_MS = 60_000;
const CLOSED_NORMALLY = 1000;
const UNAUTHORIZED = 4401;
const FORBIDDEN = 4403;

/** What the server sends; of an `error` the GraphQL errors. */
interface Message {
  type?: unknown;
  payload?: { extensions?: { code?: unknown } }[];
}

/** Listens until the answer is called. Without `onConnected` a connection is told as a poke. */
export function listenForPokes(options: PokeOptions, onPoke: () => void, onConnected = onPoke): () => void {
  const line = new PokeLine(options, onPoke, onConnected);
  const unsubscribe = options.signedIn.subscribe((isSignedIn) => (isSignedIn ? line.begin() : line.end()));
  return () => {
    unsubscribe();
    line.end();
  };
}

class PokeLine {
  private socket: PokeSocket | undefined;
  /** Ends the wait under way: for the next attempt, or for a word of the server. */
  private cancel: () => void = () => undefined;
  private failures = 0;
  private refusedToken: string | undefined;
  /** Grows with each beginning and end: what belongs to an older one is not heard any more. */
  private generation = 0;

  constructor(
    private readonly options: PokeOptions,
    private readonly onPoke: () => void,
    private readonly onConnected: () => void,
  ) {}

  begin(): void {
    this.end();
    const { generation } = this;
    const isCurrent = (): boolean => generation === this.generation;
    this.token()
      .then((token) => isCurrent() && this.connect(token))
      .catch(() => isCurrent() && this.retry());
  }

  end(): void {
    this.generation += 1;
    this.cancel();
    const { socket } = this;
    this.socket = undefined;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    // `ws` tells the end of a connection that was not yet made as an error, and an error unheard ends the process.
    socket.onerror = () => undefined;
    socket.close(CLOSED_NORMALLY);
  }

  private token(): Promise<string> {
    const { tokens } = this.options;
    return this.refusedToken === undefined ? tokens.accessToken() : tokens.refresh(this.refusedToken);
  }

  private connect(token: string): void {
    const { url, deviceId, webSocket: WebSocketClass } = this.options;
    this.refusedToken = undefined;
    const socket = new WebSocketClass(
      `${url.replace(/^http/, 'ws').replace(/\/$/, '')}/graphql`,
      'graphql-transport-ws',
    );
    this.socket = socket;
    this.watch(false);
    const send = (message: object): void => socket.send(JSON.stringify(message));
    socket.onopen = () =>
      send({ type: 'connection_init', payload: { authorization: `Bearer ${token}`, 'x-device-id': deviceId } });
    socket.onmessage = ({ data }: { data: unknown }) => {
      this.watch(true);
      this.hear(messageOf(data), token, send);
    };
    socket.onclose = ({ code }: { code: number }) => {
      if (code === UNAUTHORIZED || code === FORBIDDEN) this.refusedToken = token;
      this.retry();
    };
    socket.onerror = () => this.retry();
  }

  private hear({ type, payload }: Message, token: string, send: (message: object) => void): void {
    switch (type) {
      case 'connection_ack':
        send({ id: '1', type: 'subscribe', payload: { query: POKES } });
        // Something may have been written while nobody listened.
        return this.onConnected();
      case 'next':
        this.failures = 0;
        return this.onPoke();
      case 'ping':
        return send({ type: 'pong' });
      case 'error':
        if (payload?.some?.((error) => error?.extensions?.code === 'UNAUTHENTICATED')) this.refusedToken = token;
        return this.retry();
      case 'complete':
        // The token has ended.
        return this.retry();
    }
  }

  /** Waits for the next word: after a silence it asks for one, after another the line counts as dead. */
  private watch(isOpen: boolean): void {
    this.cancel();
    this.cancel = this.options.clock.after(SILENCE_MS, () => {
      if (!isOpen) return this.retry();
      this.failures = 0;
      this.socket?.send('{"type":"ping"}');
      this.watch(false);
    });
  }

  private retry(): void {
    this.end();
    const { clock, random } = this.options;
    const delay = random() * Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** this.failures);
    this.failures += 1;
    this.cancel = clock.after(delay, () => this.begin());
  }
}

function messageOf(data: unknown): Message {
  try {
    return Object(JSON.parse(String(data))) as Message;
  } catch {
    return {};
  }
}
