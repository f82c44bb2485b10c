/** A device that listens for pokes: graphql-ws over a real WebSocket. */
import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';
import type { GraphQLError } from './device.js';
import { until } from './killable-server.js';

export interface Poke {
  headTimestamp: number;
  deviceId: string | null;
}

export interface Subscription {
  /** What has come so far. */
  pokes: Poke[];
  hasEnded(): boolean;
  /** Why it ended, if it did not end well. */
  failure(): unknown;
}

export interface Socket {
  client: Client;
  subscribe(): Subscription;
  /** The errors with which an operation is refused. */
  failureOf(document: string): Promise<GraphQLError[]>;
  close(): Promise<void>;
}

/** Connects with a token, in `connectionParams` under any name. */
export async function openSocket(url: string, accessToken: string, name = 'authorization'): Promise<Socket> {
  return socketOf(url, { [name]: `Bearer ${accessToken}` });
}

export function socketOf(url: string, connectionParams: Record<string, unknown>): Socket {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams,
    retryAttempts: 0,
    lazy: true,
  });
  return {
    client,
    subscribe() {
      const pokes: Poke[] = [];
      let hasEnded = false;
      let failure: unknown;
      client.subscribe<{ changed: Poke }>(
        { query: 'subscription { changed { headTimestamp deviceId } }' },
        {
          next: ({ data, errors }) => {
            if (data) pokes.push(data.changed);
            if (errors) failure = errors;
          },
          error: (error) => {
            failure = error;
            hasEnded = true;
          },
          complete: () => (hasEnded = true),
        },
      );
      return { pokes, hasEnded: () => hasEnded, failure: () => failure };
    },
    failureOf: (query) =>
      new Promise((resolve, reject) => {
        client.subscribe(
          { query },
          {
            next: ({ errors }) =>
              errors ? resolve(errors as unknown as GraphQLError[]) : reject(new Error('it was answered')),
            error: (error) => resolve(error as GraphQLError[]),
            complete: () => reject(new Error('it ended without an error')),
          },
        );
      }),
    close: async () => client.dispose(),
  };
}

/** A server does not say when it has begun to listen for one: writes until the first poke is there. */
export async function untilListening(subscription: Subscription, write: () => Promise<unknown>): Promise<void> {
  await until('the first poke is there', async () => {
    await write();
    return subscription.pokes.length > 0;
  });
}
