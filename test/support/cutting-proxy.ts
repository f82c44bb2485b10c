/** A line that breaks: a proxy that cuts every connection once so many bytes have gone to the server. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export class CuttingProxy {
  /** Connections that were cut. */
  cuts = 0;
  /** Bytes that went to the server, those that had to be sent again too. */
  sent = 0;
  private target = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly cutAfter: number,
  ) {}

  static async open(cutAfter: number): Promise<CuttingProxy> {
    const server = createServer();
    const proxy = new CuttingProxy(server, cutAfter);
    server.on('connection', (client) => proxy.pass(client));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Where the server listens from now on. */
  leadTo(url: string): void {
    this.target = Number(new URL(url).port);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private pass(client: Socket): void {
    const server = connect(this.target, '127.0.0.1');
    let passed = 0;
    const cut = (): void => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on('error', cut).once('close', () => {
        this.sockets.delete(socket);
        cut();
      });
    }
    server.pipe(client);
    client.on('data', (bytes: Buffer) => {
      passed += bytes.length;
      this.sent += bytes.length;
      if (passed > this.cutAfter) {
        this.cuts += 1;
        cut();
      } else if (!server.write(bytes)) {
        client.pause();
        server.once('drain', () => client.resume());
      }
    });
  }
}
