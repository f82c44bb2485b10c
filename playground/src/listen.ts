import type { ExecutionResult } from 'graphql';
import { createClient } from 'graphql-ws';
import type { Headers, Request } from './request.js';
import { PATH, type Server } from './server.js';
import { isRecord } from './session.js';

/** What is told of a subscription until it ends. */
export interface Listener {
  next(answer: ExecutionResult): void;
  error(reason: unknown): void;
  complete(): void;
}

/** With this code the server closes a WebSocket that came without a token. */
const FORBIDDEN = 4403;

/** Listens over a WebSocket of its own, until the answer is called. `headers` go before those of the page. */
export function listen(server: Server, request: Request, listener: Listener, headers: Headers = {}): () => void {
  const client = createClient({
    url: new URL(PATH, location.href.replace(/^http/, 'ws')).href,
    connectionParams: async () => ({ ...(await server.authorization()), ...headers }),
    // A person who tries things wants to see that the connection broke.
    retryAttempts: 0,
  });
  const { query, operationName, variables } = request;
  return client.subscribe(
    { query, operationName, ...(isRecord(variables) && { variables }) },
    {
      next: (answer) => listener.next(answer as ExecutionResult),
      error: (reason) => listener.error(asError(reason)),
      complete: () => listener.complete(),
    },
  );
}

/** In the form in which GraphiQL shows it without a stack. */
function asError(reason: unknown): unknown {
  if (!(reason instanceof CloseEvent)) return reason;
  if (reason.code === FORBIDDEN) return { message: 'A subscription needs a token: run SignUp or SignIn first' };
  return { message: `The connection was closed: ${reason.code} ${reason.reason}` };
}
