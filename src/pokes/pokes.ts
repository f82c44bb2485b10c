import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { PubSub } from 'graphql-subscriptions';
import type { Caller } from '../auth/caller.js';
import { EndedSessions } from '../auth/ended-sessions.js';
import { Notifications } from '../database/notifications.js';
import { SyncedRows, type Written } from '../sync/synced-rows.js';

const CHANNEL = 'pokes';

/** Carries the news that a user wrote something to the devices of that user, at whatever server process they listen. */
@Injectable()
export class Pokes implements OnModuleInit {
  private readonly log = new Logger('Pokes');
  private readonly subscribers = new PubSub();

  constructor(
    private readonly rows: SyncedRows,
    private readonly notifications: Notifications,
    private readonly endedSessions: EndedSessions,
  ) {}

  onModuleInit(): void {
    this.notifications.listen(CHANNEL, (message) => {
      const written = JSON.parse(message) as Written;
      this.subscribers.publish(written.userId, written).catch((error: unknown) => this.log.warn(String(error)));
    });
    this.rows.written.subscribe((written) => {
      // A lost poke costs only time: a device that hears nothing still polls.
      this.notifications.send(CHANNEL, JSON.stringify(written)).catch((error: unknown) => this.log.warn(String(error)));
    });
  }

  /** The writes of the caller's user, from now until the access token or the session ends. */
  of({ id, sessionId, expiresAt }: Caller): AsyncIterableIterator<Written> {
    const writes = this.subscribers.asyncIterableIterator<Written>(id);
    const close = writes.return?.bind(writes);
    const end = (): void => void writes.return?.();
    const timer = setTimeout(end, expiresAt - Date.now()).unref();
    const session = this.endedSessions.ended.subscribe((endedId) => {
      if (endedId === sessionId) end();
    });
    writes.return = async () => {
      clearTimeout(timer);
      session.unsubscribe();
      await close?.();
      return { done: true, value: undefined };
    };
    return writes;
  }
}
