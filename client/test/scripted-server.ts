/** A local HTTP server that answers as a test says, and remembers what it was asked. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  path: string;
  headers: IncomingHttpHeaders;
  /** As it came. */
  text: string;
  body: { query: string; variables: Record<string, unknown> };
}

export type Answer = (response: ServerResponse, asked: Asked) => void;

export interface ScriptedServer {
  url: string;
  asked: Asked[];
  /** Answers from the next request on; the last one stays. */
  answers(...answers: Answer[]): void;
  close(): Promise<void>;
}

export async function scriptedServer(): Promise<ScriptedServer> {
  const asked: Asked[] = [];
  let script: Answer[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const one = { path: request.url ?? '', headers: request.headers, text, body: JSON.parse(text || '{}') };
      asked.push(one);
      const [answer] = script.length > 1 ? script.splice(0, 1) : script;
      answer?.(response, one);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answers(...answers) {
      asked.length = 0;
      script = answers;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** GraphQL's `data`. */
export const data =
  (value: unknown): Answer =>
  (response) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data: value }));

/** An error as the server gives it. */
export const refusal =
  (status: number, code: string, more: { extensions?: object; headers?: Record<string, string> } = {}): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...more.headers }).end(
      JSON.stringify({
        errors: [{ message: `It is ${code}`, path: ['push'], extensions: { code, ...more.extensions } }],
      }),
    );

/** Anything else. */
export const plain =
  (status: number, text: string, headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(text);
