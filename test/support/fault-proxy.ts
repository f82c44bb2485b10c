/** A line with faults: each connection through it meets the next one. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** `after` and `by` are bytes and milliseconds. */
export type LineFault =
  | { kind: 'none' | 'refuse' | 'black hole' }
  | { kind: 'cut request' | 'cut answer'; after: number }
  | { kind: 'slow'; by: number; after: number };

export class FaultProxy {
  connections = 0;
  /** Connections that met a fault. */
  faults = 0;
  /** The fault of the next connection. */
  next: () => LineFault = () => ({ kind: 'none' });
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {}

  static async open(url: string): Promise<FaultProxy> {
    const server = createServer();
    const proxy = new FaultProxy(server, Number(new URL(url).port));
    server.on('connection', (client) => proxy.pass(client));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From here on every connection is sound, and the ones that are open are gone. */
  heal(): void {
    this.next = () => ({ kind: 'none' });
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.heal();
    this.server.close();
    await once(this.server, 'close');
  }

  private pass(client: Socket): void {
    const fault = this.next();
    this.connections += 1;
    if (fault.kind !== 'none') this.faults += 1;
    this.keep(client);
    if (fault.kind === 'refuse') return void client.resetAndDestroy();
    if (fault.kind === 'black hole') return void client.resume();
    const server = connect(this.target, '127.0.0.1');
    this.keep(server);
    client.once('close', () => server.destroy());
    server.once('close', () => client.destroy());
    pour(client, server, fault.kind === 'cut request' ? fault.after : Infinity, 0);
    const most = fault.kind === 'cut answer' || fault.kind === 'slow' ? fault.after : Infinity;
    pour(server, client, most, fault.kind === 'slow' ? fault.by : 0);
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.sockets.delete(socket));
  }
}

/** Passes bytes on until `most` have passed; the rest, and the connection, are cut off. */
function pour(from: Socket, to: Socket, most: number, delayMs: number): void {
  let passed = 0;
  from.on('data', (bytes: Buffer) => {
    const whole = bytes.subarray(0, Math.max(0, most - passed));
    passed += bytes.length;
    const send = (): void => {
      if (!to.destroyed) to.write(whole);
      if (passed > most) from.destroy();
    };
    if (delayMs === 0) send();
    else setTimeout(send, delayMs);
  });
}
