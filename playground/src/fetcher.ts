import type { Fetcher, Observable } from '@graphiql/toolkit';
import { OperationTypeNode, type ExecutionResult } from 'graphql';
import { listen, type Listener } from './listen.js';
import { operationOf, withCurrentName } from './request.js';
import type { Server } from './server.js';

/** GraphiQL's way to the server. `onListening` is told 1 when a subscription begins, and -1 when it has ended. */
export function fetcherOf(server: Server, onListening: (change: 1 | -1) => void): Fetcher {
  return (given, { headers } = {}) => {
    const request = withCurrentName(given);
    if (operationOf(request)?.operation !== OperationTypeNode.SUBSCRIPTION) return server.ask(request, headers);
    const subscribe = (listener: Listener): { unsubscribe(): void } => {
      onListening(1);
      const counted = once(listener, () => onListening(-1));
      const stop = listen(server, request, counted, headers);
      return {
        unsubscribe() {
          counted.complete();
          stop();
        },
      };
    };
    // Its type has further forms, with functions in the place of the listener; GraphiQL uses this one.
    return { subscribe } as Observable<ExecutionResult>;
  };
}

/** A listener that ends once: what comes after that would be taken for the end of the next subscription. */
function once(listener: Listener, onEnd: () => void): Listener {
  let hasEnded = false;
  const end = (tell: () => void): void => {
    if (hasEnded) return;
    hasEnded = true;
    onEnd();
    tell();
  };
  return {
    next: (answer) => listener.next(answer),
    error: (reason) => end(() => listener.error(reason)),
    complete: () => end(() => listener.complete()),
  };
}
