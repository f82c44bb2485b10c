/** The way between a browser and the server, with troubles for the requests that a test chooses. */
import { EventEmitter, once } from 'node:events';
import {
  createServer,
  request as ask,
  type ClientRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';

/**
 * `answer` speaks in place of the server, as a reverse proxy does. The others let `after` bytes of the request's body
 * through: then `cut` breaks the connection, and `hold` waits for `heal`.
 */
export type Trouble =
  { kind: 'answer'; status: number; retryAfterSeconds?: number } | { kind: 'cut' | 'hold'; after: number };

/** Requests for words, not for the bytes of files. */
export const isGraphql = ({ url }: IncomingMessage): boolean => url?.startsWith('/graphql') === true;

/** More than a test sends. */
const MOST_BYTES = 2 ** 30;

export class Line {
  /** What the next requests meet; nothing unless a test says so. */
  trouble: (request: IncomingMessage) => Trouble | undefined = () => undefined;
  /** Requests that met a trouble. */
  troubled = 0;
  private target = 0;
  private readonly sockets = new Set<Socket>();
  private readonly moments = new EventEmitter<{ held: []; healed: [] }>();
  /** Requests that wait for `heal`. */
  private waiting = 0;

  private constructor(private readonly server: Server) {}

  static async open(): Promise<Line> {
    const server = createServer();
    const line = new Line(server);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => line.pass(request, response));
    server.on('upgrade', (request: IncomingMessage, socket: Socket) => line.passSocket(request, socket));
    server.on('connection', (socket: Socket) => line.keep(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return line;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Where the server listens from now on. */
  leadTo(url: string): void {
    this.target = Number(new URL(url).port);
  }

  /** Waits until a request is held, if none is. */
  async untilHeld(): Promise<void> {
    if (this.waiting === 0) await once(this.moments, 'held');
  }

  /** No trouble from here on; what is held goes on. */
  heal(): void {
    this.trouble = () => undefined;
    this.waiting = 0;
    this.moments.emit('healed');
  }

  async close(): Promise<void> {
    this.heal();
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private pass(request: IncomingMessage, response: ServerResponse): void {
    const trouble = this.trouble(request);
    if (trouble !== undefined) this.troubled += 1;
    if (trouble?.kind === 'answer') return answer(request, response, trouble);
    const { method, url: path, headers } = request;
    const onward = ask({ host: '127.0.0.1', port: this.target, method, path, headers, agent: false });
    onward.on('response', (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.on('error', () => response.destroy()).pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    // All that comes is taken: the end of a connection that is not read from stays unseen.
    const body = request.pipe(new PassThrough({ highWaterMark: MOST_BYTES }));
    this.pour(body, onward, trouble).catch(() => onward.destroy());
  }

  private async pour(body: PassThrough, onward: ClientRequest, trouble?: Trouble): Promise<void> {
    let most = trouble === undefined || trouble.kind === 'answer' ? Infinity : trouble.after;
    let passed = 0;
    for await (const piece of body as AsyncIterable<Buffer>) {
      const whole = piece.subarray(0, Math.max(0, most - passed));
      passed += piece.length;
      if (whole.length > 0) await written(onward, whole);
      if (passed <= most) continue;
      if (trouble?.kind === 'cut') return void onward.destroy(new Error('The line was cut'));
      this.waiting += 1;
      this.moments.emit('held');
      await once(this.moments, 'healed');
      most = Infinity;
      await written(onward, piece.subarray(whole.length));
    }
    onward.end();
  }

  private passSocket({ url, rawHeaders }: IncomingMessage, browser: Socket): void {
    const server = connect(this.target, '127.0.0.1');
    this.keep(server);
    const headers = rawHeaders.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('');
    server.write(`GET ${url} HTTP/1.1\r\n${headers}\r\n`);
    browser.on('close', () => server.destroy()).pipe(server);
    server.on('close', () => browser.destroy()).pipe(browser);
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => this.sockets.delete(socket));
  }
}

/** When it is on its way: what is destroyed earlier takes it along. */
function written(onward: ClientRequest, piece: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    onward.write(piece, (error) => (error ? reject(error) : resolve()));
  });
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { status, retryAfterSeconds }: Trouble & { kind: 'answer' },
): void {
  request.resume();
  if (retryAfterSeconds !== undefined) response.setHeader('retry-after', String(retryAfterSeconds));
  response.writeHead(status, { 'content-type': 'text/plain' }).end('In place of the server');
}
